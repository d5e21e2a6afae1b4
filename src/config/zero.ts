import type { Found } from "./detect.ts";
import type { Json } from "./normalize.ts";

/** One model that a team can have, and why it is known to be there. */
export type Choice = {
	readonly backend: string;
	readonly model?: string;
	readonly baseUrl?: string;
	readonly label: string;
	readonly reason: string;
};

const teamSize = 3;

/** Every model that was found, best first: hosted ones, then those on this machine, then coding CLIs. */
export function choices(found: Found): readonly Choice[] {
	return [
		...found.keys.map(({ backend, title, variable, model }) => ({
			backend,
			model,
			label: `${title}: ${model}`,
			reason: `${variable} is set`,
		})),
		...found.servers.flatMap(({ backend, title, baseUrl, models }) =>
			models.map((model) => ({ backend, model, label: `${title}: ${model}`, reason: `${title} answers at ${baseUrl}` })),
		),
		...found.clis.map(({ backend, title }) => ({ backend, label: title, reason: `${title} is installed` })),
	];
}

/**
 * A team for a question without any configuration: up to three different models, of different makers where there are
 * any. One model alone makes a team of three agents; a coding CLI alone stays alone. Undefined if nothing was found.
 */
export function zeroTeam(found: Found): { readonly config: Json; readonly members: readonly Choice[] } | undefined {
	const all = choices(found);
	const firsts = all.filter((choice, index) => all.findIndex((other) => other.backend === choice.backend) === index);
	const members = [...firsts, ...all.filter((choice) => !firsts.includes(choice))].slice(0, teamSize);
	const [only] = members;
	if (only === undefined) return undefined;
	if (members.length > 1) return { config: { agents: members.map((member, index) => agent(member, members, index)) }, members };
	const copies = only.model === undefined ? {} : { count: teamSize };
	return { config: { agents: [{ id: "agent", ...copies, backend: backendOf(only) }] }, members };
}

function agent(member: Choice, members: readonly Choice[], index: number): Json {
	const isOnly = members.filter((other) => other.backend === member.backend).length === 1;
	return { id: isOnly ? member.backend : `${member.backend}_${index + 1}`, backend: backendOf(member) };
}

function backendOf({ backend, model }: Choice): Json {
	return { type: backend, ...(model === undefined ? {} : { model }) };
}
