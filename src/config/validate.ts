import type { ConfigProblem } from "../errors.ts";
import { check, placeOf } from "./check.ts";
import { checkBackend, type Shared } from "./check-backend.ts";
import { firstFormat } from "./first-format.ts";
import { isObject, type Json } from "./normalize.ts";
import { problemAt } from "./problems.ts";
import { keysOfBackends, type Registries, teamSchema } from "./schema.ts";
import { type Path, pathText, type Tree } from "./tree.ts";
import type { Filled } from "./values.ts";
import { type Use, usesOf } from "./walk.ts";
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
	const backendKeys = keysOfBackends(registries.backends);
	const shared: Shared = { tree, unset: filled.unset, allowUnknown, whole, backendKeys, registries, toRun };
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
			const result = checkBackend(agent.backend, at, shared);
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
