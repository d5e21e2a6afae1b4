/** Every vote of a turn explained: who voted for what and why, whether it counted, and what decided. Pure. */
import { liveVotes, takingPart, versionOf } from "../core/queries.ts";
import type { Turn, Vote } from "../core/types.ts";
import { oneLine } from "./clean.ts";
import { count } from "./words.ts";

export function explainVotes(turn: Turn): readonly string[] {
	const counted = new Set(liveVotes(turn));
	const names = [...new Set(turn.votes.map(roundOf))];
	const rounds = names.map((name) => turn.votes.filter((vote) => roundOf(vote) === name));
	return [
		`Turn ${turn.number}: ${oneLine(turn.question, 100)}`,
		...(turn.votes.length === 0 ? [withoutVotes(turn)] : []),
		...rounds.flatMap((votes) => [title(turn, votes), ...votes.flatMap((vote) => lines(turn, vote, counted.has(vote)))]),
		...outcome(turn),
	];
}

function roundOf({ attempt, round }: Vote): string {
	return `${attempt}.${round}`;
}

function withoutVotes(turn: Turn): string {
	return turn.agents.length === 1 ? "One agent alone has nobody to vote with: its answer stands." : "Nobody has voted.";
}

function title(turn: Turn, votes: readonly Vote[]): string {
	const { attempt = 1, round = 1 } = votes[0] ?? {};
	return `Round ${round}${turn.attempt > 1 ? ` of attempt ${attempt}` : ""}:`;
}

function lines(turn: Turn, { by, for: label, reason, implied }: Vote, isCounted: boolean): readonly string[] {
	const author = versionOf(turn, label)?.by;
	const whose = author === undefined ? "" : ` by ${author === by ? "itself" : author}`;
	const fate = isCounted
		? turn.decision
			? "counted"
			: "counts in this round"
		: "did not count: a later round asked anew, about a newer board";
	const why = implied ? "it wrote the same text again, which is a vote for it" : oneLine(reason, 400) || "no reason given";
	return [`  ${by} for ${label}${whose}; ${fate}`, `    ${why}`];
}

function outcome(turn: Turn): readonly string[] {
	const { decision } = turn;
	if (!decision) return [turn.outcome === undefined ? "Nothing is decided yet." : `Nothing was decided: ${turn.why ?? turn.outcome}.`];
	const voters = takingPart(turn).length;
	const tally = decision.tally.map(
		({ label, votes, others }) =>
			`${label}${authorOf(turn, label)} ${votes}${others === votes || votes === 0 ? "" : ` (${others} of them not its own)`}`,
	);
	return [
		`Winner: ${decision.label}${authorOf(turn, decision.label)}. Rule: ${decision.rule}${/^majority/.test(decision.rule) ? `, more than half of ${count(voters, "agent")}` : ""}.`,
		...(tally.length > 0 && turn.votes.length > 0 ? [`Votes: ${tally.join(", ")}.`] : []),
		...(decision.tieBreak === undefined ? [] : [`The votes did not tell the first two apart. What did: ${decision.tieBreak}.`]),
	];
}

function authorOf(turn: Turn, label: string): string {
	const author = versionOf(turn, label)?.by;
	return author === undefined ? "" : ` by ${author}`;
}
