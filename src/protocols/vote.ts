import { acted, board, dueTask, isForVotesOnly, takingPart, written } from "../core/queries.ts";
import type { Next, Turn } from "../core/types.ts";
import { leader, tallies } from "./tally.ts";

/** Draft unseen; then, round by round, improve or vote on the same board, until a majority or a round without news. */
export function vote(turn: Turn): Next {
	const agents = takingPart(turn);
	const done = acted(turn);
	const waiting = agents.filter(({ id }) => !done.has(id));
	const [first = 0, second = 0] = tallies(turn)
		.map(({ votes }) => votes)
		.sort((a, b) => b - a);

	if (turn.hard) return leader(turn, turn.hard === "time" ? "time limit" : "budget");
	if (agents.length === 0) return leader(turn, "no agent left");
	if (turn.stop === "majority" && first * 2 > agents.length) return leader(turn, "majority");
	if (isForVotesOnly(turn) && first - second > waiting.length)
		return leader(turn, waiting.length > 0 ? "lead cannot be caught up" : "most votes");
	if (waiting.length > 0) return { kind: "work", work: waiting.map(({ id }) => ({ agent: id, task: dueTask(turn) })) };
	if (written(turn).length === 0) return leader(turn, turn.closing ? `all voted (after the ${turn.closing.kind} limit)` : "all voted");
	return board(turn, turn.round + 1).length === 1 ? leader(turn, "one candidate") : { kind: "next-round" };
}
