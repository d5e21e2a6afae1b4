/**
 * The nouns of one turn.
 *
 * A turn asks every agent the same question and goes in rounds. In round 1 everyone drafts an answer, unseen. In each
 * later round everyone is shown the same frozen board, and answers again or votes; what is written in a round appears
 * on the board of the next. The protocol says when it is decided. An agent's part in a round is an assignment: a
 * sequence of steps (finished model calls with the tool calls they asked for), ended by an answer or a vote.
 */
import type { Reply, ToolResult, Usage } from "./conversation.ts";

export type AgentId = string;

export type Agent = {
	readonly id: AgentId;
	/** What the other agents see instead of its name: drawn once per session, one word of letters and digits, not guessable. */
	readonly alias: string;
	/** Name of an entry in the backend table. */
	readonly backend: string;
	readonly model?: string;
	/** The user's own instructions for this agent. */
	readonly systemMessage?: string;
	/** Options of its backend as the user wrote them: secrets stay `${VAR}`. */
	readonly options?: Readonly<Record<string, unknown>>;
};

/** One version of an agent's answer. `label` is `agent1.2`: agent number in config order, version. */
export type Answer = {
	readonly label: string;
	readonly by: AgentId;
	readonly text: string;
	readonly attempt: number;
	readonly round: number;
	/** Hash of the files that belong to it. */
	readonly snapshot?: string;
	/** Equal for versions that are one candidate: the text in normal form, and the snapshot. */
	readonly identity: string;
	/** Label of the first version with this identity: compares faster. */
	readonly first: string;
};

/** Versions with the same text are one candidate with several authors; it goes by the label of the first. */
export type Candidate = {
	readonly label: string;
	readonly labels: readonly string[];
	readonly authors: readonly AgentId[];
	readonly text: string;
	readonly identity: string;
	readonly first: string;
	readonly round: number;
};

/** A vote is for a candidate that was on the board of its round. `implied`: the voter wrote the same text again. */
export type Vote = {
	readonly by: AgentId;
	readonly for: string;
	readonly reason: string;
	readonly attempt: number;
	readonly round: number;
	readonly implied: boolean;
};

/** What an agent may be asked to do. */
export type Task = "answer" | "answer-or-vote" | "vote" | "rewrite" | "review";

/** One thing that happened in an agent's conversation, oldest first. */
export type Entry =
	/** It was asked to do something; `again` if an earlier try in the same round failed. */
	| { readonly kind: "task"; readonly task: Task; readonly attempt: number; readonly round: number; readonly again: boolean }
	| { readonly kind: "reply"; readonly reply: Reply }
	| { readonly kind: "result"; readonly result: ToolResult }
	/** Its reply held no valid ballot: why. */
	| { readonly kind: "rejection"; readonly problem: string }
	/** The user said something. */
	| { readonly kind: "said"; readonly text: string }
	/** It was told to submit now. */
	| { readonly kind: "closing" }
	/** Everything before this was replaced by a summary. */
	| { readonly kind: "compaction"; readonly summary: string };

/** A model call that has started and not finished. The estimate counts against the budget until the real figure is known. */
export type OpenStep = { readonly id: string; readonly estimate: Estimate };

/** What a call may cost at most, as far as it can be known before it is made. No `costUsd`: the price is unknown. */
export type Estimate = { readonly tokens: number; readonly costUsd?: number };

/** A tool call that has started and not finished. */
export type OpenCall = {
	readonly id: string;
	readonly name: string;
	readonly input: Readonly<Record<string, unknown>>;
	readonly readOnly: boolean;
};

/** One agent's part in one round. It stays open through a crash; whoever takes over goes on with it. */
export type Assignment = {
	readonly id: string;
	readonly agent: AgentId;
	readonly task: Task;
	readonly attempt: number;
	readonly round: number;
	/** Model calls that have begun, and those that have finished. */
	readonly begun: number;
	readonly steps: number;
	/** Replies in a row that held no valid ballot. */
	readonly rejections: number;
	/** Times in a row that the process died during the model call that is due. */
	readonly losses: number;
	/** Failures of the model call that is due, and how long was waited between its tries. */
	readonly tries: number;
	readonly waitedMs: number;
	/** It was told to submit now. */
	readonly urged: boolean;
	/** Not to be called again before this time (ms since 1970). */
	readonly notBefore?: number | undefined;
	readonly step?: OpenStep | undefined;
	readonly calls: readonly OpenCall[];
	/** A CLI agent's own session, to go on with after a crash. */
	readonly bookmark?: string;
};

export type Phase = "coordinating" | "presenting" | "ended";

/** How a turn ended. `budget` and `timeout` may hold an answer; `max-steps` and `failed` never do. */
export type Outcome = "completed" | "failed" | "cancelled" | "timeout" | "budget" | "max-steps";

/** `user` is the wish to finish now: always a soft limit. */
export type LimitKind = "time" | "budget" | "user";

export type Limits = {
	/** Of the whole turn, in milliseconds of driven time. */
	readonly timeMs?: number;
	readonly costUsd?: number;
	/** Input and output tokens of all agents together. */
	readonly tokens?: number;
	/** Output tokens of all agents together, as their providers count them. */
	readonly outputTokens?: number;
	readonly perAgent?: { readonly costUsd?: number; readonly tokens?: number };
	/** At 80 %: stop writing and vote (`wrap_up`), or go on until nothing is left (`stop`). */
	readonly onLimit: "wrap_up" | "stop";
	/** Of one assignment in round 1, and in later rounds. */
	readonly firstRoundMs?: number;
	readonly laterRoundMs?: number;
	/** Between being told to submit and sitting the round out. */
	readonly graceMs: number;
};

