import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { aiSdkBackend } from "./ai-sdk.ts";
import type { Backend, BackendSetup } from "./backend.ts";
import { connectionTo } from "./connection.ts";
import { camelKeys, isRecord, snakeKeys } from "./keys.ts";
import { ownOptions } from "./parameters.ts";
import { ownTool } from "./responses.ts";
import { serverNamed } from "./servers.ts";

/** Google's Gemini API. */
export function create(setup: BackendSetup): Backend {
	const { reach, model, errors, settings, given } = connectionTo(serverNamed("gemini"), setup);
	const options = snakeKeys(setup.options);
	const thinkingConfig = {
		...(given.reasoning?.effort === undefined ? {} : { thinkingLevel: given.reasoning.effort }),
		...(typeof options.include_thoughts === "boolean" ? { includeThoughts: options.include_thoughts } : {}),
		...(isRecord(options.thinking) ? camelKeys(options.thinking) : {}),
		...(isRecord(options.thinking_config) ? camelKeys(options.thinking_config) : {}),
	};
	const google = {
		...(Object.keys(thinkingConfig).length === 0 ? {} : { thinkingConfig: json(thinkingConfig) }),
		...ownOptions(given, "google"),
	};
	const providerTools = [
		...(given.enable_web_search ? [ownTool("google.google_search", "google_search")] : []),
		...(given.enable_code_execution ? [ownTool("google.code_execution", "code_execution")] : []),
	];
	return aiSdkBackend(
		{
			model: createGoogleGenerativeAI(reach).chat(model),
			settings,
			prompt: { provider: "gemini", sendReasoning: false },
			providerOptions: () => ({ google }),
			providerTools,
			// Before Gemini 3 a request has either Google's tools or ours.
			toolCalling: given.tool_calling ?? (providerTools.length > 0 && /gemini-[12]\b/.test(model) ? "text" : undefined),
			errors,
		},
		setup,
	);
}

function json(value: Readonly<Record<string, unknown>>): Record<string, string | number | boolean> {
	return Object.fromEntries(
		Object.entries(value).filter((entry): entry is [string, string | number | boolean] =>
			["string", "number", "boolean"].includes(typeof entry[1]),
		),
	);
}
