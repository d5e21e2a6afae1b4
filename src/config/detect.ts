import type { BackendEntry } from "../backends/backend.ts";
import type { Registries } from "./schema.ts";
import type { Environment } from "./values.ts";

/** What this machine has to make a team from. */
export type Found = {
	readonly keys: readonly { readonly backend: string; readonly title: string; readonly variable: string; readonly model: string }[];
	readonly servers: readonly {
		readonly backend: string;
		readonly title: string;
		readonly baseUrl: string;
		readonly models: readonly string[];
	}[];
	readonly clis: readonly FoundCli[];
};

/** A coding CLI that is installed and, as far as can be seen, logged in. */
export type FoundCli = { readonly backend: string; readonly title: string };

export type DetectOptions = {
	readonly env: Environment;
	readonly registries: Registries;
	readonly fetch: typeof globalThis.fetch;
	/** The coding CLIs of this machine; whoever calls knows how to look for them. */
	readonly clis: () => Promise<readonly FoundCli[]>;
	/** How long a local server may take to answer. */
	readonly patienceMs?: number;
};

/** Looks for keys in the environment, servers on their usual local ports, and coding CLIs: all at once, nothing is sent out. */
export async function detect({ env, registries, fetch, clis, patienceMs = 400 }: DetectOptions): Promise<Found> {
	const local = registries.backends.filter((entry) => entry.kind === "local" && isLocal(entry.baseUrl)).filter(firstAtItsAddress);
	const [servers, foundClis] = await Promise.all([
		Promise.all(local.map((entry) => server(entry, fetch, patienceMs))),
		clis().catch(() => []),
	]);
	return {
		keys: registries.backends.flatMap((entry) => keysOf(entry, env)),
		servers: servers.filter((found) => found !== undefined),
		clis: foundClis.filter((cli) => registries.backends.some((entry) => entry.name === cli.backend)),
	};
}

function keysOf(entry: BackendEntry, env: Environment): Found["keys"] {
	if (entry.kind !== "api" || entry.defaultModel === undefined) return [];
	const variable = entry.keyVariables?.find((name) => env[name] !== undefined && env[name]?.trim() !== "");
	return variable === undefined ? [] : [{ backend: entry.name, title: entry.title, variable, model: entry.defaultModel }];
}

function isLocal(url: string | undefined): url is string {
	return url !== undefined && /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/]/.test(url);
}

/** Of rows with one address, whatever answers there goes by the name of the first. */
function firstAtItsAddress(entry: BackendEntry, index: number, entries: readonly BackendEntry[]): boolean {
	return entries.findIndex((other) => other.baseUrl === entry.baseUrl) === index;
}

/** A server is there if it lists models that can talk. */
async function server(
	entry: BackendEntry,
	fetch: DetectOptions["fetch"],
	patienceMs: number,
): Promise<Found["servers"][number] | undefined> {
	const { name, title, baseUrl } = entry;
	if (baseUrl === undefined) return undefined;
	try {
		const response = await fetch(`${baseUrl.replace(/\/$/, "")}/models`, { signal: AbortSignal.timeout(patienceMs) });
		if (!response.ok) return undefined;
		const models = modelIds(await response.json()).filter((model) => !/embed|rerank|whisper|tts/i.test(model));
		return models.length === 0 ? undefined : { backend: name, title, baseUrl, models };
	} catch {
		return undefined;
	}
}

function modelIds(answer: unknown): string[] {
	if (typeof answer !== "object" || answer === null || !("data" in answer) || !Array.isArray(answer.data)) return [];
	return answer.data.flatMap((model: unknown) =>
		typeof model === "object" && model !== null && "id" in model && typeof model.id === "string" ? [model.id] : [],
	);
}
