import type { Recorded } from "../core/events.ts";
import { isOver } from "../core/queries.ts";
import type { TurnRecord } from "../core/session.ts";
import type { Outcome, Turn } from "../core/types.ts";
import type { RunStatus, RunSummary } from "./metrics.ts";
import { runSteps } from "./run-steps.ts";

/** Why a run brought no answer, or not the one that was hoped for. */
export type RunError = { readonly code: RunErrorCode; readonly message: string };

export type RunErrorCode =
	| "context_too_long"
	| "token_limit_exceeded"
	| "provider_error"
	| "timeout"
	| "interrupted"
	| "cancelled"
	| "max_steps_reached";

export type Run = RunSummary & {
	readonly turn: number;
	readonly goal: string;
	readonly output?: string;
	readonly error?: RunError;
	readonly startedAt: number;
	readonly endedAt?: number;
};

/** A turn as a run: its state, numbers and error, folded from its events. `isDriven`: some process is at work on it. */
export function runOf(record: TurnRecord, events: readonly Recorded[], isDriven: boolean): Run {
	const { turn } = record;
	const spent = turn.seats.map(({ spending }) => spending);
	const steps = runSteps(events);
	const error = errorOf(turn, events, isDriven);
	return {
		id: `${events[0]?.session ?? ""}:${turn.number}`,
		turn: turn.number,
		goal: turn.question,
		status: statusOf(turn, isDriven),
		createdAt: record.startedAt,
		startedAt: record.startedAt,
		...(isOver(turn) ? { endedAt: record.lastAt } : {}),
		durationMs: record.drivenMs,
		inputTokens: spent.reduce((sum, each) => sum + each.input, 0),
		outputTokens: spent.reduce((sum, each) => sum + each.output, 0),
		usageEstimated: spent.some((each) => each.uncertain.tokens > 0) || hasUnknownUsage(events),
		steps: steps.length,
		toolCalls: steps.filter(({ type }) => type === "tool_call").length,
		...(turn.final === undefined ? {} : { output: turn.final }),
		...(error === undefined ? {} : { error }),
	};
}

/** An open turn is running while somebody drives it, and interrupted otherwise: that is no end. */
export function statusOf(turn: Turn, isDriven: boolean): RunStatus {
	if (turn.outcome === undefined) return isDriven && !turn.interrupted ? "running" : "interrupted";
	return statuses[turn.outcome];
}

/** What an outcome is called outside. A budget that ran out is a failure, whose code says so. */
export const statuses: Readonly<Record<Outcome, RunStatus>> = {
	completed: "completed",
	failed: "failed",
	cancelled: "cancelled",
	timeout: "timeout",
	budget: "failed",
	"max-steps": "max_steps_reached",
};

function errorOf(turn: Turn, events: readonly Recorded[], isDriven: boolean): RunError | undefined {
	const status = statusOf(turn, isDriven);
	if (status === "completed" || status === "running" || status === "created") return undefined;
	const failure = events.findLast((event) => event.type === "step.failed");
	const cause = turn.outcome === "failed" ? failure?.failure.message : undefined;
	const message = [turn.why, cause].filter((part) => part !== undefined).join(" ") || reasons[status];
	if (status !== "failed") return { code: status, message };
	if (turn.outcome === "budget") return { code: "token_limit_exceeded", message };
	return { code: failure?.failure.kind === "context-too-long" ? "context_too_long" : "provider_error", message };
}

const reasons = {
	failed: "No agent could answer.",
	interrupted: "The run was interrupted and can go on.",
	cancelled: "The run was cancelled.",
	timeout: "The time was up.",
	max_steps_reached: "The agents have used up their steps.",
} as const;

/** A model call whose provider did not say what it used. */
function hasUnknownUsage(events: readonly Recorded[]): boolean {
	return events.some((event) => event.type === "step.completed" && event.reply.usage === undefined);
}
