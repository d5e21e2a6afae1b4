import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { UsageError } from "../errors.ts";
import { aiSdkBackend } from "./ai-sdk.ts";
import type { Backend, BackendSetup } from "./backend.ts";
import { type Connection, connectionTo } from "./connection.ts";
import { snakeKeys } from "./keys.ts";
import { ownOptions } from "./parameters.ts";
import { type Server, serverAt } from "./servers.ts";

/** Any server that speaks the format of OpenAI's chat completions. */
export function createFor(row: Server, setup: BackendSetup): Backend {
	const server = row.name === "chatcompletion" ? recognised(row, setup) : row;
	const connection = connectionTo(server, setup);
	const { baseUrl, reach, model, errors, settings } = connection;
	if (baseUrl === undefined)
		throw new UsageError(
			`Agent ${setup.agent} has the backend chatcompletion without a base_url.`,
			"Add `base_url: https://.../v1` to its backend, or name a provider as its type.",
		);
	// The package does not know these two; they go into the body as the server names them.
	const { topK, maxOutputTokens, ...known } = settings;
	const extra = bodyOf(connection, { topK, maxOutputTokens }, snakeKeys(setup.options));
	const provider = createOpenAICompatible({
		name: server.name,
		...reach,
		baseURL: baseUrl,
		includeUsage: true,
		transformRequestBody: (body) => ({ ...body, ...extra }),
	});
	return aiSdkBackend(
		{
			model: provider(model),
			settings: known,
			prompt: { provider: server.name, sendReasoning: server.sendsReasoning === true },
			toolCalling: connection.given.tool_calling,
			errors,
		},
		setup,
	);
}

function bodyOf(
	{ server, given }: Connection,
	limits: { topK: number | undefined; maxOutputTokens: number | undefined },
	options: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
	const body: Record<string, unknown> = {};
	if (limits.topK !== undefined) body.top_k = limits.topK;
	if (limits.maxOutputTokens !== undefined) body[server.maxTokensKey ?? "max_tokens"] = limits.maxOutputTokens;
	for (const key of ["chat_template_kwargs", "repetition_penalty", "min_p"]) if (options[key] !== undefined) body[key] = options[key];
	if (server.name === "openrouter") {
		if (given.reasoning) body.reasoning = given.reasoning;
		if (given.enable_web_search) body.plugins = [searchPlugin(options)];
	} else if (given.reasoning?.effort !== undefined) body.reasoning_effort = given.reasoning.effort;
	if (given.text?.verbosity !== undefined) body.verbosity = given.text.verbosity;
	return { ...body, ...ownOptions(given, server.name) };
}

function searchPlugin(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
	const keys = ["engine", "max_results", "search_prompt"].filter((key) => options[key] !== undefined);
	return { id: "web", ...Object.fromEntries(keys.map((key) => [key, options[key]])) };
}

/**
 * `chatcompletion` with the address of a server that we know is that server: its key variable and its habits. The key
 * of one provider is never sent to another address.
 */
function recognised(row: Server, setup: BackendSetup): Server {
	const url = snakeKeys(setup.options).base_url;
	if (typeof url !== "string") return row;
	const known = serverAt(url);
	if (!known) return { ...row, keyVariables: [] };
	return known.name === "openai" ? { ...known, maxTokensKey: "max_completion_tokens" } : known;
}
