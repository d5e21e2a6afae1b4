import { createGroq } from "@ai-sdk/groq";
import { aiSdkBackend } from "./ai-sdk.ts";
import type { Backend, BackendSetup } from "./backend.ts";
import { connectionTo } from "./connection.ts";
import { ownOptions } from "./parameters.ts";
import { ownTool } from "./responses.ts";
import { serverNamed } from "./servers.ts";

/** Groq's own API. */
export function create(setup: BackendSetup): Backend {
	const { reach, model, errors, settings, given } = connectionTo(serverNamed("groq"), setup);
	const effort = given.reasoning?.effort;
	const groq = { ...(effort === undefined ? {} : { reasoningEffort: effort }), ...ownOptions(given, "groq") };
	return aiSdkBackend(
		{
			model: createGroq(reach).languageModel(model),
			settings,
			prompt: { provider: "groq", sendReasoning: false },
			providerOptions: () => ({ groq }),
			providerTools: given.enable_web_search ? [ownTool("groq.browser_search", "browser_search")] : [],
			toolCalling: given.tool_calling,
			errors,
		},
		setup,
	);
}
