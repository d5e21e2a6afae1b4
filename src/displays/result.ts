/**
 * The JSON contract: what a turn came to, as one document. `configs/result.schema.json` and `docs/json.md` describe it;
 * fields are only ever added.
 */
import { liveVotes, seatOf, versionOf } from "../core/queries.ts";
import { noSpending, spentBy } from "../core/spending.ts";
import type { AgentId, Outcome, Spending, Turn } from "../core/types.ts";

export type ResultDocument = {
	/** Version of the document's form. */
	readonly v: 1;
	readonly type: "result";
	readonly session_id: string | null;
	readonly turn: number | null;
	readonly attempt: number | null;
	/** `interrupted`: the turn is open and can be resumed. `error`: the program failed; a turn that had begun can be resumed. */
	readonly outcome: Outcome | "interrupted" | "error";
	readonly exit_code: number;
	readonly answer: string | null;
	readonly winner: { readonly agent: string; readonly label: string } | null;
	readonly rule: string | null;
	readonly tally: readonly { readonly label: string; readonly votes: number; readonly votes_of_others: number }[];
	readonly tie_break: string | null;
	readonly answers: readonly {
		readonly label: string;
		readonly agent: string;
		readonly text: string;
		readonly attempt: number;
		readonly round: number;
	}[];
	readonly votes: readonly VoteDocument[];
	readonly agents: readonly AgentDocument[];
	readonly usage: UsageDocument;
	/** The longest unfinished text, if there is no answer. Never the answer. */
	readonly draft: { readonly agent: string; readonly text: string } | null;
	readonly duration_ms: number;
	/** The command that goes on with the turn. */
	readonly resume: string | null;
	readonly warnings: readonly string[];
	readonly error: {
		readonly code: string;
		readonly message: string;
		readonly hint: string | null;
		readonly problems: readonly unknown[];
	} | null;
};

export type VoteDocument = {
	readonly voter: string;
	/** The version voted for, and its first author. */
	readonly label: string;
	readonly agent: string | null;
	readonly reason: string;
	readonly attempt: number;
	readonly round: number;
	/** It counted in the round that decided, or counts in the one that is open. */
	readonly live: boolean;
	/** The voter wrote the same text again. */
	readonly implied: boolean;
};

export type AgentDocument = {
	readonly id: string;
	readonly backend: string;
	readonly model: string | null;
	readonly status: AgentStatus;
	readonly error: string | null;
	readonly usage: UsageDocument;
};

export type AgentStatus = "working" | "answered" | "voted" | "sat-out" | "retired" | "waiting";

export type UsageDocument = {
	readonly calls: number;
	readonly input_tokens: number;
	readonly output_tokens: number;
	readonly cached_input_tokens: number;
	readonly reasoning_tokens: number;
	/** `null`: a price in it is unknown. */
	readonly cost_usd: number | null;
	readonly possibly_paid_twice: number;
};

/** What the turn itself does not know. */
export type Circumstances = {
	readonly sessionId: string | null;
	readonly exitCode: number;
	readonly durationMs: number;
	readonly resume: string | null;
	readonly warnings: readonly string[];
	/** What ended the run before the turn could end. */
	readonly error?: ResultDocument["error"];
};

export function resultDocument(turn: Turn, circumstances: Circumstances): ResultDocument {
	const { sessionId, exitCode, durationMs, resume, warnings, error = null } = circumstances;
	const winner = versionOf(turn, turn.decision?.label);
	const answer = turn.final ?? null;
	return {
		v: 1,
		type: "result",
		session_id: sessionId,
		turn: turn.number,
		attempt: turn.attempt,
		outcome: turn.outcome ?? (error ? "error" : "interrupted"),
		exit_code: exitCode,
		answer,
		winner: winner ? { agent: winner.by, label: winner.label } : null,
		rule: turn.decision?.rule ?? null,
		tally: (turn.decision?.tally ?? []).map(({ label, votes, others }) => ({ label, votes, votes_of_others: others })),
		tie_break: turn.decision?.tieBreak ?? null,
		answers: turn.answers.map(({ label, by, text, attempt, round }) => ({ label, agent: by, text, attempt, round })),
		votes: votes(turn),
		agents: turn.agents.map(({ id, backend, model }) => ({
			id,
			backend,
			model: model ?? null,
			status: agentStatus(turn, id),
			error: agentError(turn, id),
			usage: usage(seatOf(turn, id).spending),
		})),
		usage: usage(spentBy(turn)),
		draft: answer === null ? longestDraft(turn) : null,
		duration_ms: Math.round(durationMs),
		resume,
		warnings,
		error,
	};
}

/** The document of a run that did not get as far as a turn. */
/** Why it takes part no more, with what went wrong last, or why it sits out. */
function agentError(turn: Turn, agent: AgentId): string | null {
	const retired = turn.retired[agent];
	const last = turn.failures[agent] ? turn.lastErrors?.[agent] : undefined;
	if (retired === undefined) return turn.sitting[agent] ?? null;
	return last === undefined ? retired : `${retired}: ${last}`;
}

export function failureDocument(circumstances: Circumstances): ResultDocument {
	const { sessionId, exitCode, durationMs, resume, warnings, error = null } = circumstances;
	return {
		v: 1,
		type: "result",
		session_id: sessionId,
		turn: null,
		attempt: null,
		outcome: "error",
		exit_code: exitCode,
		answer: null,
		winner: null,
		rule: null,
		tally: [],
		tie_break: null,
		answers: [],
		votes: [],
		agents: [],
		usage: usage(noSpending),
		draft: null,
		duration_ms: Math.round(durationMs),
		resume,
		warnings,
		error,
	};
}

/** What an agent is doing, or did last. */
export function agentStatus(turn: Turn, agent: AgentId): AgentStatus {
	if (turn.retired[agent] !== undefined) return "retired";
	if (turn.open.some((assignment) => assignment.agent === agent)) return "working";
	if (turn.sitting[agent] !== undefined) return "sat-out";
	const ofAttempt = <T extends { by: AgentId; attempt: number; round: number }>(acts: readonly T[]) =>
		acts.findLast(({ by, attempt }) => by === agent && attempt === turn.attempt);
	const [answer, vote] = [ofAttempt(turn.answers), ofAttempt(turn.votes)];
	if (vote && vote.round >= (answer?.round ?? 0)) return "voted";
	return answer ? "answered" : "waiting";
}

function votes(turn: Turn): VoteDocument[] {
	const live = new Set(liveVotes(turn));
	return turn.votes.map((vote) => ({
		voter: vote.by,
		label: vote.for,
		agent: versionOf(turn, vote.for)?.by ?? null,
		reason: vote.reason,
		attempt: vote.attempt,
		round: vote.round,
		live: live.has(vote),
		implied: vote.implied,
	}));
}

function usage(spending: Spending): UsageDocument {
	return {
		calls: spending.calls,
		input_tokens: spending.input,
		output_tokens: spending.output,
		cached_input_tokens: spending.cached,
		reasoning_tokens: spending.reasoning,
		cost_usd: spending.costUsd ?? null,
		possibly_paid_twice: spending.possiblyPaidTwice,
	};
}

function longestDraft(turn: Turn): { agent: string; text: string } | null {
	const [longest] = [...turn.drafts].sort((a, b) => b.text.length - a.text.length);
	return longest ? { agent: longest.agent, text: longest.text } : null;
}
