import { createAzure } from "@ai-sdk/azure";
import { UsageError } from "../errors.ts";
import { aiSdkBackend } from "./ai-sdk.ts";
import type { Backend, BackendSetup } from "./backend.ts";
import { connectionTo } from "./connection.ts";
import { snakeKeys } from "./keys.ts";
import { ownOptions } from "./parameters.ts";
import { modelOptions, ownTool, responsesOptions } from "./responses.ts";
import { serverNamed } from "./servers.ts";

/** OpenAI models on Azure: the Responses API, or chat completions of a deployment if a dated `api_version` is given. */
export function create(setup: BackendSetup): Backend {
	const options = snakeKeys(setup.options);
	const endpoint = typeof options.base_url === "string" ? options.base_url : setup.env.AZURE_OPENAI_ENDPOINT;
	if (!endpoint)
		throw new UsageError(
			`Agent ${setup.agent} has the backend azure_openai without an address.`,
			"Add `base_url: https://NAME.openai.azure.com` to its backend, or set AZURE_OPENAI_ENDPOINT.",
		);
	const { reach, model, errors, settings, given } = connectionTo(
		{ ...serverNamed("azure_openai"), baseUrl: resource(endpoint) },
		{ ...setup, options: { ...options, base_url: resource(endpoint) } },
	);
	const version = typeof options.api_version === "string" ? options.api_version : undefined;
	const isDated = version !== undefined && /^\d{4}-\d{2}-\d{2}/.test(version);
	const azure = createAzure({ ...reach, ...(version === undefined ? {} : { apiVersion: version }), useDeploymentBasedUrls: isDated });
	return aiSdkBackend(
		{
			model: isDated ? azure.chat(model) : azure.responses(model),
			settings,
			prompt: { provider: "azure_openai", sendReasoning: false },
			providerOptions: isDated
				? () => ({ openai: { ...modelOptions(given), ...ownOptions(given, "openai") } })
				: responsesOptions(given, "azure"),
			providerTools: given.enable_code_interpreter ? [ownTool("openai.code_interpreter", "code_interpreter")] : [],
			toolCalling: given.tool_calling,
			errors,
		},
		setup,
	);
}

/** The address of a resource, with the path that its API lives under. */
function resource(endpoint: string): string {
	const plain = endpoint.replace(/\/+$/, "");
	return /\.azure\.com$/.test(plain) ? `${plain}/openai` : plain;
}
