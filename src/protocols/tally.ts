import { candidates, liveVotes } from "../core/queries.ts";
import { draw, identity } from "../core/text.ts";
import type { Candidate, Next, Tally, Turn } from "../core/types.ts";

/** Votes for each candidate in this round: all of them, and those of agents that did not write it. */
export function tallies(turn: Turn, among: readonly Candidate[] = candidates(turn)): readonly Tally[] {
	const votes = liveVotes(turn);
	return among.map(({ label, authors }) => {
		const own = votes.filter((vote) => vote.for === label);
		return { label, votes: own.length, others: own.filter((vote) => !authors.includes(vote.by)).length };
	});
}

/**
 * The one ranking, for decisions, ties and limits: votes of the round; of these, votes of non-authors; agents whose
 * latest act in this attempt stands for it; the later round; a uniform draw from the turn's seed. Never the clock, never
 * the order in the file. What the first two differ in is kept with the decision.
 */
export function leader(turn: Turn, rule: string): Next {
	const among = candidates(turn);
	const tally = tallies(turn, among);
	const stands = standing(turn);
	const ranked = among
		.map((candidate, index) => ({
			candidate,
			rungs: [
				["votes", tally[index]?.votes ?? 0],
				["votes of others", tally[index]?.others ?? 0],
				["agents standing for it", stands.get(identity(candidate.text)) ?? 0],
				["later round", candidate.round],
				["draw", -draw(turn.seed, candidate.label)],
			] as const,
		}))
		.sort((a, b) => compare(a.rungs, b.rungs));
	const [first, second] = ranked;
	if (!first) return { kind: "none", why: "Nobody answered." };
	const rung = second && first.rungs.find(([, value], index) => value !== second.rungs[index]?.[1])?.[0];
	const order = ranked.flatMap(({ candidate }) => tally.find(({ label }) => label === candidate.label) ?? []);
	return {
		kind: "winner",
		decision: { label: first.candidate.label, rule, tally: order, ...(rung === undefined || rung === "votes" ? {} : { tieBreak: rung }) },
	};
}

type Rungs = readonly (readonly [string, number])[];

function compare(a: Rungs, b: Rungs): number {
	for (const [index, [, value]] of a.entries()) {
		const difference = (b[index]?.[1] ?? 0) - value;
		if (difference !== 0) return difference;
	}
	return 0;
}

/** How many agents stand for each text: by their latest act in this attempt, answer or vote. */
function standing(turn: Turn): ReadonlyMap<string, number> {
	const texts = new Map(turn.answers.map(({ label, text }) => [label, identity(text)]));
	const latest = new Map<string, { round: number; label: string }>();
	const acts = [
		...turn.answers.map((answer) => ({ ...answer, label: answer.label })),
		...turn.votes.map((vote) => ({ ...vote, label: vote.for })),
	];
	for (const { by, attempt, round, label } of acts) {
		if (attempt === turn.attempt && round >= (latest.get(by)?.round ?? 0)) latest.set(by, { round, label });
	}
	const counts = new Map<string, number>();
	for (const { label } of latest.values()) {
		const text = texts.get(label) ?? "";
		counts.set(text, (counts.get(text) ?? 0) + 1);
	}
	return counts;
}
