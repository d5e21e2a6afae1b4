import { createXai } from "@ai-sdk/xai";
import { aiSdkBackend } from "./ai-sdk.ts";
import type { Backend, BackendSetup } from "./backend.ts";
import { connectionTo } from "./connection.ts";
import { ownOptions } from "./parameters.ts";
import { ownTool } from "./responses.ts";
import { serverNamed } from "./servers.ts";

/** xAI through its Responses API, the only one in which Grok can search. Nothing is stored there. */
export function create(setup: BackendSetup): Backend {
	const { reach, model, errors, settings, given } = connectionTo(serverNamed("grok"), setup);
	const effort = given.reasoning?.effort;
	const xai = { store: false, ...(effort === undefined ? {} : { reasoningEffort: effort }), ...ownOptions(given, "xai") };
	return aiSdkBackend(
		{
			model: createXai(reach).responses(model),
			settings,
			prompt: { provider: "grok", sendReasoning: false },
			providerOptions: () => ({ xai }),
			providerTools: given.enable_web_search ? [ownTool("xai.web_search", "web_search")] : [],
			toolCalling: given.tool_calling,
			errors,
		},
		setup,
	);
}
