import { createMistral } from "@ai-sdk/mistral";
import { aiSdkBackend } from "./ai-sdk.ts";
import type { Backend, BackendSetup } from "./backend.ts";
import { connectionTo } from "./connection.ts";
import { ownOptions } from "./parameters.ts";
import { serverNamed } from "./servers.ts";

/** Mistral's own API. */
export function create(setup: BackendSetup): Backend {
	const { reach, model, errors, settings, given } = connectionTo(serverNamed("mistral"), setup);
	const effort = given.reasoning?.effort;
	const mistral = { ...(effort === undefined ? {} : { reasoningEffort: effort }), ...ownOptions(given, "mistral") };
	return aiSdkBackend(
		{
			model: createMistral(reach).chat(model),
			settings,
			prompt: { provider: "mistral", sendReasoning: false },
			providerOptions: () => ({ mistral }),
			toolCalling: given.tool_calling,
			errors,
		},
		setup,
	);
}
