import type {
	LanguageModelV3,
	LanguageModelV3CallOptions,
	LanguageModelV3ProviderTool,
	SharedV3ProviderOptions,
	SharedV3Warning,
} from "@ai-sdk/provider";
import type { Request } from "../core/conversation.ts";
import { type PromptOptions, promptOf } from "./ai-sdk-prompt.ts";
import { ReplyReader } from "./ai-sdk-stream.ts";
import type { Backend, BackendSetup, Call, CallResult } from "./backend.ts";
import { aborted, backendError, type ErrorContext, incomplete } from "./errors.ts";
import { withToolFallback } from "./tool-fallback.ts";

/** Temperature and the like, as the user set them. */
export type Settings = Pick<
	LanguageModelV3CallOptions,
	"temperature" | "maxOutputTokens" | "topP" | "topK" | "stopSequences" | "seed" | "presencePenalty" | "frequencyPenalty"
>;

/** What a provider's cache is told of a request. */
export type Conversation = {
	/** The same for all requests of one conversation, and for no other. */
	readonly id: string;
	/** More requests may follow that begin with this one. */
	readonly goesOn: boolean;
};

/** What sets one provider apart from another. */
export type Dialect = {
	readonly model: LanguageModelV3;
	readonly settings: Settings;
	readonly prompt: PromptOptions;
	/** Options for the provider alone. */
	readonly providerOptions?: (conversation: Conversation) => SharedV3ProviderOptions;
	/** Tools that run on the provider's side. */
	readonly providerTools?: readonly LanguageModelV3ProviderTool[];
	/** As the user set it, or as it must be. */
	readonly toolCalling?: "native" | "text" | undefined;
	readonly errors: ErrorContext;
};

/** A backend that speaks through one of the AI SDK's providers: one `doStream`, no retry, no step loop. */
export function aiSdkBackend(dialect: Dialect, setup: Pick<BackendSetup, "agent" | "seed">): Backend {
	const { errors, toolCalling } = dialect;
	const notes = new Set<string>();
	const native: Backend = { call: (call) => streamOnce(dialect, call, notes) };
	return withToolFallback(native, {
		mode: toolCalling,
		model: `${errors.backend} ${errors.baseUrl} ${errors.model}`,
		secret: `${setup.seed} ${setup.agent}`,
	});
}

async function streamOnce(dialect: Dialect, call: Call, notes: Set<string>): Promise<CallResult> {
	const { model, errors } = dialect;
	const reader = new ReplyReader(dialect.prompt.provider, call.onDelta);
	try {
		call.signal.throwIfAborted();
		const { stream } = await model.doStream(optionsFor(dialect, call.request, call));
		for await (const part of stream) {
			if (part.type === "stream-start") for (const note of ignored(part.warnings, dialect)) once(notes, note, call);
			reader.read(part);
		}
	} catch (thrown) {
		return { ok: false, error: call.signal.aborted ? aborted() : backendError(thrown, errors) };
	}
	if (call.signal.aborted) return { ok: false, error: aborted() };
	const ending = reader.end();
	switch (ending.kind) {
		case "complete":
			return refusedReply(ending.reply.finish, ending.reply.text, errors) ?? { ok: true, reply: ending.reply };
		case "incomplete":
			return { ok: false, error: incomplete(errors, ending.why), ...usage(ending) };
		case "error":
			return { ok: false, error: backendError(ending.error, errors), ...usage(ending) };
	}
}

/** What the user has set and this model does not take. */
function ignored(warnings: readonly SharedV3Warning[], { settings, errors }: Dialect): string[] {
	const features = warnings.flatMap((warning) => (warning.type === "unsupported" && warning.feature in settings ? [warning.feature] : []));
	return features.map(
		(feature) => `${errors.model} does not take ${feature.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}: it is left out.`,
	);
}

function once(notes: Set<string>, note: string, call: Call): void {
	if (!notes.has(note)) call.onDelta("progress", note);
	notes.add(note);
}

function optionsFor(dialect: Dialect, request: Request, call: Call): LanguageModelV3CallOptions {
	const tools = [
		...request.tools.map(({ name, description, inputSchema }) => ({
			type: "function" as const,
			name,
			description,
			inputSchema: { type: "object" as const, ...inputSchema },
		})),
		...(dialect.providerTools ?? []),
	];
	const first = request.messages[0];
	const id = `${call.agent}\n${request.system}\n${first?.role === "user" ? first.text : ""}`;
	const providerOptions = dialect.providerOptions?.({ id, goesOn: request.tools.length > 0 });
	return {
		...dialect.settings,
		prompt: promptOf(request, dialect.prompt),
		abortSignal: call.signal,
		...(tools.length > 0 ? { tools } : {}),
		...(providerOptions ? { providerOptions } : {}),
	};
}

/** Nothing but a refusal is no answer. */
function refusedReply(finish: string, text: string, errors: ErrorContext): CallResult | undefined {
	if (finish !== "content-filter" || text.trim() !== "") return undefined;
	return {
		ok: false,
		error: backendError({ message: "the reply was stopped by the provider's content filter", code: "content_filter" }, errors),
	};
}

function usage(ending: { readonly usage?: CallUsage }): { usage?: CallUsage } {
	return ending.usage ? { usage: ending.usage } : {};
}
type CallUsage = NonNullable<Extract<CallResult, { ok: false }>["usage"]>;
