import type { BackendEntry } from "../backends/backend.ts";
import type { ConfigProblem } from "../errors.ts";
import { type CheckOptions, check, placeOf } from "./check.ts";
import { firstFormat } from "./first-format.ts";
import { inferBackend, massgenBackends } from "./infer.ts";
import { isObject, type Json } from "./normalize.ts";
import { nearest, problemAt } from "./problems.ts";
import { backendSchema, keysOfBackends, type Registries, teamSchema } from "./schema.ts";
import { type Path, pathText, type Tree } from "./tree.ts";
import type { Filled } from "./values.ts";
import { follow, type Use, usesOf } from "./walk.ts";
import { shown } from "./words.ts";

export type ValidateOptions = {
	readonly tree: Tree;
	readonly filled: Filled;
	readonly registries: Registries;
	readonly allowUnknown: boolean;
	/** Every value must be known: agents are about to be called with them. */
	readonly toRun: boolean;
};

export type Validated = {
	/** The whole file, spelling brought in order, variables filled in; each backend has its `type`. */
	readonly value: Json;
	readonly problems: readonly ConfigProblem[];
};

/** Checks a whole configuration and reports everything that is wrong with it. */
export function validate(options: ValidateOptions): Validated {
	const { tree, filled, registries, allowUnknown, toRun } = options;
	const whole = teamSchema(registries);
	const shared = { tree, unset: filled.unset, allowUnknown, whole, backendKeys: keysOfBackends(registries.backends) };
	if (!isObject(filled.value)) {
		const message = `A configuration is a mapping with the key agents, not ${shown(filled.value)}.`;
		return {
			value: {},
			problems: [
				problemAt(placeOf(tree, []), {
					code: "config-not-a-mapping",
					message,
					hint: "massgen --example basic/multi/three_agents_default prints one.",
				}),
			],
		};
	}
	const old = firstFormat(filled.value, tree, registries.backends);
	if (old !== undefined) return { value: {}, problems: [old] };
	const { ownKeys, extensions } = withoutExtensions(filled.value);
	const top = check(whole, ownKeys, { ...shared, at: [] });
	const value: Json = isObject(top.value) ? top.value : {};
	const problems = [...top.problems];
	const uses = usesOf(whole, value).filter((use) => !extensions.has(String(use.path[0])));
	if (Array.isArray(value.agents)) {
		value.agents = value.agents.map((agent, index) => {
			if (!isObject(agent)) return agent;
			const at: Path = ["agents", index, "backend"];
			const result = checkBackend(agent.backend, at, options, shared);
			problems.push(...result.problems);
			uses.push(...result.uses);
			return { ...agent, backend: result.backend };
		});
	} else if (!problems.some((problem) => problem.path === "agents")) {
		problems.push(noAgents(tree));
	}
	problems.push(...fates(uses, tree));
	if (toRun) problems.push(...unsetVariables(options, uses));
	return { value, problems };
}

/** Keys that begin with `x-` are the user's own: a place for anchors. `agent` beside `agents` is reported elsewhere. */
function withoutExtensions(value: Json): { ownKeys: Json; extensions: ReadonlySet<string> } {
	const extensions = new Set(Object.keys(value).filter((key) => key.startsWith("x-")));
	const both = value.agents !== undefined;
	return {
		ownKeys: Object.fromEntries(Object.entries(value).filter(([key]) => !extensions.has(key) && !(both && key === "agent"))),
		extensions,
	};
}

function noAgents(tree: Tree): ConfigProblem {
	const hint = "Add agents: with at least one entry that has id and backend.";
	return problemAt(placeOf(tree, []), { code: "config-no-agents", message: "The configuration has no agents.", hint, path: "agents" });
}

type Shared = Omit<CheckOptions, "at">;

function checkBackend(
	given: unknown,
	at: Path,
	options: ValidateOptions,
	shared: Shared,
): { backend: Json; problems: ConfigProblem[]; uses: Use[] } {
	const { tree, registries } = options;
	const name = pathText(at);
	if (given === undefined || given === null) {
		const message = `${name} is missing.`;
		const hint = "Add for instance backend: { type: openai, model: gpt-5-mini }, or { type: simulated } to try things out.";
		return { backend: {}, problems: [problemAt(placeOf(tree, at), { code: "config-invalid-value", message, hint, path: name })], uses: [] };
	}
	if (!isObject(given)) return { backend: {}, problems: [], uses: [] };
	const model = typeof given.model === "string" ? given.model : undefined;
	const type =
		given.type === undefined || given.type === null
			? inferBackend(model, given.base_url !== undefined, registries.backends)
			: String(given.type).toLowerCase();
	const entry = registries.backends.find((candidate) => candidate.name === type);
	const schema = backendSchema(entry, registries.backends);
	const result = check(schema, given, { ...shared, at });
	const problems = [
		...result.problems.map((problem) => othersSetting(problem, name, type, registries)),
		...typeProblems(type, entry, at, options),
	];
	const backend: Json = { ...(isObject(result.value) ? result.value : {}), ...(type === undefined ? {} : { type }) };
	if (entry && backend.model === undefined && entry.defaultModel === undefined && (entry.kind === "api" || entry.kind === "local")) {
		const hint = `A ${entry.name} backend has no default model.`;
		problems.push(
			problemAt(placeOf(tree, at), {
				code: "config-no-model",
				message: `${name}.model is missing.`,
				hint,
				path: `${name}.model`,
				severity: options.toRun ? "error" : "warning",
			}),
		);
	}
	// Of an agent that cannot run, nothing more is said: what its settings would do is not known.
	const uses = usesOf(schema, backend).filter((use) => entry !== undefined || use.fate.fate === "refused");
	return { backend, problems, uses: uses.map((use) => ({ ...use, path: [...at, ...use.path] })) };
}

