import { createHash } from "node:crypto";
import type { LanguageModelV3ProviderTool, SharedV3ProviderOptions } from "@ai-sdk/provider";
import type { Conversation } from "./ai-sdk.ts";
import { ownOptions, type Parameters } from "./parameters.ts";

/** Options of OpenAI's Responses API, at OpenAI and on Azure, under the name that the provider package listens to. */
export function responsesOptions(given: Parameters, namespace: string): (conversation: Conversation) => SharedV3ProviderOptions {
	const fixed = {
		// Nothing is kept there: reasoning comes back encrypted and is sent again.
		store: false,
		...modelOptions(given),
		...ownOptions(given, namespace),
	};
	// Requests of one conversation go where its beginning is cached.
	return ({ id }) => ({ [namespace]: { promptCacheKey: cacheKey(id), ...fixed } });
}

/** How a model of OpenAI thinks and writes. */
export function modelOptions({ reasoning, text }: Parameters): Record<string, string> {
	return {
		...(reasoning?.effort === undefined ? {} : { reasoningEffort: reasoning.effort }),
		...(reasoning?.summary === undefined ? {} : { reasoningSummary: reasoning.summary }),
		...(text?.verbosity === undefined ? {} : { textVerbosity: text.verbosity }),
	};
}

function cacheKey(conversation: string): string {
	return `massgen-${createHash("sha256").update(conversation).digest("hex").slice(0, 24)}`;
}

/** A tool on the provider's side, as the provider packages name it. */
export function ownTool(id: `${string}.${string}`, name: string): LanguageModelV3ProviderTool {
	return { type: "provider", id, name, args: {} };
}
