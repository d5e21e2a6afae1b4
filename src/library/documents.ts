import type { Recorded } from "../core/events.ts";
import type { TurnRecord } from "../core/session.ts";
import { type RunStatus, sessionMetrics } from "../sessions/metrics.ts";
import type { readSession } from "../sessions/reading.ts";
import type { RunUsage } from "../sessions/run-events.ts";
import { type RunStep, runSteps } from "../sessions/run-steps.ts";
import { type Run, type RunErrorCode, runOf } from "../sessions/runs.ts";

/** One thing that an agent did. `number` counts from 1 in each turn. */
export type StepDocument = {
	readonly number: number;
	readonly turn: number;
	readonly agent_id: string;
	readonly type: RunStep["type"];
	readonly input: unknown;
	readonly output: unknown;
	readonly duration_ms: number;
	readonly tool_name?: string;
	readonly tokens?: number;
};

export type ErrorDocument = { readonly code: RunErrorCode | "internal"; readonly message: string };

/** What a run came to. */
export type RunDocument = {
	readonly session_id: string;
	readonly turn: number;
	readonly goal: string;
	readonly status: RunStatus;
	readonly output: string | null;
	/** The output was cut off where a reply may be no longer. */
	readonly truncated: boolean;
	readonly error: ErrorDocument | null;
	readonly steps: readonly StepDocument[];
	/** Everything that was answered, also where nothing was decided. */
	readonly answers: readonly { readonly agent_id: string; readonly label: string; readonly text: string }[];
	readonly usage: RunUsage;
	readonly tokens_used: number;
	readonly input_tokens: number;
	readonly output_tokens: number;
	/** A provider did not say what it used: the sums are too low by that. */
	readonly usage_estimated: boolean;
	readonly tool_calls: number;
	readonly duration_ms: number;
	readonly created_at: string;
	readonly ended_at: string | null;
};

/** A session: its newest run, and what all its runs have used. */
export type SessionDocument = Omit<RunDocument, "turn" | "goal"> & {
	readonly id: string;
	/** `task`: made to reach one goal; `chat`: a conversation; `team`: neither, as the command line makes them. */
	readonly kind: "task" | "chat" | "team";
	readonly lifecycle: "open" | "closed";
	readonly agent_id: string | null;
	readonly goal: string | null;
	readonly context: unknown;
	readonly turns: number;
	readonly last_activity: string;
};

/** A session and its events. */
export type Reading = Awaited<ReturnType<typeof readSession>>;

/** `isDriven`: some process is at work on the session. `failure`: why work on it ended that could not even begin. */
export type Circumstances = { readonly id: string; readonly isDriven: boolean; readonly failure?: ErrorDocument | undefined };

export function sessionDocument({ session, events }: Reading, { id, isDriven, failure }: Circumstances): SessionDocument {
	const runs = session.turns.map((record) => runDocument(record, events, isDriven));
	const last = runs.at(-1);
	const { metadata = {}, openedAt = 0, lastAt = 0 } = session;
	const total = sessionMetrics(session.turns.map((record) => summaryOf(record, events, isDriven)));
	const waiting: RunStatus = failure ? "failed" : session.isClosed ? "cancelled" : "created";
	return {
		id,
		session_id: id,
		kind: kindOf(metadata),
		lifecycle: session.isClosed ? "closed" : "open",
		agent_id: text(metadata.agent_id) ?? null,
		goal: last?.goal ?? text(metadata.goal) ?? null,
		context: metadata.context ?? null,
		status: last?.status ?? waiting,
		output: last?.output ?? null,
		truncated: last?.truncated ?? false,
		error: last?.error ?? failure ?? null,
		turns: runs.length,
		steps: runs.flatMap(({ steps }) => steps),
		answers: last?.answers ?? [],
		usage: { input_tokens: total.inputTokens, output_tokens: total.outputTokens, total_tokens: total.tokensUsed },
		tokens_used: total.tokensUsed,
		input_tokens: total.inputTokens,
		output_tokens: total.outputTokens,
		usage_estimated: total.usageEstimated,
		tool_calls: total.toolCalls,
		duration_ms: total.durationMs,
		created_at: iso(openedAt),
		ended_at: last?.ended_at ?? null,
		last_activity: iso(lastAt),
	};
}

export function runDocument(record: TurnRecord, events: readonly Recorded[], isDriven: boolean): RunDocument {
	const run = summaryOf(record, events, isDriven);
	const { session = "" } = events[0] ?? {};
	return {
		session_id: session,
		turn: run.turn,
		goal: run.goal,
		status: run.status,
		output: run.output ?? null,
		truncated: run.output !== undefined && isTruncated(ofTurn(events, run.turn), record.turn.decision?.label),
		error: run.error ?? null,
		steps: runSteps(ofTurn(events, run.turn)).map((step) => stepDocument(step, run.turn)),
		answers: record.turn.answers.map(({ by, label, text: answer }) => ({ agent_id: by, label, text: answer })),
		usage: { input_tokens: run.inputTokens, output_tokens: run.outputTokens, total_tokens: run.inputTokens + run.outputTokens },
		tokens_used: run.inputTokens + run.outputTokens,
		input_tokens: run.inputTokens,
		output_tokens: run.outputTokens,
		usage_estimated: run.usageEstimated ?? false,
		tool_calls: run.toolCalls,
		duration_ms: run.durationMs ?? 0,
		created_at: iso(run.createdAt),
		ended_at: run.endedAt === undefined ? null : iso(run.endedAt),
	};
}

/** The runs of a session as the statistics need them. */
export function runsOf({ session, events }: Reading, isDriven: boolean): readonly Run[] {
	const agentId = text(session.metadata?.agent_id);
	return session.turns.map((record) => ({ ...summaryOf(record, events, isDriven), ...(agentId === undefined ? {} : { agentId }) }));
}

export function kindOf(metadata: Readonly<Record<string, unknown>>): SessionDocument["kind"] {
	return metadata.kind === "task" || metadata.kind === "chat" ? metadata.kind : "team";
}

function summaryOf(record: TurnRecord, events: readonly Recorded[], isDriven: boolean): Run {
	return runOf(record, ofTurn(events, record.turn.number), isDriven);
}

function isTruncated(events: readonly Recorded[], label: string | undefined): boolean {
	return events.some((event) => event.type === "answer.submitted" && event.label === label && event.truncated === true);
}

function ofTurn(events: readonly Recorded[], turn: number): readonly Recorded[] {
	return events.filter((event) => event.turn === turn);
}

function stepDocument({ agentId, durationMs, toolName, ...step }: RunStep, turn: number): StepDocument {
	return { ...step, turn, agent_id: agentId, duration_ms: durationMs, ...(toolName === undefined ? {} : { tool_name: toolName }) };
}

export function iso(at: number): string {
	return new Date(at).toISOString();
}

export function text(value: unknown): string | undefined {
	return typeof value === "string" ? value : undefined;
}
