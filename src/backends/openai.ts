import { createOpenAI } from "@ai-sdk/openai";
import { aiSdkBackend } from "./ai-sdk.ts";
import type { Backend, BackendSetup } from "./backend.ts";
import { connectionTo } from "./connection.ts";
import { ownTool, responsesOptions } from "./responses.ts";
import { serverNamed } from "./servers.ts";

/** OpenAI through its Responses API. */
export function create(setup: BackendSetup): Backend {
	const { reach, model, errors, settings, given } = connectionTo(serverNamed("openai"), setup);
	return aiSdkBackend(
		{
			model: createOpenAI(reach).responses(model),
			settings,
			prompt: { provider: "openai", sendReasoning: false },
			providerOptions: responsesOptions(given, "openai"),
			providerTools: [
				...(given.enable_web_search ? [ownTool("openai.web_search", "web_search")] : []),
				...(given.enable_code_interpreter ? [ownTool("openai.code_interpreter", "code_interpreter")] : []),
			],
			toolCalling: given.tool_calling,
			errors,
		},
		setup,
	);
}
