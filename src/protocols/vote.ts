import { acted, board, dueTask, isForVotesOnly, takingPart, written } from "../core/queries.ts";
import type { Next, Turn } from "../core/types.ts";
import { cutShort, hasMajority, lead, leader } from "./tally.ts";

/** Draft unseen; then, round by round, improve or vote on the same board, until a majority or a round without news. */
export function vote(turn: Turn): Next {
	const end = cutShort(turn);
	if (end) return end;
	const done = acted(turn);
	const waiting = takingPart(turn).filter(({ id }) => !done.has(id));
	if (turn.stop === "majority" && hasMajority(turn)) return leader(turn, "majority");
	if (isForVotesOnly(turn) && lead(turn) > waiting.length)
		return leader(turn, waiting.length > 0 ? "lead cannot be caught up" : "most votes");

	const task = dueTask(turn);
	if (waiting.length > 0) return { kind: "work", work: waiting.map(({ id }) => ({ agent: id, task })) };
	if (written(turn).length === 0) return leader(turn, "all voted");
	return board(turn, turn.round + 1).length === 1 ? leader(turn, "one candidate") : { kind: "next-round" };
}
