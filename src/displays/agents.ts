/** One line per agent: what it is doing now. Pure. */

import type { Delta } from "../core/events.ts";
import { versionOf } from "../core/queries.ts";
import type { AgentId, Assignment, Turn } from "../core/types.ts";
import { oneLine } from "./clean.ts";
import { agentStatus } from "./result.ts";
import { count } from "./words.ts";

/** What an agent has streamed in its present step. */
export type Live = { readonly step: string; readonly kind: Delta["kind"]; readonly characters: number; readonly last: string };

export function live(before: Live | undefined, { step, kind, text }: Delta): Live {
	const goesOn = before?.step === step && before.kind === kind;
	return {
		step,
		kind,
		characters: (goesOn ? before.characters : 0) + text.length,
		last: (kind === "progress" || kind === "waiting") && text.trim() !== "" ? oneLine(text, 60) : (before?.last ?? ""),
	};
}

export function agentLines(turn: Turn, streaming: ReadonlyMap<AgentId, Live>, columns: number): readonly string[] {
	const width = Math.min(24, Math.max(...turn.agents.map(({ id }) => id.length)));
	return turn.agents.map(({ id }) => {
		const line = `${id.slice(0, width).padEnd(width)}  ${activity(turn, id, streaming.get(id))}`;
		return line.length > columns ? `${line.slice(0, Math.max(0, columns - 3))}...` : line;
	});
}

function activity(turn: Turn, agent: AgentId, streamed: Live | undefined): string {
	switch (agentStatus(turn, agent)) {
		case "retired":
			return `out: ${oneLine(turn.retired[agent] ?? "")}`;
		case "sat-out":
			return `sits this round out: ${oneLine(turn.sitting[agent] ?? "")}`;
		case "voted": {
			const label = turn.votes.findLast(({ by }) => by === agent)?.for;
			return `voted for ${label} (${versionOf(turn, label)?.by ?? "?"})`;
		}
		case "answered":
			return `answered (${turn.answers.findLast(({ by }) => by === agent)?.label})`;
		case "waiting":
			return "waits";
		case "working":
			return working(
				turn.open.find((assignment) => assignment.agent === agent),
				streamed,
			);
	}
}

function working(assignment: Assignment | undefined, streamed: Live | undefined): string {
	const [call] = assignment?.calls ?? [];
	if (call) return `uses ${oneLine(call.name, 40)}`;
	if (!assignment?.step) return assignment?.notBefore === undefined ? "is about to be asked" : "waits, then tries again";
	if (streamed?.step !== assignment.step.id) return "was asked";
	const { kind, characters, last } = streamed;
	if (kind === "progress") return `works: ${last}`;
	if (kind === "waiting") return last;
	return `${kind === "reasoning" ? "thinks" : "writes"}, ${count(characters, "character")}`;
}
