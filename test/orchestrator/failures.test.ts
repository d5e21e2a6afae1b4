import { expect, test } from "vitest";
import type { Lease, SessionStore } from "../../src/checkpoint/log.ts";
import { createMemoryStore } from "../../src/checkpoint/memory.ts";
import { LeaseLostError, StoreError } from "../../src/errors.ts";
import { answers, fails, hangs, type Move, reply, Stage, streams, uses, votes } from "./stage.ts";

test("a call that fails in passing is made again, later each time, and the log says when and why", async () => {
	const stage = new Stage({ a: [fails(), fails({ status: 503 }), answers("x"), votes("fox")], b: [answers("y"), votes("fox")] });
	const turn = await stage.start();
	expect(turn).toMatchObject({ outcome: "completed", final: "x", retired: {} });
	const failed = await stage.of("step.failed");
	expect(failed.map(({ waitMs, failure, retryAt, at }) => [waitMs, failure.status, (retryAt ?? 0) - at])).toEqual([
		[1000, undefined, 1000],
		[2000, 503, 2000],
	]);
	expect(stage.calls.filter(({ agent }) => agent === "a").map(({ at }) => at)).toEqual([0, 1100, 3200, 3300]);
});

test("what the server asks for is the least that is waited", async () => {
	const stage = new Stage({ a: [fails({ kind: "rate-limit", retryAfterMs: 7000 }), answers("x")], b: [answers("x")] });
	await stage.start();
	expect((await stage.of("step.failed")).map(({ waitMs }) => waitMs)).toEqual([7700]);
	expect(stage.calls.filter(({ agent }) => agent === "a")[1]?.at).toBe(7800);
});

test("waits are bounded: then the assignment has failed, is started again, and at last the agent leaves", async () => {
	const stage = new Stage({ a: [fails()], b: [answers("y")], c: [answers("z"), votes("owl")] });
	const turn = await stage.start();
	expect(turn.outcome).toBe("completed");
	expect(turn.retired).toEqual({ a: "failed 2 times in a row" });
	const waits = (await stage.of("step.failed")).map(({ waitMs }) => waitMs);
	expect(waits).toEqual([1000, 2000, 4000, 8000, 16000, undefined, 1000, 2000, 4000, 8000, 16000, undefined]);
});

test("what cannot pass is not tried again in the same assignment", async () => {
	const stage = new Stage({ a: [fails({ kind: "auth", retryable: false, message: "The key is wrong." })], b: [answers("y")] });
	const turn = await stage.start();
	expect(turn).toMatchObject({ outcome: "completed", final: "y", retired: { a: "failed 2 times in a row" } });
	expect(stage.calls.filter(({ agent }) => agent === "a")).toHaveLength(2);
});

test("a backend that breaks its contract and throws costs its agent the call, and nobody else anything", async () => {
	const throws: Move = () => Promise.reject(new Error("a bug"));
	const turn = await new Stage({ a: [throws], b: [answers("y")] }).start();
	expect(turn).toMatchObject({ outcome: "completed", final: "y", retired: { a: "failed 2 times in a row" } });
});

test("a call without a sign of life is ended and made again", async () => {
	const stage = new Stage({ a: [hangs, answers("x")], b: [answers("x")] }, { callLimits: { idleMs: 5000 } });
	const turn = await stage.start();
	expect(turn.final).toBe("x");
	expect((await stage.of("step.failed")).map(({ failure }) => failure)).toEqual([{ kind: "timeout", message: "No sign of life for 5 s." }]);
	expect(stage.calls.find(({ agent }) => agent === "a")?.aborted).toBe(5000);
});

test("a call that streams is not idle, but has its time limit", async () => {
	const stage = new Stage({ a: [streams("long ".repeat(200))], b: [answers("y")] }, { callLimits: { idleMs: 150, callMs: 2000 } });
	const turn = await stage.start();
	expect(turn.final).toBe("y");
	expect((await stage.of("step.failed")).map(({ failure, at }) => [failure.message, at % 100_000])).toEqual([
		["The call took longer than 2 s.", 2000],
		["The call took longer than 2 s.", 4000],
	]);
	expect((await stage.of("draft.saved")).map(({ text }) => text.length)).toEqual([200, 200]);
});

