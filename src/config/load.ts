import { backends } from "../backends/registry.ts";
import { ConfigError, type ConfigProblem } from "../errors.ts";
import { protocols } from "../protocols/registry.ts";
import { advice } from "./advice.ts";
import { readVariables, type Variables } from "./environment.ts";
import { readWithIncludes } from "./include.ts";
import { defaultConfig, locate, shownPath } from "./locate.ts";
import { isObject, type Json, normalize } from "./normalize.ts";
import { applyOverrides, type Overrides } from "./overrides.ts";
import { inOrder } from "./problems.ts";
import { resolveTeam } from "./resolve.ts";
import type { Registries } from "./schema.ts";
import { variableAt, withoutSecrets } from "./secrets.ts";
import type { Team } from "./team.ts";
import type { Path, Tree } from "./tree.ts";
import { validate } from "./validate.ts";
import { type Environment, fillIn } from "./values.ts";

export type LoadOptions = {
	/** What `--config` says. Without it, `stored` or the default places are used. */
	readonly config?: string | undefined;
	/** A configuration out of a session. */
	readonly stored?: Readonly<Record<string, unknown>> | undefined;
	readonly cwd: string;
	readonly home: string;
	/** The process environment; `.env` files are read here. */
	readonly env: Environment;
	readonly examplesDirectory: string;
	readonly overrides?: Overrides | undefined;
	/** What it is loaded for. Only `run` needs every variable and every backend. */
	readonly purpose?: "run" | "look" | undefined;
	/** Unknown keys are warnings. */
	readonly allowUnknown?: boolean | undefined;
	/** Errors are warnings, as long as it can be made out who the agents are. */
	readonly skipValidation?: boolean | undefined;
	/** Warnings are errors. */
	readonly strictValidation?: boolean | undefined;
	readonly registries?: Registries | undefined;
};

export type Loaded = {
	readonly team: Team;
	readonly warnings: readonly ConfigProblem[];
	/** All variables: for keys that a backend looks up by itself. */
	readonly variables: Variables;
	readonly tree: Tree;
};

export const shippedRegistries: Registries = { backends, protocols: protocols.map((entry) => entry.name) };

/** Finds, reads and checks a configuration. Throws a `ConfigError` that holds everything that is wrong with it. */
export function loadTeam(options: LoadOptions): Loaded {
	const path =
		options.config !== undefined ? locate(options.config, options) : options.stored === undefined ? defaultConfig(options) : undefined;
	if (path !== undefined) return teamFromTree(readWithIncludes(path, options), path, options);
	if (options.stored !== undefined) return teamFromTree(treeOfValue(options.stored), undefined, options);
	throw new ConfigError([
		{
			code: "config-none",
			message: "No configuration was named, and there is none in .massgen/config.yaml or ~/.config/massgen/config.yaml.",
			hint: "Try massgen --config @examples/offline/three_agents, or write one with massgen --init.",
			severity: "error",
		},
	]);
}

/** A configuration that is no file: made from flags, or kept in a session. */
export function treeOfValue(value: Readonly<Record<string, unknown>>): Tree {
	return { value: structuredClone(value), keys: new Map(), values: new Map(), sources: new Map() };
}

/** Checks a parsed configuration and resolves it. */
export function teamFromTree(parsed: Tree, path: string | undefined, options: LoadOptions): Loaded {
	const registries = options.registries ?? shippedRegistries;
	const variables = readVariables(options);
	const written = normalize(parsed);
	const tree = applyOverrides(written, options.overrides ?? {});
	const filled = fillIn(tree, variables.env);
	const { value, problems: found } = validate({
		tree,
		filled,
		registries,
		allowUnknown: options.allowUnknown ?? false,
		toRun: (options.purpose ?? "run") === "run",
	});
	const problems = [...found, ...advice({ value, tree, registries, path, unset: filled.unset })];
	const errors = options.strictValidation ? problems : problems.filter((problem) => problem.severity === "error");
	const twins = problems.some(({ code }) => code === "config-duplicate-id");
	if (errors.length > 0 && !(options.skipValidation && !twins && hasAgents(value, registries)))
		throw new ConfigError(inOrder(problems), heading(inOrder(errors), path === undefined ? undefined : shownPath(path, options.cwd)));
	const stored = withTypes(
		withoutSecrets(written.value, (at) => secretVariable(at, value, registries)),
		value,
	);
	const team = resolveTeam({ value, stored, path, protocol: registries.protocols[0] ?? "vote" });
	const warnings = inOrder(problems).map((problem) => ({ ...problem, severity: "warning" as const }));
	return { team, warnings, variables, tree };
}

function hasAgents({ agents }: Json, { backends: entries }: Registries): boolean {
	const isKnown = (agent: unknown) => entries.some(({ name }) => name === typeOf(agent));
	return Array.isArray(agents) && agents.length > 0 && agents.every(isKnown);
}

function typeOf(agent: unknown): unknown {
	return isObject(agent) && isObject(agent.backend) ? agent.backend.type : undefined;
}

/** The first error in one line: programs often show no more of it than the message. */
function heading([first, ...more]: readonly ConfigProblem[], path: string | undefined): string {
	const file = first?.file ?? path ?? "The configuration";
	const place = first?.line === undefined ? file : `${file}:${first.line}:${first.column ?? 1}`;
	const rest = more.length === 0 ? "" : ` (and ${more.length} more)`;
	return `${place}: ${first?.message ?? "it cannot be used."}${rest}`;
}

/** The variable that stands in the session for a key that was written into the file. */
function secretVariable(path: Path, value: Json, registries: Registries): string {
	const [list, index, part, key] = path;
	const agent = list === "agents" && Array.isArray(value.agents) ? value.agents[Number(index)] : undefined;
	const type = typeOf(agent);
	const entry = registries.backends.find((candidate) => candidate.name === type);
	return part === "backend" && key === "api_key" ? (entry?.keyVariables?.[0] ?? variableAt(path)) : variableAt(path);
}

/** An inferred backend type is written down, so that a session does not depend on how names are read tomorrow. */
function withTypes(stored: unknown, value: Json): Json {
	if (!isObject(stored)) return {};
	if (!Array.isArray(stored.agents) || !Array.isArray(value.agents)) return stored;
	const checked = value.agents;
	const agents = stored.agents.map((agent, index) => {
		const other: unknown = checked[index];
		if (!isObject(agent) || !isObject(agent.backend) || !isObject(other) || !isObject(other.backend)) return agent;
		return agent.backend.type === undefined ? { ...agent, backend: { type: other.backend.type, ...agent.backend } } : agent;
	});
	return { ...stored, agents };
}
