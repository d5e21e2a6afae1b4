import { describe, expect, test } from "vitest";
import type { SessionStore } from "../../src/checkpoint/log.ts";
import { createMemoryStore } from "../../src/checkpoint/memory.ts";
import { answers, hangs, type Move, reply, Stage, streams, uses, votes } from "./stage.ts";

describe("time of an assignment", () => {
	test("who is out of time is told to submit, and sits the round out after the grace", async () => {
		const stage = new Stage(
			{ a: [hangs, votes("owl")], b: [answers("y"), votes("owl")], c: [answers("z"), votes("elk")] },
			{ limits: { firstRoundMs: 10_000, graceMs: 5000 } },
		);
		const turn = await stage.start();
		expect(turn).toMatchObject({ outcome: "completed", final: "y", retired: {} });
		expect((await stage.of("assignment.closing")).map(({ assignment, at }) => [assignment, at % 100_000])).toEqual([["1.1", 10_000]]);
		const ended = (await stage.of("assignment.ended")).filter(({ reason }) => reason === "timed-out");
		expect(ended.map(({ agent, at }) => [agent, at % 100_000])).toEqual([["a", 15_000]]);
		expect(stage.calls[0]?.aborted).toBe(15_000);
	});

	test("who uses tools reads at the next step that time is nearly up", async () => {
		const digs: Move = async ({ signal }, clock) => {
			await clock.sleep(4000, signal);
			return reply({ toolCalls: [uses("dig", {})] });
		};
		const stage = new Stage({ a: [digs, digs, digs, answers("x")], b: [answers("y")] }, { limits: { firstRoundMs: 7000 } });
		await stage.start();
		const last = stage.calls.filter(({ agent }) => agent === "a")[2]?.request.messages.at(-1);
		expect(last).toEqual({ role: "user", text: "Time is nearly up: decide now, with what you have." });
	});

	test("later rounds have a limit of their own", async () => {
		const stage = new Stage(
			{ a: [answers("x"), hangs], b: [answers("y"), votes("owl")] },
			{ limits: { laterRoundMs: 3000, graceMs: 1000 } },
		);
		const turn = await stage.start();
		expect(turn).toMatchObject({ outcome: "completed", final: "y" });
		expect(stage.clock.now()).toBeGreaterThanOrEqual(4100);
	});
});

describe("time of the turn", () => {
	test("at 80 % of it nobody writes anew: one round of votes decides, and that is a decision", async () => {
		const stage = new Stage(
			{ a: [answers("x"), votes("owl")], b: [answers("y"), votes("owl")], c: [hangs, votes("owl")] },
			{ limits: { timeMs: 10_000, graceMs: 60_000 } },
		);
		const turn = await stage.start();
		expect(turn).toMatchObject({ outcome: "completed", final: "y", closing: { kind: "time", round: 1 } });
		expect(turn.decision?.rule).toMatch(/time was running out/);
		// Half of what was left went to the grace, the rest to the votes.
		expect((await stage.of("assignment.ended")).find(({ agent }) => agent === "c")?.at).toBe(1_700_000_009_000);
	});

	test("at the end of it calls are aborted, and the ranking decides by what was written", async () => {
		const stage = new Stage(
			{ a: [answers("x"), hangs], b: [answers("y"), hangs] },
			{ limits: { timeMs: 10_000 }, terms: { maxAnswers: 1 } },
		);
		const turn = await stage.start();
		expect(turn).toMatchObject({ outcome: "timeout", decision: { rule: expect.stringMatching(/^time limit/) } });
		expect(["x", "y"]).toContain(turn.final);
		expect(stage.calls.filter(({ aborted }) => aborted === 10_000)).toHaveLength(2);
	});

	test("without a version there is no answer", async () => {
		const turn = await new Stage({ a: [hangs], b: [hangs] }, { limits: { timeMs: 10_000 } }).start();
		expect(turn).toMatchObject({ outcome: "timeout", answers: [] });
		expect(turn.final).toBeUndefined();
	});

	test("it is not missed if it comes while something is being written into the log", async () => {
		const memory = createMemoryStore("session");
		const store: SessionStore = {
			...memory,
			async acquire() {
				const lease = await memory.acquire();
				const append: typeof lease.append = async (events, drafts) => {
					if (events.some(({ type }) => type === "limit.reached")) await stage.clock.sleep(3_000);
					return lease.append(events, drafts);
				};
				return Object.assign(Object.create(lease), { append });
			},
		};
		const stage: Stage = new Stage({ a: [hangs] }, { limits: { timeMs: 10_000 }, store });
		expect(await stage.start()).toMatchObject({ outcome: "timeout" });
		expect((await stage.of("turn.ended"))[0]?.at).toBe(1_700_000_011_000);
	});

	test("what was being written then is kept, and is no answer", async () => {
		const stage = new Stage({ a: [streams("a".repeat(5000))] }, { limits: { timeMs: 1000 } });
		const turn = await stage.start();
		expect(turn).toMatchObject({ outcome: "timeout", drafts: [{ agent: "a", text: expect.stringMatching(/^a{10,}$/) }] });
		expect(turn.final).toBeUndefined();
		expect(await stage.store.drafts()).toEqual([]);
	});

	test("it also ends a rewrite, and the version stands", async () => {
		const stage = new Stage(
			{ a: [answers("x"), votes("fox"), hangs], b: [answers("y"), votes("fox")] },
			{ limits: { timeMs: 10_000 }, terms: { presentation: "rewrite" } },
		);
		expect(await stage.start()).toMatchObject({ outcome: "timeout", final: "x" });
	});

	test("the clock stands while nobody drives the turn", async () => {
		const stage = new Stage({ a: [hangs, answers("x")], b: [hangs, answers("x")] }, { limits: { timeMs: 10_000 } }).after(5000, () =>
			stage.send({ type: "interrupt", by: "Ctrl+C" }),
		);
		expect(await stage.start()).toMatchObject({ interrupted: true });
		await stage.clock.sleep(3_600_000);
		const turn = await stage.resume();
		expect(turn).toMatchObject({ outcome: "completed", final: "x" });
	});
});

