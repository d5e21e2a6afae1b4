import type { Reply, Usage } from "./conversation.ts";
import type { Agent, AgentId, Decision, Estimate, LimitKind, Limits, Outcome, Review, Task, Terms } from "./types.ts";

/**
 * Facts, in the past tense. They are appended to the log before anything acts on them, never edited, and are the only
 * input of `evolve`. What one command causes is one append.
 */
export type Event = SessionEvent | TurnEvent;

export type SessionEvent =
	/** `config` as it is stored: secrets stay `${VAR}`. `aliases` by agent id. */
	| {
			type: "session.opened";
			config: Readonly<Record<string, unknown>>;
			configPath?: string;
			aliases: Readonly<Record<AgentId, string>>;
			system?: string;
			parent?: string;
			/** What the program that made the session wants to know of it again. */
			metadata?: Readonly<Record<string, unknown>>;
	  }
	| { type: "session.renamed"; name: string }
	/** Items up to here are hidden from all later turns; nothing is deleted. */
	| { type: "session.cleared" }
	| { type: "session.closed" }
	/** Agents that joined later. */
	| { type: "aliases.added"; aliases: Readonly<Record<AgentId, string>> }
	/** `operation`: which change this is the end of, so that it is not made twice. */
	| { type: "items.added"; items: readonly unknown[]; operation?: { readonly id: string; readonly fingerprint: string } }
	| { type: "item.popped" };

export type TurnEvent =
	| { type: "turn.started"; terms: Terms }
	| { type: "message.added"; text: string; to: readonly AgentId[] }
	| { type: "turn.interrupted"; by: string }
	/** What changed while it stood still. */
	| { type: "turn.resumed"; agents?: readonly Agent[]; limits?: Limits }
	| { type: "limits.changed"; limits: Limits }
	| { type: "limit.reached"; kind: LimitKind; hard: boolean; agent?: AgentId }
	| { type: "turn.ended"; outcome: Outcome; why?: string; label?: string; final?: string }
	| { type: "attempt.started"; attempt: number }
	| { type: "round.opened"; round: number }
	| { type: "winner.chosen"; decision: Decision }
	| { type: "answer.rewritten"; text: string; agent: AgentId }
	| ({ type: "review.given" } & Review)
	| { type: "agent.retired"; agent: AgentId; why: string }
	| { type: "assignment.started"; assignment: string; agent: AgentId; task: Task; round: number }
	| { type: "assignment.bookmarked"; assignment: string; bookmark: string }
	| { type: "assignment.closing"; assignment: string }
	| { type: "assignment.ended"; assignment: string; agent: AgentId; reason: EndReason; error?: string }
	| { type: "step.started"; step: string; assignment: string; agent: AgentId; hash: string; estimate: Estimate }
	| { type: "step.completed"; step: string; assignment: string; agent: AgentId; reply: Reply; costUsd?: number }
	| { type: "step.rejected"; step: string; assignment: string; agent: AgentId; problem: string }
	| {
			type: "step.failed";
			step: string;
			assignment: string;
			agent: AgentId;
			failure: Failure;
			retryAt?: number;
			waitMs?: number;
			usage?: Usage;
			costUsd?: number;
	  }
	| { type: "draft.saved"; step: string; agent: AgentId; text: string }
	| { type: "process.started"; pid: number; startedAt: string; agent: AgentId; command: string }
	| { type: "process.ended"; pid: number; exitCode: number | null }
	| {
			type: "tool.started";
			call: string;
			assignment: string;
			agent: AgentId;
			name: string;
			input: Readonly<Record<string, unknown>>;
			readOnly: boolean;
	  }
	| { type: "tool.completed"; call: string; assignment: string; agent: AgentId; name: string; output: string; isError: boolean }
	| { type: "answer.submitted"; agent: AgentId; label: string; text: string; snapshot?: string; truncated?: true }
	| { type: "vote.cast"; agent: AgentId; for: string; reason: string; implied: boolean }
	| { type: "files.apply-started"; plan: readonly string[] }
	| { type: "files.applied"; paths: readonly string[] }
	| { type: "conversation.compacted"; agent: AgentId; summary: string };

export type EventOf<T extends Event["type"]> = Extract<Event, { type: T }>;

/** `unneeded`: a decision or a limit made it pointless. `timed-out`, `out-of-steps`: the agent sits this round out. */
export type EndReason = "done" | "failed" | "timed-out" | "out-of-steps" | "unneeded";

/** What went wrong in a model call, for the log and the user; never holds a secret. */
export type Failure = { readonly kind: string; readonly message: string; readonly hint?: string; readonly status?: number };

/** Where and when an event was written. `turn` and `attempt` are 0 for what belongs to the session as a whole. */
export type Envelope = {
	/** Version of the event's form. */
	readonly v: number;
	/** Position in its session: 1, 2, 3 ... without gaps. */
	readonly seq: number;
	/** Milliseconds since 1970; monotonic within one epoch. */
	readonly at: number;
	/** The lease it was written under. */
	readonly epoch: number;
	readonly session: string;
	readonly turn: number;
	readonly attempt: number;
};

export type Recorded<E extends Event = Event> = Envelope & E;

/** An event on its way to the log, which adds the rest of the envelope. */
export type Unsaved = Pick<Envelope, "at" | "turn" | "attempt"> & Event;

/** Live text: shown, never an event. `answer` is the text of an answer being written into its call; `progress` a line about work, `waiting` why none is done yet. */
export type Delta = {
	readonly agent: AgentId;
	readonly step: string;
	readonly kind: "text" | "reasoning" | "answer" | "progress" | "waiting";
	readonly text: string;
};

/** Things that ask the turn to change. `decide` turns them into events, or into nothing. */
export type Command =
	| { type: "start"; terms: Terms }
	| { type: "interrupt"; by: string; drafts?: readonly Draft[] }
	| { type: "resume"; agents?: readonly Agent[]; limits?: Limits; drafts?: readonly Draft[] }
	| { type: "cancel"; why?: string; drafts?: readonly Draft[] }
	| { type: "say"; text: string; to?: readonly AgentId[] }
	| { type: "retire"; agent: AgentId; why: string; drafts?: readonly Draft[] }
	| { type: "change-limits"; limits: Limits }
	| { type: "reach-limit"; kind: LimitKind; hard: boolean; drafts?: readonly Draft[] }
	| { type: "begin-step"; assignment: string; hash: string; estimate: Estimate }
	| { type: "complete-step"; step: string; reply: Reply; costUsd?: number; readOnly?: readonly string[] }
	| {
			type: "fail-step";
			step: string;
			failure: Failure;
			retryAt?: number;
			waitMs?: number;
			usage?: Usage;
			costUsd?: number;
			draft?: string;
			/** The conversation was too long: this stands for it from now on. */
			summary?: string;
	  }
	| { type: "complete-call"; assignment: string; call: string; output: string; isError: boolean }
	| { type: "bookmark"; assignment: string; bookmark: string }
	| { type: "urge"; assignment: string }
	| { type: "time-out"; assignment: string; drafts?: readonly Draft[] };

/** Text that was streamed in a step that has not completed. */
export type Draft = { readonly step: string; readonly agent: AgentId; readonly text: string };
