import { UsageError } from "../errors.ts";
import type { Settings } from "./ai-sdk.ts";
import { keyOf } from "./api-key.ts";
import type { BackendSetup } from "./backend.ts";
import type { ErrorContext } from "./errors.ts";
import { limitedFetch } from "./fetch.ts";
import { type Parameters, parameters, settings } from "./parameters.ts";
import type { Server } from "./servers.ts";

/** What every model API needs to be reached, from an agent's configuration and its server's row. */
export type Connection = {
	readonly server: Server;
	readonly given: Parameters;
	readonly settings: Settings;
	readonly model: string;
	readonly baseUrl: string | undefined;
	/** As the provider packages want it. */
	readonly reach: {
		readonly baseURL?: string;
		readonly apiKey?: string;
		readonly headers: Record<string, string>;
		readonly fetch: typeof fetch;
	};
	readonly errors: ErrorContext;
};

export function connectionTo(server: Server, setup: BackendSetup): Connection {
	const given = parameters(setup.options);
	const model = setup.model ?? server.defaultModel;
	if (model === undefined)
		throw new UsageError(`The backend ${server.name} of agent ${setup.agent} needs a model.`, "Add `model: NAME` to its backend.");
	const key = keyOf(server, setup.options, setup.env);
	if (key.kind === "missing") throw new UsageError(key.message, key.hint);
	const baseUrl = given.base_url ?? server.baseUrl;
	const apiKey = key.kind === "found" ? key.value : undefined;
	const headers = given.headers ?? {};
	return {
		server,
		given,
		settings: settings(given),
		model,
		baseUrl,
		reach: {
			...(baseUrl === undefined ? {} : { baseURL: baseUrl.replace(/\/+$/, "") }),
			...(apiKey === undefined ? {} : { apiKey }),
			headers,
			fetch: limitedFetch({ idleMs: setup.idleMs, env: setup.env, extraBody: given.extra_body }),
		},
		errors: {
			backend: server.name,
			model,
			baseUrl,
			keyVariables: server.keyVariables ?? [],
			secrets: [...(apiKey ? [apiKey] : []), ...Object.values(headers), ...secretsIn(baseUrl), ...words(given.extra_body)],
		},
	};
}

/** What may be secret in an address: the password before the host, and everything after the question mark. */
function secretsIn(baseUrl: string | undefined): string[] {
	if (baseUrl === undefined || !URL.canParse(baseUrl)) return [];
	const { password, searchParams } = new URL(baseUrl);
	return [password, ...searchParams.values()].filter((part) => part !== "");
}

/** What may be secret in a body: whatever looks more like a key than like a setting. */
function words(value: unknown): string[] {
	if (typeof value === "string") return /^\S{12,}$/.test(value) ? [value] : [];
	return typeof value === "object" && value !== null ? Object.values(value).flatMap(words) : [];
}
