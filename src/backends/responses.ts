import { createHash } from "node:crypto";
import type { LanguageModelV3ProviderTool, SharedV3ProviderOptions } from "@ai-sdk/provider";
import { ownOptions, type Parameters } from "./parameters.ts";

/** Options of OpenAI's Responses API, at OpenAI and on Azure, under the name that the provider package listens to. */
export function responsesOptions(given: Parameters, namespace: string): (conversation: string) => SharedV3ProviderOptions {
	const { reasoning, text } = given;
	const fixed = {
		// Nothing is kept there: reasoning comes back encrypted and is sent again.
		store: false,
		...(reasoning?.effort === undefined ? {} : { reasoningEffort: reasoning.effort }),
		...(reasoning?.summary === undefined ? {} : { reasoningSummary: reasoning.summary }),
		...(text?.verbosity === undefined ? {} : { textVerbosity: text.verbosity }),
		...ownOptions(given, namespace),
	};
	// Requests of one conversation go where its beginning is cached.
	return (conversation) => ({ [namespace]: { promptCacheKey: cacheKey(conversation), ...fixed } });
}

export function cacheKey(conversation: string): string {
	return `massgen-${createHash("sha256").update(conversation).digest("hex").slice(0, 24)}`;
}

/** A tool on the provider's side, as the provider packages name it. */
export function ownTool(id: `${string}.${string}`, name: string): LanguageModelV3ProviderTool {
	return { type: "provider", id, name, args: {} };
}
