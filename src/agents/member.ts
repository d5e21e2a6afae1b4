import type { Backend, Clock } from "../backends/backend.ts";
import type { Request, Usage } from "../core/conversation.ts";
import type { AgentId, Estimate } from "../core/types.ts";
import type { Tool } from "../tools/tool.ts";

/** An agent at work: what answers for it, what it can do, and what that costs. */
export type Member = {
	readonly backend: Backend;
	readonly tools: readonly Tool[];
	readonly workspace?: string;
	/** What a call may cost at most, before it is made. */
	estimate(request: Request): Estimate;
	/** What a call has cost; undefined if the price is unknown. */
	cost(usage: Usage): number | undefined;
};

/** The team at work, and what all its calls share. */
export type Crew = {
	readonly members: Readonly<Record<AgentId, Member>>;
	readonly clock: Clock;
	readonly limits: CallLimits;
	/** In 0 .. 1, for the jitter of retries. */
	readonly random: () => number;
};

export type CallLimits = {
	/** Without a sign of life from the model, in milliseconds. */
	readonly idleMs: number;
	/** Of a whole model call. */
	readonly callMs: number;
	/** Of a tool, unless it has its own. */
	readonly toolMs: number;
	/** All waits between the tries of one assignment together. */
	readonly waitMs: number;
	/** How much of a conversation is kept when a model calls it too long, in 0 .. 1. */
	readonly compactionRatio: number;
};

export const defaultCallLimits: CallLimits = { idleMs: 300_000, callMs: 1_800_000, toolMs: 120_000, waitMs: 60_000, compactionRatio: 0.2 };
