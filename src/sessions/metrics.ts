import { SessionError } from "../errors.ts";

/** One run as the numbers need it. */
export type RunSummary = {
	readonly id: string;
	readonly agentId?: string;
	readonly status: RunStatus;
	/** Milliseconds since 1970. */
	readonly createdAt: number;
	/** Of the time in which it was driven; absent while it has not ended. */
	readonly durationMs?: number;
	/** Of all model calls, those of discarded answers and of retries included. */
	readonly inputTokens: number;
	readonly outputTokens: number;
	/** A provider did not say what it used: some of it is an estimate. */
	readonly usageEstimated?: boolean;
	readonly toolCalls: number;
	readonly steps: number;
};

export type RunStatus = "created" | "running" | "interrupted" | "completed" | "failed" | "cancelled" | "timeout" | "max_steps_reached";

/** The names under which numbers are asked for. `avg_duration` and its kin are milliseconds, `success_rate` is percent. */
export const metricNames = [
	"sessions_total",
	"sessions_by_status",
	"avg_duration",
	"p50_duration",
	"p95_duration",
	"success_rate",
	"tokens_total",
	"input_tokens_total",
	"output_tokens_total",
	"usage_estimated",
	"tool_calls_total",
	"last_session_at",
] as const;

export type MetricName = (typeof metricNames)[number];

export type Metrics = {
	readonly sessions_total: number;
	readonly sessions_by_status: Readonly<Partial<Record<RunStatus, number>>>;
	/** Of runs that have ended, like all durations; null if none has. */
	readonly avg_duration: number | null;
	readonly p50_duration: number | null;
	readonly p95_duration: number | null;
	/** Completed runs of those that have ended; null if none has. */
	readonly success_rate: number | null;
	readonly tokens_total: number;
	readonly input_tokens_total: number;
	readonly output_tokens_total: number;
	readonly usage_estimated: boolean;
	readonly tool_calls_total: number;
	/** ISO 8601 in UTC; null if there was none. */
	readonly last_session_at: string | null;
};

export type MetricsQuery<Name extends MetricName = MetricName> = {
	readonly agentId?: string;
	/** A whole number and m, h, d or w, as in `7d`, or `all`. Runs count by when they were created. */
	readonly period?: string;
	readonly metrics?: readonly Name[];
	/** Milliseconds since 1970. */
	readonly now: number;
};

/** The numbers of the runs in a window of time: a pure fold, so that every figure can be checked by hand. */
export function metrics<Name extends MetricName = MetricName>(runs: readonly RunSummary[], query: MetricsQuery<Name>): Pick<Metrics, Name> {
	const asked: readonly string[] = query.metrics ?? metricNames;
	const unknown = asked.find((name) => !metricNames.some((known) => known === name));
	if (unknown !== undefined) {
		throw new SessionError("invalid_request", `There is no metric ${unknown}.`, { hint: `There are: ${metricNames.join(", ")}.` });
	}
	const since = query.now - periodMs(query.period ?? "7d");
	const counted = runs.filter((run) => run.createdAt >= since && (query.agentId === undefined || run.agentId === query.agentId));
	const all = figures(counted);
	return Object.fromEntries(Object.entries(all).filter(([name]) => asked.includes(name))) as Pick<Metrics, Name>;
}

/** The numbers of one session: the sum over its runs. */
export function sessionMetrics(runs: readonly RunSummary[]) {
	const inputTokens = sum(runs.map((run) => run.inputTokens));
	const outputTokens = sum(runs.map((run) => run.outputTokens));
	return {
		tokensUsed: inputTokens + outputTokens,
		inputTokens,
		outputTokens,
		usageEstimated: runs.some((run) => run.usageEstimated === true),
		durationMs: sum(runs.map((run) => run.durationMs ?? 0)),
		steps: sum(runs.map((run) => run.steps)),
		toolCalls: sum(runs.map((run) => run.toolCalls)),
	};
}

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Length of a period in milliseconds; `all` is endless. */
export function periodMs(period: string): number {
	if (period === "all") return Number.POSITIVE_INFINITY;
	const [, count = "", unit = ""] = /^([1-9]\d{0,8})([mhdw])$/.exec(period) ?? [];
	const length = units[unit];
	if (length === undefined) {
		throw new SessionError("invalid_request", `"${period}" is no period.`, {
			hint: "Write a whole number and m, h, d or w, for example 7d; or all.",
		});
	}
	return Number(count) * length;
}

function figures(runs: readonly RunSummary[]): Metrics {
	const ended = runs.filter((run) => terminal.has(run.status));
	const durations = ended.flatMap((run) => (run.durationMs === undefined ? [] : [run.durationMs])).sort((left, right) => left - right);
	const byStatus: Partial<Record<RunStatus, number>> = {};
	for (const { status } of runs) byStatus[status] = (byStatus[status] ?? 0) + 1;
	const total = sessionMetrics(runs);
	return {
		sessions_total: runs.length,
		sessions_by_status: byStatus,
		avg_duration: durations.length === 0 ? null : sum(durations) / durations.length,
		p50_duration: percentile(durations, 0.5),
		p95_duration: percentile(durations, 0.95),
		success_rate: ended.length === 0 ? null : (100 * ended.filter((run) => run.status === "completed").length) / ended.length,
		tokens_total: total.tokensUsed,
		input_tokens_total: total.inputTokens,
		output_tokens_total: total.outputTokens,
		usage_estimated: total.usageEstimated,
		tool_calls_total: total.toolCalls,
		last_session_at: runs.length === 0 ? null : new Date(runs.reduce((last, run) => Math.max(last, run.createdAt), 0)).toISOString(),
	};
}

const terminal: ReadonlySet<RunStatus> = new Set(["completed", "failed", "cancelled", "timeout", "max_steps_reached"]);

/** The smallest value that at least this share of all values does not exceed (nearest rank). */
function percentile(sorted: readonly number[], share: number): number | null {
	return sorted[Math.max(Math.ceil(sorted.length * share), 1) - 1] ?? null;
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, each) => total + each, 0);
}
