import type { LanguageModelV3Message, LanguageModelV3Prompt, SharedV3ProviderMetadata } from "@ai-sdk/provider";
import type { Message, Request } from "../core/conversation.ts";
import { isRecord } from "./keys.ts";

/**
 * What a provider wants to see again in an agent's next request (signatures, item ids), in the order of its reply.
 * Texts are not repeated: each part says how many characters of the reply's text or reasoning are its own.
 */
export type Opaque = { readonly provider: string; readonly parts: readonly OpaquePart[] };

export type OpaquePart =
	| { readonly kind: "text" | "reasoning"; readonly length: number; readonly meta?: SharedV3ProviderMetadata }
	/** The next of the reply's tool calls. */
	| { readonly kind: "call"; readonly meta?: SharedV3ProviderMetadata }
	/** A tool that the provider ran on its own side, or its result. */
	| { readonly kind: "own"; readonly part: unknown };

export type PromptOptions = {
	/** Name under which the provider's parts are kept: those of another one are not sent. */
	readonly provider: string;
	/** Some servers want a model's reasoning back between its tool calls, others refuse it. */
	readonly sendReasoning: boolean;
};

export function promptOf({ system, messages }: Request, options: PromptOptions): LanguageModelV3Prompt {
	const prompt = messages.map((message) => messageOf(message, options));
	return system === "" ? prompt : [{ role: "system", content: system }, ...prompt];
}

function messageOf(message: Message, options: PromptOptions): LanguageModelV3Message {
	switch (message.role) {
		case "user":
			return { role: "user", content: [{ type: "text", text: message.text }] };
		case "assistant":
			return { role: "assistant", content: assistantParts(message, options) };
		case "tool":
			return {
				role: "tool",
				content: message.results.map(({ callId, name, output, isError }) => ({
					type: "tool-result",
					toolCallId: callId,
					toolName: name,
					output: { type: isError ? "error-text" : "text", value: output },
				})),
			};
	}
}

type Assistant = Extract<Message, { role: "assistant" }>;
type AssistantPart = Extract<LanguageModelV3Message, { role: "assistant" }>["content"][number];

function assistantParts(message: Assistant, { provider, sendReasoning }: PromptOptions): AssistantPart[] {
	const opaque = isOpaque(message.opaque) && message.opaque.provider === provider ? message.opaque : plain(message, sendReasoning);
	const calls = [...message.toolCalls];
	let text = 0;
	let reasoning = 0;
	const parts: AssistantPart[] = [];
	for (const part of opaque.parts) {
		const meta = "meta" in part && part.meta ? { providerOptions: part.meta } : {};
		switch (part.kind) {
			case "text":
				text += part.length;
				parts.push({ type: "text", text: message.text.slice(text - part.length, text), ...meta });
				break;
			case "reasoning":
				reasoning += part.length;
				parts.push({ type: "reasoning", text: message.reasoning.slice(reasoning - part.length, reasoning), ...meta });
				break;
			case "call": {
				const call = calls.shift();
				if (call) parts.push({ type: "tool-call", toolCallId: call.id, toolName: call.name, input: call.input ?? {}, ...meta });
				break;
			}
			case "own":
				if (isOwnPart(part.part)) parts.push(part.part);
		}
	}
	// Most servers refuse an assistant message with nothing in it.
	return parts.length > 0 ? parts : [{ type: "text", text: "(nothing)" }];
}

function plain(message: Assistant, sendReasoning: boolean): Opaque {
	const parts: OpaquePart[] = [];
	if (sendReasoning && message.reasoning !== "") parts.push({ kind: "reasoning", length: message.reasoning.length });
	if (message.text !== "") parts.push({ kind: "text", length: message.text.length });
	for (const _ of message.toolCalls) parts.push({ kind: "call" });
	return { provider: "", parts };
}

function isOpaque(value: unknown): value is Opaque {
	return isRecord(value) && typeof value.provider === "string" && Array.isArray(value.parts);
}

/** Written by us in an earlier reply, so its form is known once its type is. */
function isOwnPart(part: unknown): part is Extract<AssistantPart, { type: "tool-call" | "tool-result" }> {
	return isRecord(part) && (part.type === "tool-call" || part.type === "tool-result");
}
