import { acted, takingPart } from "../core/queries.ts";
import type { Next, Turn } from "../core/types.ts";
import { cutShort, leader } from "./tally.ts";

/** The first answer wins. With one agent this is a plain chat. */
export function first(turn: Turn): Next {
	const end = cutShort(turn);
	if (end) return end;
	const done = acted(turn);
	const waiting = takingPart(turn).filter(({ id }) => !done.has(id));
	const isAnswered = turn.answers.some(({ attempt }) => attempt === turn.attempt);
	if (isAnswered || waiting.length === 0) return leader(turn, "first to answer");
	return { kind: "work", work: waiting.map(({ id }) => ({ agent: id, task: "answer" })) };
}
