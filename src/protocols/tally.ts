import { candidates, liveVotes, takingPart } from "../core/queries.ts";
import { draw } from "../core/text.ts";
import type { Candidate, LimitKind, Next, Tally, Turn } from "../core/types.ts";

/** Has a candidate the votes of more than half of those taking part? */
export function hasMajority(turn: Turn): boolean {
	const agents = takingPart(turn);
	const [first = 0] = counts(turn, new Set(agents.map(({ id }) => id)));
	return first * 2 > agents.length;
}

/** A hard limit, or a team that has lost its last agent, leaves nothing to wait for. */
export function cutShort(turn: Turn): Next | undefined {
	if (turn.hard) return leader(turn, turn.hard === "time" ? "time limit" : "budget");
	return takingPart(turn).length === 0 ? leader(turn, "no agent left") : undefined;
}

/** By how many votes of this round the first is ahead of the second. */
export function lead(turn: Turn): number {
	const [first = 0, second = 0] = counts(turn);
	return first - second;
}

/** Votes of this round for each candidate that has any, highest first. */
function counts(turn: Turn, voters?: ReadonlySet<string>): readonly number[] {
	const votes = new Map<string, number>();
	for (const { by, for: label } of liveVotes(turn)) if (voters?.has(by) ?? true) votes.set(label, (votes.get(label) ?? 0) + 1);
	return [...votes.values()].sort((a, b) => b - a);
}

/**
 * The one ranking, for decisions, ties and limits: votes of the round; of these, votes of non-authors; agents whose
 * latest act in this attempt stands for it; the later round; a uniform draw from the turn's seed. Never the clock, never
 * the order in the file. What the first two differ in is kept with the decision.
 */
export function leader(turn: Turn, rule: string): Next {
	const stands = standing(turn);
	const ranked = tallies(turn)
		.map(({ candidate, tally }) => ({
			tally,
			rungs: [
				["votes", tally.votes],
				["votes of others", tally.others],
				["agents standing for it", stands.get(candidate.first) ?? 0],
				["later round", candidate.round],
				["draw", -draw(turn.seed, candidate.label)],
			] as const,
		}))
		.sort((a, b) => compare(a.rungs, b.rungs));
	const [first, second] = ranked;
	if (!first) return { kind: "none", why: "Nobody answered." };
	const rung = second && first.rungs.find(([, value], index) => value !== second.rungs[index]?.[1])?.[0];
	return {
		kind: "winner",
		decision: {
			label: first.tally.label,
			rule: turn.closing && !turn.hard ? `${rule} (${closings[turn.closing.kind]})` : rule,
			tally: ranked.map(({ tally }) => tally),
			...(rung === undefined || rung === "votes" ? {} : { tieBreak: rung }),
		},
	};
}

/** Why nothing new was written any more, said with the rule. */
const closings: Readonly<Record<LimitKind, string>> = {
	time: "time was running out",
	budget: "the budget was running out",
	user: "asked to finish",
};

type Rungs = readonly (readonly [string, number])[];

function compare(a: Rungs, b: Rungs): number {
	for (const [index, [, value]] of a.entries()) {
		const difference = (b[index]?.[1] ?? 0) - value;
		if (difference !== 0) return difference;
	}
	return 0;
}

/** Votes for each candidate in this round: all of them, and those of agents that did not write it. */
function tallies(turn: Turn): readonly { readonly candidate: Candidate; readonly tally: Tally }[] {
	const voters = new Map<string, string[]>();
	for (const { by, for: label } of liveVotes(turn)) voters.set(label, [...(voters.get(label) ?? []), by]);
	return candidates(turn).map((candidate) => {
		const { label, authors } = candidate;
		const votes = voters.get(label) ?? [];
		return { candidate, tally: { label, votes: votes.length, others: votes.filter((by) => !authors.includes(by)).length } };
	});
}

/** How many agents stand for each candidate: by their latest act in this attempt, answer or vote. */
function standing(turn: Turn): ReadonlyMap<string, number> {
	const firsts = new Map(turn.answers.map(({ label, first }) => [label, first]));
	const latest = new Map<string, { round: number; label: string }>();
	const acts = [...turn.answers, ...turn.votes.map((vote) => ({ ...vote, label: vote.for }))];
	for (const { by, attempt, round, label } of acts) {
		if (attempt === turn.attempt && round >= (latest.get(by)?.round ?? 0)) latest.set(by, { round, label });
	}
	const counts = new Map<string, number>();
	for (const { label } of latest.values()) {
		const first = firsts.get(label) ?? label;
		counts.set(first, (counts.get(first) ?? 0) + 1);
	}
	return counts;
}