/** Settings of a turn, fixed when it starts. */
export type Terms = {
	/** Number of the turn in its session, from 1. */
	readonly number: number;
	readonly question: string;
	readonly protocol: string;
	readonly agents: readonly Agent[];
	/** Rounds in which answers may be written; the round after them is for votes only. At least 1. */
	readonly maxAnswers: number;
	/** Failures in a row that an agent may have. */
	readonly maxFailures: number;
	/** Model calls that one assignment may take. */
	readonly maxSteps: number;
	readonly stop: "majority" | "all";
	/** The winning answer stands word for word, or its author writes it anew. */
	readonly presentation: "verbatim" | "rewrite";
	readonly maxRestarts: number;
	/** Who reviews the result before a restart; the winner if not given. */
	readonly reviewer?: AgentId;
	/** False: there is nothing to vote on, so a reply's complete text is the answer. */
	readonly ballot: boolean;
	/** Feeds every draw of the turn: the order in which boards are shown, the last rung of a tie. */
	readonly seed: number;
	readonly limits: Limits;
	/** What belongs to the question and is told after it, in this turn only. */
	readonly context?: string;
	/** How many messages of earlier turns the agents are shown, the newest; all if not given. */
	readonly maxHistory?: number;
	/** Told to the agents, at the end of the question. ISO 8601 date. */
	readonly date?: string;
	/** Version of the prompts, so that requests can be rebuilt from old logs. */
	readonly prompts: number;
};

export type Decision = {
	readonly label: string;
	readonly rule: string;
	readonly tally: readonly Tally[];
	/** What decided between the first two of the ranking, where the votes did not. */
	readonly tieBreak?: string;
};

/** Votes for one candidate in the deciding round: all of them, and those of agents that did not write it. */
export type Tally = { readonly label: string; readonly votes: number; readonly others: number };

export type Review = {
	readonly attempt: number;
	readonly by: AgentId;
	readonly verdict: "submit" | "restart";
	readonly reason: string;
	readonly instructions: string;
};

/** What has been paid. `costUsd` is undefined as soon as one price in it is unknown. */
export type Spending = Usage & {
	readonly calls: number;
	readonly costUsd?: number;
	/** Estimates of calls whose end was never seen. */
	readonly uncertain: Estimate;
	/** Calls that ran again because the process died or stopped during them. */
	readonly possiblyPaidTwice: number;
};

/** What belongs to one agent; seats are in the order of the agents. */
export type Seat = { readonly conversation: readonly Entry[]; readonly unread: readonly Entry[]; readonly spending: Spending };

/** Everything the core knows about a turn: the fold of its events. */
export type Turn = Terms & {
	readonly phase: Phase;
	/** Interrupted turns stay open: nothing is lost, nothing moves until they are resumed. */
	readonly interrupted: boolean;
	readonly attempt: number;
	readonly round: number;
	/** Every version ever given, oldest first. */
	readonly answers: readonly Answer[];
	readonly votes: readonly Vote[];
	/** Assignments that have started and not ended. */
	readonly open: readonly Assignment[];
	readonly assignmentCount: number;
	/** Failures per agent since its last success. */
	readonly failures: Readonly<Record<AgentId, number>>;
	/** What went wrong with an agent last. */
	readonly lastErrors?: Readonly<Record<AgentId, string>>;
	/** Agents that take part no more, and why. */
	readonly retired: Readonly<Record<AgentId, string>>;
	/** Agents that sit this round out, and why. */
	readonly sitting: Readonly<Record<AgentId, string>>;
	/** What each agent has read and written in this attempt, what it has been told and not read yet, and what it has spent. */
	readonly seats: readonly Seat[];
	/** The first soft limit that was reached: no new versions after this round. */
	readonly closing?: { readonly kind: LimitKind; readonly round: number };
	readonly warned: readonly LimitKind[];
	/** A hard limit that was reached: nothing new begins. */
	readonly hard?: Exclude<LimitKind, "user">;
	readonly decision?: Decision;
	/** The winner's answer, written anew. `null`: tried in vain. */
	readonly rewrite?: string | null;
	readonly reviews: readonly Review[];
	/** The result that the last review sent back. */
	readonly former?: string;
	/** What was streamed in steps that ended without completing, in assignments that are not done. */
	readonly drafts: readonly { readonly agent: AgentId; readonly step: string; readonly text: string }[];
	readonly outcome?: Outcome;
	readonly why?: string;
	readonly final?: string;
};

/** Something the protocol wants an agent to be doing in the current round. */
export type Work = { readonly agent: AgentId; readonly task: Task };

/** A protocol's answer to "what now?": let these work, open the next round, this candidate has won, or nobody can. */
export type Next =
	| { readonly kind: "work"; readonly work: readonly Work[] }
	| { readonly kind: "next-round" }
	| { readonly kind: "winner"; readonly decision: Decision }
	| { readonly kind: "none"; readonly why: string };

/** A way of deciding. Pure: the same turn always gives the same answer. */
export type Protocol = (turn: Turn) => Next;
