/** The lines of a decision: votes, the rule that fired, what broke a tie, review and end. */
import type { Recorded } from "../core/events.ts";
import { versionOf } from "../core/queries.ts";
import type { Decision, Turn } from "../core/types.ts";
import { oneLine } from "./clean.ts";
import { fact, type Line, problem } from "./line.ts";
import { count } from "./words.ts";

type Deciding = Extract<Recorded, { type: "vote.cast" | "winner.chosen" | "answer.rewritten" | "review.given" | "turn.ended" }>;

export function narrateDecision(record: Deciding, turn: Turn | undefined): readonly Line[] {
	switch (record.type) {
		case "vote.cast":
			return [fact(vote(record, turn))];
		case "winner.chosen":
			return decision(record.decision, turn).map((text) => ({ kind: "decision", text }));
		case "answer.rewritten":
			return [fact(`${record.agent} wrote the final answer.`)];
		case "review.given": {
			const verdict = record.verdict === "submit" ? "accepts the result" : "sends the team back";
			return [fact(`${record.by} reviewed and ${verdict}${record.reason ? `: ${oneLine(record.reason)}` : "."}`)];
		}
		case "turn.ended":
			return end(record);
	}
}

function vote({ agent, for: label, reason, implied }: Extract<Recorded, { type: "vote.cast" }>, turn: Turn | undefined): string {
	const author = turn && versionOf(turn, label)?.by;
	const candidate = author === undefined ? label : `${label} (${author === agent ? "its own" : author})`;
	if (implied) return `${agent} wrote the same as ${candidate} again: a vote for it.`;
	return `${agent} votes for ${candidate}${reason.trim() ? `: ${oneLine(reason)}` : "."}`;
}

function decision({ label, rule, tally, tieBreak }: Decision, turn: Turn | undefined): readonly string[] {
	const author = turn && versionOf(turn, label)?.by;
	if (turn?.agents.length === 1) return [];
	const votes = tally.reduce((sum, row) => sum + row.votes, 0);
	const counted = votes === 0 ? "" : ` Votes: ${tally.map((row) => `${row.label} ${row.votes}`).join(", ")}.`;
	const tie = tieBreak
		? [`${count(tally.filter((row) => row.votes === tally[0]?.votes).length, "candidate")} had the same votes. What decided: ${tieBreak}.`]
		: [];
	return [`${label}${author === undefined ? "" : ` by ${author}`} wins: ${rule}.${counted}`, ...tie];
}

function end({ outcome, why }: Extract<Recorded, { type: "turn.ended" }>): readonly Line[] {
	const because = why ? `: ${oneLine(why)}` : "";
	switch (outcome) {
		case "completed":
			return [];
		case "failed":
			return [problem(`The turn ended without an answer${because}`)];
		case "max-steps":
			return [problem(`The turn ended without an answer: the steps ran out${because}`)];
		case "cancelled":
			return [problem(`Cancelled${because}`)];
		case "timeout":
		case "budget":
			return [problem(`Ended at the ${outcome === "timeout" ? "time limit" : "budget"}${because}`)];
	}
}
