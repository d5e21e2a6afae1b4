import { expect, test } from "vitest";
import { metrics, periodMs, type RunSummary, sessionMetrics } from "../../src/sessions/metrics.ts";

const now = Date.UTC(2026, 0, 31);
const day = 86_400_000;

function run(id: string, status: RunSummary["status"], daysAgo: number, durationMs?: number): RunSummary {
	return {
		id,
		agentId: id.startsWith("b") ? "writer" : "coder",
		status,
		createdAt: now - daysAgo * day,
		...(durationMs === undefined ? {} : { durationMs }),
		inputTokens: 100,
		outputTokens: 10,
		toolCalls: 2,
		steps: 3,
	};
}

const runs = [
	run("a1", "completed", 1, 1000),
	run("a2", "completed", 2, 3000),
	run("a3", "failed", 3, 8000),
	run("a4", "running", 0),
	run("a5", "interrupted", 0),
	run("b1", "completed", 6.9, 500),
	run("old", "cancelled", 8, 90_000),
];

test("R33: numbers of a period, durations in milliseconds and rates in percent, of runs that have ended", () => {
	expect(metrics(runs, { period: "7d", now, agentId: "coder" })).toEqual({
		sessions_total: 5,
		sessions_by_status: { completed: 2, failed: 1, running: 1, interrupted: 1 },
		avg_duration: 4000,
		p50_duration: 3000,
		p95_duration: 8000,
		success_rate: 200 / 3,
		tokens_total: 550,
		input_tokens_total: 500,
		output_tokens_total: 50,
		usage_estimated: false,
		tool_calls_total: 10,
		last_session_at: "2026-01-31T00:00:00.000Z",
	});
});

test("R33: only what is asked for, of seven days if no period is named", () => {
	expect(metrics(runs, { metrics: ["sessions_total", "avg_duration", "success_rate"], now })).toEqual({
		sessions_total: 6,
		avg_duration: 3125,
		success_rate: 75,
	});
	expect(metrics(runs, { period: "all", metrics: ["sessions_total"], now })).toEqual({ sessions_total: 7 });
	expect(metrics(runs, { period: "24h", metrics: ["sessions_total"], now })).toEqual({ sessions_total: 3 });
});

test("R33: without an ended run there is no average and no rate", () => {
	expect(metrics([run("a4", "running", 0)], { metrics: ["avg_duration", "p95_duration", "success_rate", "last_session_at"], now })).toEqual(
		{
			avg_duration: null,
			p95_duration: null,
			success_rate: null,
			last_session_at: "2026-01-31T00:00:00.000Z",
		},
	);
	expect(metrics([], { metrics: ["last_session_at", "sessions_total"], now })).toEqual({ last_session_at: null, sessions_total: 0 });
});

test("R33: a period or a metric that does not exist is refused with those that do", () => {
	expect([periodMs("1m"), periodMs("2h"), periodMs("3d"), periodMs("1w")]).toEqual([60_000, 7_200_000, 3 * day, 7 * day]);
	for (const period of ["", "7", "d", "0d", "-1d", "1.5h", "7y", "7 d", "ALL"]) {
		expect(() => metrics(runs, { period, now }), period).toThrow(
			expect.objectContaining({ code: "invalid_request", hint: expect.stringContaining("7d") }),
		);
	}
	const wrong = () => Reflect.apply(metrics, undefined, [runs, { now, metrics: ["speed"] }]);
	expect(wrong).toThrow(expect.objectContaining({ code: "invalid_request", hint: expect.stringContaining("success_rate") }));
});

test("R32: a session's numbers are the sums over its runs, input and output apart", () => {
	expect(sessionMetrics([run("a1", "failed", 1, 1000), { ...run("a2", "completed", 0, 500), usageEstimated: true }])).toEqual({
		tokensUsed: 220,
		inputTokens: 200,
		outputTokens: 20,
		usageEstimated: true,
		durationMs: 1500,
		steps: 6,
		toolCalls: 4,
	});
});