test("a tool that takes too long is stopped, and the model is told", async () => {
	let stopped = false;
	const tool = {
		spec: { name: "dig", description: "", inputSchema: {} },
		readOnly: false,
		timeoutMs: 3000,
		run: (_input: unknown, { signal }: { signal: AbortSignal }) =>
			new Promise<never>(() => {
				signal.addEventListener("abort", () => {
					stopped = true;
				});
			}),
	};
	const digs: Move = async () => reply({ toolCalls: [uses("dig", {})] });
	const stage = new Stage({ a: [digs, answers("x")], b: [answers("x")] }, { member: { tools: [tool] } });
	await stage.start();
	expect((await stage.of("tool.completed")).map(({ output, isError }) => [output, isError])).toEqual([
		["Stopped: it took longer than 3 s.", true],
	]);
	expect(stopped).toBe(true);
});

test("a tool that throws, and one that does not exist, are results that the model can act on", async () => {
	const tool = {
		spec: { name: "dig", description: "", inputSchema: {} },
		readOnly: false,
		run: () => Promise.reject(new Error("no spade")),
	};
	const both: Move = async () => reply({ toolCalls: [uses("dig", {}), uses("fly", {})] });
	const stage = new Stage({ a: [both, answers("x")], b: [answers("x")] }, { member: { tools: [tool] } });
	await stage.start();
	expect((await stage.of("tool.completed")).map(({ output }) => output)).toEqual([
		"There is no tool fly. The tools: dig.",
		"The tool failed: no spade",
	]);
});

test("calls of different agents, and of one reply, may carry the same id", async () => {
	const runs: string[] = [];
	const tool = {
		spec: { name: "dig", description: "", inputSchema: {} },
		readOnly: false,
		run: async (input: Readonly<Record<string, unknown>>) => {
			runs.push(String(input.at));
			return { output: `found ${String(input.at)}`, isError: false };
		},
	};
	const digs =
		(...places: string[]): Move =>
		async () =>
			reply({ toolCalls: places.map((at) => uses("dig", { at }, "call_0")) });
	const stage = new Stage({ a: [digs("1", "2"), answers("x")], b: [digs("3"), answers("x")] }, { member: { tools: [tool] } });
	expect((await stage.start()).outcome).toBe("completed");
	expect(runs.sort()).toEqual(["1", "2", "3"]);
	expect((await stage.of("tool.completed")).map(({ agent, output }) => `${agent} ${output}`).sort()).toEqual([
		"a found 1",
		"a found 2",
		"b found 3",
	]);
});

/** A store whose holder can be made to fail: with the nth append, or by losing its lease. */
function brittle(failAt: number, error: (id: string) => Error): { store: SessionStore; lose: () => void } {
	const inner = createMemoryStore("session");
	const lost = new AbortController();
	let appends = 0;
	const wrap = (lease: Lease): Lease => ({
		epoch: lease.epoch,
		get seq() {
			return lease.seq;
		},
		lost: lost.signal,
		append: async (events, drafts) => {
			if (++appends === failAt) throw error("session");
			return lease.append(events, drafts);
		},
		addDrafts: (added) => lease.addDrafts(added),
		requests: () => lease.requests(),
		respond: (request, answer) => lease.respond(request, answer),
		release: () => lease.release(),
	});
	return {
		store: { ...inner, acquire: async () => wrap(await inner.acquire()) },
		lose: () => lost.abort(new LeaseLostError("session", { pid: 7, host: "there" })),
	};
}

test("if the log cannot be written the turn stops: every call is aborted, nothing runs unlogged", async () => {
	const { store } = brittle(3, () => new StoreError("The disk is full."));
	const stage = new Stage({ a: [answers("x")], b: [answers("y"), answers("z", 60_000)], c: [hangs] }, { store });
	await expect(stage.start()).rejects.toThrow("The disk is full.");
	const events = await stage.events();
	expect(stage.calls.filter(({ step }) => !events.some((event) => event.type === "step.started" && event.step === step))).toEqual([]);
	expect(stage.calls.filter(({ agent }) => agent === "c")[0]?.aborted).toBeLessThan(200);
	const count = events.length;
	await stage.clock.sleep(100_000);
	expect(await stage.events()).toHaveLength(count);
});

test("who loses the lease stops at once, says who has it, and writes nothing more", async () => {
	const { store, lose } = brittle(-1, () => new Error());
	const stage = new Stage({ a: [streams("long ".repeat(50))], b: [hangs] }, { store }).after(950, lose);
	await expect(stage.start()).rejects.toThrow("Process 7 on there has taken over");
	expect(stage.calls.map(({ aborted }) => aborted)).toEqual([950, 950]);
	const count = (await stage.events()).length;
	await stage.clock.sleep(100_000);
	expect(await stage.events()).toHaveLength(count);
});
