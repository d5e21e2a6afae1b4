/** Turns and what was written in them, to look back at. Pure. */
import type { Recorded } from "../core/events.ts";
import { emptyTurn, evolve } from "../core/evolve.ts";
import { answersBy, versionOf } from "../core/queries.ts";
import type { Session } from "../core/session.ts";
import type { AgentId, Turn } from "../core/types.ts";
import { clean, oneLine } from "./clean.ts";
import { localTime } from "./local-time.ts";
import { narrate } from "./narrate.ts";

/** One line per turn: number, question, winner. */
export function turnTable(session: Session): readonly string[] {
	const rows = session.turns.map(({ turn }) => [
		String(turn.number),
		oneLine(turn.question, 60),
		versionOf(turn, turn.decision?.label)?.by ?? (turn.outcome === undefined ? "(interrupted)" : `(${turn.outcome})`),
	]);
	const all = [["Turn", "Question", "Winner"], ...rows];
	const widths = [0, 1].map((column) => Math.max(...all.map((cells) => [...(cells[column] ?? "")].length)));
	return all.map(([number = "", question = "", winner = ""]) =>
		[number.padStart(widths[0] ?? 0), question.padEnd(widths[1] ?? 0), winner].join("  "),
	);
}

/** Everything an agent has written in a turn: its versions, its vote, its unfinished text. */
export function agentText(turn: Turn, agent: AgentId): readonly string[] {
	const versions = answersBy(turn, agent).flatMap(({ label, round, text }) => [`${label}, written in round ${round}:`, clean(text), ""]);
	const draft = turn.drafts.findLast((each) => each.agent === agent);
	const retired = turn.retired[agent];
	return [
		...(versions.length === 0 ? [`${agent} has written no answer in turn ${turn.number}.`, ""] : versions),
		...(draft && turn.final === undefined ? ["Unfinished:", clean(draft.text), ""] : []),
		...(retired === undefined ? [] : [`It takes part no more: ${oneLine(retired)}`]),
	];
}

export function finalText(turn: Turn): readonly string[] {
	if (turn.final === undefined) return [`Turn ${turn.number} has no final answer (${turn.outcome ?? "interrupted"}).`];
	const winner = versionOf(turn, turn.decision?.label);
	return [`The final answer of turn ${turn.number}${winner ? `, ${winner.label} by ${winner.by}` : ""}:`, clean(turn.final)];
}

/** What happened in a turn, line by line, with the time. */
export function turnLog(events: readonly Recorded[]): readonly string[] {
	let turn = emptyTurn;
	return events.flatMap((event) => {
		if (event.turn > 0) turn = evolve(turn, event);
		return narrate(event, turn).map(({ text }) => `${localTime(event.at).slice(11)}  ${text}`);
	});
}
