import { isAbsolute } from "node:path";
import type { ConfigProblem } from "../errors.ts";
import { placeOf } from "./check.ts";
import { isObject, type Json } from "./normalize.ts";
import { nearest, problemAt } from "./problems.ts";
import { idOf } from "./resolve.ts";
import type { Registries } from "./schema.ts";
import { secretsIn } from "./secrets.ts";
import { weakLink } from "./strength.ts";
import { type Path, pathText, type Tree } from "./tree.ts";

export type AdviceOptions = {
	/** Checked value. */
	readonly value: Json;
	readonly tree: Tree;
	readonly registries: Registries;
	readonly path: string | undefined;
	readonly unset: ReadonlyMap<string, readonly string[]>;
};

/** What is wrong, or likely a mistake, though every single value is of the right kind. */
export function advice(options: AdviceOptions): ConfigProblem[] {
	return [
		...ids(options),
		...bothAgents(options),
		...secrets(options),
		...loneVoters(options),
		...outside(options),
		...weakLink(options.value, options.tree),
	];
}

function agentsOf(value: Json): Json[] {
	return Array.isArray(value.agents) ? value.agents.filter(isObject) : [];
}

function ids({ value, tree }: AdviceOptions): ConfigProblem[] {
	const problems: ConfigProblem[] = [];
	const first = new Map<string, number>();
	for (const [index, agent] of agentsOf(value).entries()) {
		const id = idOf(agent, index);
		const names =
			typeof agent.count === "number" ? Array.from({ length: Math.min(agent.count, 1000) }, (_, copy) => `${id}${copy + 1}`) : [id];
		for (const name of names) {
			const earlier = first.get(name);
			if (earlier !== undefined) {
				const path: Path = ["agents", index, "id"];
				const message = `Two agents are named ${name}: entry ${earlier + 1} and entry ${index + 1}.`;
				problems.push(
					problemAt(placeOf(tree, path), {
						code: "config-duplicate-id",
						message,
						hint: "Give each agent an id of its own.",
						path: pathText(path),
					}),
				);
				break;
			}
			first.set(name, index);
		}
	}
	const reviewer = isObject(value.orchestrator) ? value.orchestrator.reviewer : undefined;
	if (typeof reviewer === "string" && !first.has(reviewer)) {
		const near = nearest(reviewer, first.keys());
		const hint = near === undefined ? `Agents: ${[...first.keys()].slice(0, 10).join(", ")}.` : `Did you mean ${near}?`;
		const path = ["orchestrator", "reviewer"];
		problems.push(
			problemAt(placeOf(tree, path), {
				code: "config-no-such-agent",
				message: `There is no agent ${reviewer}.`,
				hint,
				path: pathText(path),
			}),
		);
	}
	return problems;
}

function bothAgents({ value, tree }: AdviceOptions): ConfigProblem[] {
	if (!isObject(tree.value) || tree.value.agent === undefined || value.agents === undefined) return [];
	const message = "Both agent and agents are given.";
	return [
		problemAt(tree.keys.get("agent"), {
			code: "config-agent-and-agents",
			message,
			hint: "Move the one agent into the list agents.",
			path: "agent",
		}),
	];
}

function secrets({ tree, unset }: AdviceOptions): ConfigProblem[] {
	return secretsIn(tree.value)
		.filter((path) => !unset.has(pathText(path)))
		.map((path) => {
			const key = String(path.at(-1));
			return problemAt(tree.keys.get(pathText(path)) ?? placeOf(tree, path), {
				code: "config-secret",
				message: `${pathText(path)} holds a secret in plain text.`,
				hint: `Write ${key}: \${SOME_VARIABLE} and set the variable in .env. Sessions store the variable's name only.`,
				path: pathText(path),
				severity: "warning",
			});
		});
}

function loneVoters({ value, tree }: AdviceOptions): ConfigProblem[] {
	const agents = agentsOf(value);
	const orchestrator = isObject(value.orchestrator) ? value.orchestrator : {};
	const [only] = agents;
	if (agents.length !== 1 || (typeof only?.count === "number" && only.count > 1)) return [];
	const key = ["protocol", "stop", "max_new_answers_per_agent", "voting_sensitivity"].find((name) => orchestrator[name] !== undefined);
	if (key === undefined) return [];
	const path = `orchestrator.${key}`;
	return [
		problemAt(tree.keys.get(path), {
			code: "config-one-agent",
			message: `${key} has no effect: there is only one agent, so nothing is voted on.`,
			hint: "Add agents, or give this one count: 3.",
			path,
			severity: "warning",
		}),
	];
}

function outside({ value, tree }: AdviceOptions): ConfigProblem[] {
	return agentsOf(value).flatMap((agent, index) => {
		const cwd = isObject(agent.backend) ? agent.backend.cwd : undefined;
		if (typeof cwd !== "string" || isAbsolute(cwd) || !cwd.split("/").includes("..")) return [];
		const path: Path = ["agents", index, "backend", "cwd"];
		const message = `${pathText(path)} leaves the project: ${cwd}`;
		return [
			problemAt(placeOf(tree, path), {
				code: "config-path-outside",
				message,
				hint: "Is that meant?",
				path: pathText(path),
				severity: "warning",
			}),
		];
	});
}
