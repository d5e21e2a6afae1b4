import type { BackendEntry } from "../backends/backend.ts";
import { ConfigError } from "../errors.ts";
import { inferBackend } from "./infer.ts";
import { type Loaded, type LoadOptions, shippedRegistries, teamFromTree, treeOfValue } from "./load.ts";
import type { Json } from "./normalize.ts";
import { nearest } from "./problems.ts";

/** `--backend`, `--model` (several times), `--base-url`, `--system-message`, `--agents`: a team without a file. */
export type QuickFlags = {
	readonly backend?: string | undefined;
	readonly models?: readonly string[] | undefined;
	readonly baseUrl?: string | undefined;
	readonly systemMessage?: string | undefined;
	readonly agents?: number | undefined;
};

/** Whether the flags ask for a team of their own. */
export function asksForQuickTeam(flags: QuickFlags): boolean {
	return flags.backend !== undefined || (flags.models?.length ?? 0) > 0 || flags.baseUrl !== undefined;
}

/** A team made from flags; `options` as for a file. */
export function teamFromFlags(flags: QuickFlags, options: LoadOptions): Loaded {
	return teamFromTree(treeOfValue(quickConfig(flags, options)), undefined, options);
}

/** Three simulated agents: what runs where there is neither a configuration nor a model. */
export function simulatedTeam(options: LoadOptions, agents = 3): Loaded {
	return teamFromFlags({ backend: "simulated", agents }, options);
}

/** The configuration that the flags stand for. Models are dealt out to the agents in turn. */
export function quickConfig(flags: QuickFlags, options: Pick<LoadOptions, "registries"> = {}): Json {
	const entries = (options.registries ?? shippedRegistries).backends;
	const names = entries.map((entry) => entry.name);
	if (flags.backend !== undefined && !names.includes(flags.backend)) {
		const near = nearest(flags.backend, names);
		throw problem(
			`There is no backend ${flags.backend}.`,
			near === undefined ? `One of: ${names.join(", ")}.` : `Did you mean --backend ${near}?`,
		);
	}
	const models: readonly (string | undefined)[] = flags.models?.length ? flags.models : [undefined];
	const count = flags.agents ?? models.length;
	if (!Number.isInteger(count) || count < 1 || count > 1000) throw problem(`--agents must be a whole number from 1 to 1000, not ${count}.`);
	if (count < models.length)
		throw problem(
			`--agents ${count} leaves some of the ${models.length} models without an agent.`,
			`Use --agents ${models.length} or fewer --model.`,
		);
	const agents = Array.from({ length: count }, (_, index) => ({
		id: `agent${index + 1}`,
		...(flags.systemMessage === undefined ? {} : { system_message: flags.systemMessage }),
		backend: backendFor(models[index % models.length], flags, entries),
	}));
	return { agents };
}

/** `model`, or `backend:model` to name a backend for one of several models. */
function backendFor(given: string | undefined, flags: QuickFlags, entries: readonly BackendEntry[]): Json {
	const names = entries.map((entry) => entry.name);
	const [, prefix = "", rest = ""] = /^([a-z_]+):(.+)$/s.exec(given ?? "") ?? [];
	const named = flags.backend === undefined && names.includes(prefix);
	const model = named ? rest : given;
	const type = flags.backend ?? (named ? prefix : inferBackend(model, flags.baseUrl !== undefined, entries));
	if (type === undefined)
		throw problem(`It is not known which backend has the model ${model ?? ""}.`, `Name it: --backend NAME, one of: ${names.join(", ")}.`);
	return { type, ...(model === undefined ? {} : { model }), ...(flags.baseUrl === undefined ? {} : { base_url: flags.baseUrl }) };
}

function problem(message: string, hint?: string): ConfigError {
	return new ConfigError([{ code: "config-quick", message, severity: "error", ...(hint === undefined ? {} : { hint }) }]);
}