/** `reasoning.summary` at a backend that has `reasoning` without it: MassGen sends it along, so it is no mistake to stop for. */
function othersSetting(problem: ConfigProblem, backend: string, type: string | undefined, registries: Registries): ConfigProblem {
	const [key, inner, ...deeper] = problem.path?.slice(backend.length + 1).split(".") ?? [];
	if (problem.code !== "config-unknown-key" || key === undefined || inner === undefined || deeper.length > 0) return problem;
	const owners = registries.backends.filter((entry) => follow(entry.options, [key, inner]).schema !== undefined);
	if (owners.length === 0) return problem;
	const hint = `Backends that have it: ${owners
		.slice(0, 8)
		.map((entry) => entry.name)
		.join(", ")}.`;
	return { ...problem, severity: "warning", message: `${key}.${inner} is no setting of a ${type} agent and has no effect.`, hint };
}

function typeProblems(type: string | undefined, entry: BackendEntry | undefined, at: Path, options: ValidateOptions): ConfigProblem[] {
	if (entry !== undefined) return [];
	const { tree, registries, toRun, filled } = options;
	const path = pathText([...at, "type"]);
	if (filled.unset.has(path)) return [];
	const names = registries.backends.map((candidate) => candidate.name);
	const place = placeOf(tree, [...at, "type"]);
	if (type === undefined) {
		return [
			problemAt(place, { code: "config-no-backend-type", message: `${path} is missing.`, hint: `One of: ${names.join(", ")}.`, path }),
		];
	}
	if (massgenBackends.includes(type)) {
		const message = `Backend ${type} is not supported yet: this agent cannot run.`;
		const hint = "massgen doctor shows the backends there are; massgen --simulate runs the team without models.";
		return [problemAt(place, { code: "config-unsupported-backend", message, hint, path, severity: toRun ? "error" : "warning" })];
	}
	const near = nearest(type, [...names, ...massgenBackends]);
	const hint = near === undefined ? `One of: ${names.join(", ")}.` : `Did you mean ${near}?`;
	return [problemAt(place, { code: "config-unknown-backend", message: `There is no backend ${shown(type)}.`, hint, path })];
}

/** One warning for all keys whose loss is the same; one error for each refused key. */
function fates(uses: readonly Use[], tree: Tree): ConfigProblem[] {
	const problems: ConfigProblem[] = [];
	const byLoss = new Map<string, Use[]>();
	for (const use of uses) {
		if (use.fate.fate === "accepted") {
			byLoss.set(use.fate.lost, [...(byLoss.get(use.fate.lost) ?? []), use]);
			continue;
		}
		const path = pathText(use.path);
		const message = `The key ${String(use.path.at(-1))} is refused. ${use.fate.description}`;
		problems.push(
			problemAt(tree.keys.get(path) ?? placeOf(tree, use.path), { code: "config-refused-key", message, hint: use.fate.instead, path }),
		);
	}
	for (const [lost, group] of byLoss) {
		const [first] = group;
		if (first?.fate.fate !== "accepted") continue;
		const names = [...new Set(group.map((use) => String(use.path.at(-1))))];
		const keys = `${names.slice(0, 6).join(", ")}${names.length > 6 ? ` and ${names.length - 6} more` : ""}`;
		const path = pathText(first.path);
		problems.push(
			problemAt(tree.keys.get(path) ?? placeOf(tree, first.path), {
				code: "config-not-supported",
				message: `${keys} ${names.length === 1 ? "has" : "have"} no effect${first.fate.never ? "" : " yet"}: ${lost}.`,
				hint: first.fate.instead,
				path,
				severity: "warning",
			}),
		);
	}
	return problems;
}

/** A variable that is not set is an error where its value is needed, and a warning in text for a model. */
function unsetVariables(options: ValidateOptions, uses: readonly Use[]): ConfigProblem[] {
	const unused = uses.map((use) => pathText(use.path));
	return [...options.filled.unset].flatMap(([path, names]) => {
		if (path.startsWith("x-") || unused.some((prefix) => path === prefix || path.startsWith(`${prefix}.`) || path.startsWith(`${prefix}[`)))
			return [];
		const prose = /(^|\.)(system_message|append_system_prompt|prompt)$/.test(path);
		const place = options.tree.values.get(path);
		return names.map((name) =>
			problemAt(place, {
				code: "config-unset-variable",
				message: prose
					? `${path} names the variable ${name}, which is not set: it is sent as it stands.`
					: `${path} needs the variable ${name}, which is not set.`,
				hint: prose ? `If that is meant, write $\${${name}}.` : `Set it in the environment or in .env: ${name}=...`,
				path,
				severity: prose ? "warning" : "error",
			}),
		);
	});
}
