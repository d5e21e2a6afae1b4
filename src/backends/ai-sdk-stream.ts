import type {
	LanguageModelV3FinishReason,
	LanguageModelV3StreamPart,
	LanguageModelV3Usage,
	SharedV3ProviderMetadata,
} from "@ai-sdk/provider";
import type { Reply, ToolCall, Usage } from "../core/conversation.ts";
import type { Opaque, OpaquePart } from "./ai-sdk-prompt.ts";
import type { Call } from "./backend.ts";
import { isRecord } from "./keys.ts";
import { callInProgress } from "./streamed-argument.ts";

type OnDelta = Call["onDelta"];

/** How a stream ended: complete, cut short, or with an error that the provider sent in it. */
export type Ending =
	| { readonly kind: "complete"; readonly reply: Reply }
	| { readonly kind: "incomplete"; readonly why: string; readonly usage?: Usage }
	| { readonly kind: "error"; readonly error: unknown; readonly usage?: Usage };

/**
 * Puts a reply together from the parts of a stream. It is complete only if a finish part with a real reason came and no
 * error part did: several formats report a connection that just closed as a normal end.
 */
export class ReplyReader {
	readonly #onDelta: OnDelta;
	readonly #provider: string;
	#text = "";
	#reasoning = "";
	readonly #calls: ToolCall[] = [];
	readonly #parts: OpaquePart[] = [];
	readonly #writing = new Map<string, ReturnType<typeof callInProgress>>();
	#error: { readonly value: unknown } | undefined;
	#finish: LanguageModelV3FinishReason | undefined;
	#usage: Usage | undefined;

	constructor(provider: string, onDelta: OnDelta) {
		this.#provider = provider;
		this.#onDelta = onDelta;
	}

	read(part: LanguageModelV3StreamPart): void {
		switch (part.type) {
			case "text-start":
			case "text-end":
				this.#block("text", part.type === "text-start", part.providerMetadata);
				return;
			case "reasoning-start":
			case "reasoning-end":
				this.#block("reasoning", part.type === "reasoning-start", part.providerMetadata);
				return;
			case "text-delta":
				this.#text += part.delta;
				this.#grow("text", part.delta.length, part.providerMetadata);
				if (part.delta !== "") this.#onDelta("text", part.delta);
				return;
			case "reasoning-delta":
				this.#reasoning += part.delta;
				this.#grow("reasoning", part.delta.length, part.providerMetadata);
				if (part.delta !== "") this.#onDelta("reasoning", part.delta);
				return;
			case "tool-input-start":
				this.#writing.set(part.id, callInProgress(part.toolName));
				return;
			case "tool-input-delta": {
				const shown = this.#writing.get(part.id)?.push(part.delta);
				if (shown) this.#onDelta(shown.kind, shown.text);
				return;
			}
			case "tool-call":
				if (part.providerExecuted) this.#own({ ...part, input: objectOf(part.input) ?? {} });
				else {
					this.#calls.push(toolCall(part.toolCallId, part.toolName, part.input));
					this.#parts.push({ kind: "call", ...meta(part.providerMetadata) });
				}
				return;
			case "tool-result":
				this.#own({
					type: part.type,
					toolCallId: part.toolCallId,
					toolName: part.toolName,
					output: { type: "json", value: part.result },
					providerMetadata: part.providerMetadata,
				});
				return;
			case "finish":
				this.#finish = part.finishReason;
				this.#usage = usageOf(part.usage);
				return;
			case "error":
				this.#error ??= { value: part.error };
				return;
			case "stream-start":
			case "response-metadata":
			case "tool-input-end":
			case "tool-approval-request":
			case "source":
			case "file":
			case "raw":
				return;
		}
	}

	end(): Ending {
		const usage = this.#usage ? { usage: this.#usage } : {};
		if (this.#error) return { kind: "error", error: this.#error.value, ...usage };
		if (!this.#finish) return { kind: "incomplete", why: "broke off", ...usage };
		const { unified, raw } = this.#finish;
		if (unified === "error" || unified === "other")
			return { kind: "incomplete", why: raw === undefined ? "broke off" : `ended for no reason that we know (${raw})`, ...usage };
		const opaque = this.#opaque();
		const reply: Reply = {
			text: this.#text,
			reasoning: this.#reasoning,
			toolCalls: this.#calls,
			// Servers disagree on the reason when tools are called; the calls themselves decide.
			finish: this.#calls.length > 0 ? "tool-calls" : unified === "tool-calls" ? "stop" : unified,
			...usage,
			...(opaque ? { opaque } : {}),
		};
		return { kind: "complete", reply };
	}

	#block(kind: "text" | "reasoning", starts: boolean, metadata: SharedV3ProviderMetadata | undefined): void {
		if (starts) this.#parts.push({ kind, length: 0, ...meta(metadata) });
		else if (metadata) this.#grow(kind, 0, metadata);
	}

	/** Adds to the newest block of its kind. What the provider says of a block later replaces what it said before. */
	#grow(kind: "text" | "reasoning", length: number, metadata: SharedV3ProviderMetadata | undefined): void {
		const at = this.#parts.findLastIndex((part) => part.kind === kind);
		const part = this.#parts[at];
		if (part?.kind !== kind) return void this.#parts.push({ kind, length, ...meta(metadata) });
		this.#parts[at] = { ...part, length: part.length + length, ...meta(mergedMeta(part.meta, metadata)) };
	}

	#own(part: Readonly<Record<string, unknown>>): void {
		const { providerMetadata, ...rest } = part;
		this.#parts.push({ kind: "own", part: { ...rest, ...(isRecord(providerMetadata) ? { providerOptions: providerMetadata } : {}) } });
	}

	#opaque(): Opaque | undefined {
		const matters = this.#parts.some((part) => part.kind === "own" || ("meta" in part && part.meta !== undefined));
		return matters ? { provider: this.#provider, parts: this.#parts } : undefined;
	}
}

function meta(metadata: SharedV3ProviderMetadata | undefined): { meta?: SharedV3ProviderMetadata } {
	return metadata ? { meta: metadata } : {};
}

function mergedMeta(
	before: SharedV3ProviderMetadata | undefined,
	later: SharedV3ProviderMetadata | undefined,
): SharedV3ProviderMetadata | undefined {
	if (!before || !later) return later ?? before;
	const names = [...new Set([...Object.keys(before), ...Object.keys(later)])];
	return Object.fromEntries(names.map((name) => [name, { ...before[name], ...later[name] }]));
}

function toolCall(id: string, name: string, raw: string): ToolCall {
	const input = objectOf(raw);
	return { id, name, raw, ...(input ? { input } : {}) };
}

/** Some servers send nothing at all for a tool without arguments. */
function objectOf(raw: string): Record<string, unknown> | undefined {
	if (raw.trim() === "") return {};
	try {
		const value: unknown = JSON.parse(raw);
		return isRecord(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

function usageOf({ inputTokens, outputTokens }: LanguageModelV3Usage): Usage | undefined {
	if (!inputTokens.total && !outputTokens.total) return undefined;
	return {
		input: inputTokens.total ?? 0,
		output: outputTokens.total ?? 0,
		cached: inputTokens.cacheRead ?? 0,
		reasoning: outputTokens.reasoning ?? 0,
		...(inputTokens.cacheWrite ? { written: inputTokens.cacheWrite } : {}),
	};
}
