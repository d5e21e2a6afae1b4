import { createMemoryStore } from "../../src/checkpoint/memory.ts";
import type { Turn } from "../../src/core/types.ts";
import { runTurn } from "../../src/massgen.ts";
import { simulatedTeam, virtualClock } from "../../src/testing.ts";
import { Draws } from "../simulation/draws.ts";

/** A team for a closed question whose right answer is A. */
export type Panel = {
	readonly agents: number;
	readonly accuracy: number;
	readonly correlation?: number;
	/** A, B, C ...: two if not given. */
	readonly options?: number;
};

/** What came of many turns of a panel. */
export type Poll = {
	readonly turns: number;
	/** Turns whose answer was right. */
	readonly right: number;
	/** Turns that only the draw decided, and among them those in which the first of the tied won, and in which A did. */
	readonly drawn: number;
	readonly drawnFirst: number;
	readonly drawnRight: number;
	readonly votes: number;
};

/** Asks the panel as many times, with the seeds from `from` on: real turns of real teams, on a virtual clock. */
export async function poll(panel: Panel, turns: number, from = 1): Promise<Poll> {
	const sum = { turns, right: 0, drawn: 0, drawnFirst: 0, drawnRight: 0, votes: 0 };
	for (let seed = from; seed < from + turns; seed++) {
		const turn = await ask(panel, seed);
		const isRight = turn.final?.startsWith("A") ?? false;
		sum.right += isRight ? 1 : 0;
		sum.votes += turn.votes.length;
		if (turn.decision?.tieBreak !== "draw") continue;
		sum.drawn++;
		const labels = turn.decision.tally.map(({ label }) => label).sort();
		sum.drawnFirst += turn.decision.label === labels[0] ? 1 : 0;
		sum.drawnRight += isRight ? 1 : 0;
	}
	return sum;
}

async function ask({ agents, accuracy, correlation = 0, options = 2 }: Panel, seed: number): Promise<Turn> {
	const profile = {
		accuracy,
		correlation,
		options: ["A", "B", "C", "D", "E"].slice(0, options),
		time_to_first_token_ms: 1,
		tokens_per_second: 100_000,
	};
	const { turn } = await runTurn({
		store: createMemoryStore("panel"),
		team: simulatedTeam(
			Array.from({ length: agents }, () => ({ profile })),
			{ rules: { seed, protocol: "council" } },
		),
		question: "Which of them is it?",
		env: {},
		clock: virtualClock(),
		random: new Draws(seed).next,
		tickMs: 60_000,
	});
	return turn;
}
