import { createAnthropic } from "@ai-sdk/anthropic";
import { aiSdkBackend } from "./ai-sdk.ts";
import type { Backend, BackendSetup } from "./backend.ts";
import { connectionTo } from "./connection.ts";
import { camelKeys, isRecord, snakeKeys } from "./keys.ts";
import { ownOptions } from "./parameters.ts";
import { ownTool } from "./responses.ts";
import { serverNamed } from "./servers.ts";

/** Anthropic's Messages API. */
export function create(setup: BackendSetup): Backend {
	const { reach, model, errors, settings, given } = connectionTo(serverNamed("claude"), setup);
	const options = snakeKeys(setup.options);
	const betas = Array.isArray(options.betas) ? options.betas : undefined;
	const anthropic = {
		...(given.reasoning?.effort === undefined ? {} : { effort: given.reasoning.effort }),
		...thinking(options.thinking),
		...(betas === undefined ? {} : { anthropicBeta: betas.map(String) }),
		...ownOptions(given, "anthropic"),
	};
	return aiSdkBackend(
		{
			model: createAnthropic(reach).messages(model),
			settings,
			prompt: { provider: "claude", sendReasoning: false },
			// The server keeps each request, so that the next one, which begins with it, is read from its cache.
			providerOptions: ({ goesOn }) => ({ anthropic: { ...(goesOn ? { cacheControl: { type: "ephemeral" } } : {}), ...anthropic } }),
			providerTools: [
				...(given.enable_web_search ? [ownTool("anthropic.web_search_20250305", "web_search")] : []),
				...(given.enable_code_execution ? [ownTool("anthropic.code_execution_20250825", "code_execution")] : []),
			],
			toolCalling: given.tool_calling,
			errors,
		},
		setup,
	);
}

/** `true`, or the object of Anthropic's own documentation. */
function thinking(value: unknown): { thinking?: { type: string; budgetTokens?: number } } {
	if (value === true) return { thinking: { type: "adaptive" } };
	if (value === false) return { thinking: { type: "disabled" } };
	if (!isRecord(value) || typeof value.type !== "string") return {};
	const { budgetTokens } = camelKeys(value);
	return { thinking: { type: value.type, ...(typeof budgetTokens === "number" ? { budgetTokens } : {}) } };
}