describe("budget", () => {
	const usage = { input: 90, output: 10, cached: 0, reasoning: 0 };
	const paid =
		(move: Move): Move =>
		async (call, clock) => {
			const result = await move(call, clock);
			return result.ok ? { ok: true, reply: { ...result.reply, usage } } : result;
		};
	const digs = paid(async () => reply({ toolCalls: [uses("dig", {})] }));

	test("at 80 % of it nobody writes anew", async () => {
		const stage = new Stage(
			{ a: [paid(answers("x")), paid(votes("owl"))], b: [digs, digs, digs, paid(answers("y")), paid(votes("owl"))] },
			{ limits: { tokens: 700 } },
		);
		const turn = await stage.start();
		expect(turn).toMatchObject({ outcome: "completed", final: "y", closing: { kind: "budget" } });
		expect(turn.decision?.rule).toMatch(/budget was running out/);
	});

	test("at the end of it no call begins, those in flight finish, and the ranking decides", async () => {
		const stage = new Stage(
			{ a: [paid(answers("x", 5000)), paid(votes("fox"))], b: [digs] },
			{ limits: { tokens: 450 }, terms: { maxSteps: 50 } },
		);
		const turn = await stage.start();
		expect(turn).toMatchObject({ outcome: "budget", final: "x" });
		const spent = turn.seats.reduce((sum, { spending }) => sum + spending.input + spending.output, 0);
		expect(spent).toBeLessThanOrEqual(450);
		expect(stage.calls.every(({ aborted }) => aborted === undefined)).toBe(true);
	});

	test("it is counted in money where a price is known", async () => {
		const stage = new Stage(
			{ a: [paid(answers("x", 5000))], b: [digs] },
			{
				limits: { costUsd: 0.45 },
				terms: { maxSteps: 50 },
				member: { estimate: () => ({ tokens: 100, costUsd: 0.1 }), cost: ({ input, output }) => (input + output) / 1000 },
			},
		);
		const turn = await stage.start();
		expect(turn).toMatchObject({ outcome: "budget", final: "x" });
		expect(turn.seats.reduce((sum, { spending }) => sum + (spending.costUsd ?? 0), 0)).toBeCloseTo(0.4);
	});

	test("when it is spent, time may still run out for the calls in flight", async () => {
		const stage = new Stage({ a: [hangs], b: [digs] }, { limits: { tokens: 350, timeMs: 60_000 } });
		expect(await stage.start()).toMatchObject({ outcome: "timeout" });
		expect(stage.calls.find(({ agent }) => agent === "a")?.aborted).toBe(60_000);
	});

	test("an agent whose own budget is used up leaves, and the round goes on without it", async () => {
		const stage = new Stage(
			{ a: [digs], b: [answers("y"), votes("owl")], c: [answers("z"), votes("owl")] },
			{ limits: { perAgent: { tokens: 250 } } },
		);
		const turn = await stage.start();
		expect(turn).toMatchObject({ outcome: "completed", final: "y", retired: { a: "its budget is used up" } });
	});

	test("when the budget of the last one of a round is used up, the next round begins at once", async () => {
		const stage = new Stage(
			{ a: [answers("x"), votes("owl")], b: [answers("y"), votes("owl")], c: [digs] },
			{ limits: { perAgent: { tokens: 250 } } },
		);
		const turn = await stage.start();
		expect(turn).toMatchObject({ outcome: "completed", final: "y" });
		expect(stage.clock.now()).toBeLessThan(1000);
	});
});
