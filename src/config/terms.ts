import type { Agent, AgentId, Terms } from "../core/types.ts";
import { protocolNamed } from "../protocols/registry.ts";
import type { Team } from "./team.ts";

/** The agents of a team as a turn knows them. */
export function agentsOf(team: Team, aliases: Readonly<Record<AgentId, string>>): readonly Agent[] {
	return team.agents.map(({ id, backend, model, systemMessage, options }) => ({
		id,
		alias: aliases[id] ?? "",
		backend,
		...(model === undefined ? {} : { model }),
		...(systemMessage === undefined ? {} : { systemMessage }),
		...(Object.keys(options).length === 0 ? {} : { options }),
	}));
}

/** The settings of a turn, from what the user asked for and what was drawn for it. */
export function termsOf(
	team: Team,
	drawn: Pick<Terms, "number" | "question" | "agents" | "seed" | "prompts"> & { readonly today: string },
): Terms {
	const { today, ...given } = drawn;
	const { reviewer, date, seed: _seed, ...rules } = team.rules;
	const entry = protocolNamed(rules.protocol);
	return {
		...rules,
		ballot: true,
		...entry?.terms,
		...given,
		limits: team.limits,
		...(reviewer === undefined ? {} : { reviewer }),
		...(date ? { date: today } : {}),
	};
}

/** Where two stored configurations differ, as dotted paths. */
export function differences(before: unknown, after: unknown, path = ""): readonly string[] {
	if (JSON.stringify(before) === JSON.stringify(after)) return [];
	if (!isObject(before) || !isObject(after)) return [path === "" ? "the whole file" : path];
	const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
	return keys.flatMap((key) =>
		differences(before[key], after[key], Array.isArray(before) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`),
	);
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null;
}
