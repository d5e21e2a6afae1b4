import type { ConfigProblem } from "../errors.ts";
import { isObject, type Json } from "./normalize.ts";
import { problemAt } from "./problems.ts";
import type { Tree } from "./tree.ts";

const weak = /(nano|tiny|flash-lite|-lite\b|[-:][0-9](\.[0-9])?b\b|\bmini\b|haiku|-small)/i;
const strong = /(opus|sonnet|-pro\b|^gpt-5(\.\d)?(-\d{4}.*)?$|^o3$|^grok-4(?!.*(fast|mini))|reasoner)/i;

/**
 * One much weaker model in a strong team is usually a mistake: its vote counts as much as the others', and it is wrong
 * more often. Judged by the models' names alone, so only clear cases are told.
 */
export function weakLink(value: Json, tree: Tree): ConfigProblem[] {
	const agents = Array.isArray(value.agents) ? value.agents : [];
	const models = agents.map((agent) =>
		isObject(agent) && isObject(agent.backend) && typeof agent.backend.model === "string" ? agent.backend.model : "",
	);
	const weakest = models.filter((model) => weak.test(model));
	if (weakest.length !== 1 || models.filter((model) => strong.test(model)).length < 2) return [];
	const index = models.findIndex((model) => weak.test(model));
	const path = `agents[${index}].backend.model`;
	return [
		problemAt(tree.values.get(path), {
			code: "config-weak-agent",
			message: `${models[index]} is much weaker than the other models of this team, and its vote counts as much as theirs.`,
			hint: "Use a stronger model here, or leave this agent out.",
			path,
			severity: "warning",
		}),
	];
}
