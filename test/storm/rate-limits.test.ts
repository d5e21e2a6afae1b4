import { describe, expect, test } from "vitest";
import { retryDelay } from "../../src/agents/retry.ts";
import type { Recorded } from "../../src/core/events.ts";
import { dice } from "../security/injections.ts";
import { callMs, storm } from "./hundred.ts";

type Refusal = Extract<Recorded, { type: "step.failed" }>;

function refusals(events: readonly Recorded[]): readonly Refusal[] {
	return events.filter((event): event is Refusal => event.type === "step.failed");
}

/** How long each assignment waited between its tries, all together. */
function waits(events: readonly Recorded[]): readonly number[] {
	const sums = new Map<string, number>();
	for (const { assignment, waitMs = 0 } of refusals(events)) sums.set(assignment, (sums.get(assignment) ?? 0) + waitMs);
	return [...sums.values()];
}

test("the waits for one call grow, are spread over half their length, and are never shorter than the server asks", () => {
	const random = dice(1);
	const refused = { kind: "rate-limit", message: "", retryable: true } as const;
	for (let tries = 0; tries < 8; tries++) {
		const most = Math.min(30_000, 1000 * 2 ** tries);
		const drawn = Array.from({ length: 1000 }, () => retryDelay(refused, { tries, waitedMs: 0 }, 60_000, random) ?? 0);
		expect(Math.min(...drawn)).toBeGreaterThanOrEqual(most / 2);
		expect(Math.max(...drawn)).toBeLessThanOrEqual(most);
		const tenth = (wait: number) => Math.min(9, Math.floor(((wait - most / 2) / (most / 2)) * 10));
		const shares = Array.from({ length: 10 }, (_, index) => drawn.filter((wait) => tenth(wait) === index).length);
		expect(Math.min(...shares)).toBeGreaterThan(50);
	}
	const asked = Array.from(
		{ length: 1000 },
		() => retryDelay({ ...refused, retryAfterMs: 7000 }, { tries: 0, waitedMs: 0 }, 60_000, random) ?? 0,
	);
	expect(Math.min(...asked)).toBeGreaterThanOrEqual(7000);
	// Who was told the same time does not come back at the same time.
	expect(new Set(asked).size).toBeGreaterThan(200);
	expect(Math.max(...asked)).toBeLessThanOrEqual(8000);
	expect(retryDelay(refused, { tries: 3, waitedMs: 58_000 }, 60_000, () => 0)).toBeUndefined();
});

describe("a hundred agents at a server that refuses everything", () => {
	test("for twenty seconds: all get their answer, never more than eight at once, none waits longer than a minute", async () => {
		const { turn, events, seen, most } = await storm({ one: { endsAt: 20_000 } });
		expect(turn).toMatchObject({ outcome: "completed", retired: {} });
		expect(turn.answers).toHaveLength(100);
		expect(most.get("one")).toBe(8);
		expect(Math.max(...waits(events))).toBeLessThanOrEqual(60_000);
		const perAgent = turn.agents.map(({ id }) => seen.filter(({ agent }) => agent === id).length);
		expect(Math.max(...perAgent)).toBeLessThanOrEqual(10);
		const first = refusals(events)
			.filter(({ step }) => step.endsWith(".1"))
			.map(({ waitMs = 0 }) => waitMs);
		expect(first.length).toBeGreaterThanOrEqual(100);
		expect(Math.min(...first)).toBeGreaterThanOrEqual(500);
		expect(Math.max(...first)).toBeLessThanOrEqual(1000);
		expect(new Set(first).size).toBeGreaterThan(75);
	});

	test("and says for how long: nobody asks before that time", async () => {
		const { turn, seen, most, events } = await storm({ one: { endsAt: 20_000, retryAfterMs: 7000 } });
		expect(turn).toMatchObject({ outcome: "completed", retired: {} });
		expect(most.get("one")).toBeLessThanOrEqual(8);
		const refused = seen.filter((call) => call.refused);
		expect(refused.length).toBeLessThan(50);
		for (const { to } of refused) expect(seen.filter(({ from }) => from > to && from < to + 7000)).toEqual([]);
		for (const { waitMs } of refusals(events)) expect(waitMs).toBeGreaterThanOrEqual(7000);
	});

	test("for ever: the turn ends, after a bounded number of calls and of minutes", async () => {
		const { turn, events, seen, endedAt, most } = await storm({ one: { endsAt: Number.POSITIVE_INFINITY } });
		expect(turn).toMatchObject({ outcome: "failed", answers: [] });
		expect(Object.keys(turn.retired)).toHaveLength(100);
		expect(most.get("one")).toBe(8);
		// Two assignments each, and the waits of one sum up to a minute at most.
		expect(waits(events)).toHaveLength(200);
		expect(Math.max(...waits(events))).toBeLessThanOrEqual(60_000);
		expect(seen.length).toBeLessThanOrEqual(100 * 2 * 8);
		expect(endedAt).toBeLessThan(2 * 60_000 + (seen.length / 8) * callMs);
	});

	test("does not hold up those of another server, and fails nobody but its own", async () => {
		const { turn, events, seen, most } = await storm({ stormy: { endsAt: Number.POSITIVE_INFINITY }, calm: { endsAt: 0 } });
		expect(turn.outcome).toBe("completed");
		expect(turn.answers).toHaveLength(50);
		expect(Object.keys(turn.retired)).toHaveLength(50);
		expect([...most.values()]).toEqual([8, 8]);
		// Fifty calls, eight at a time: as quick as if nobody else were there.
		const firstOfCalm = seen.filter(({ server }) => server === "calm").slice(0, 50);
		expect(Math.max(...firstOfCalm.map(({ to }) => to))).toBe(Math.ceil(50 / 8) * callMs);
		expect(events.some(({ type }) => type === "turn.ended")).toBe(true);
	});
});
