import { expect, test } from "vitest";
import { answers, hangs, type Move, reply, Stage, streams, uses, votes } from "./stage.ts";

/** Asks at `ms` and tells what was answered, and after how long. */
function asking(stage: Stage, ms: number, request: Parameters<Stage["ask"]>[0]): { readonly answer?: string; readonly afterMs?: number } {
	const heard: { answer?: string; afterMs?: number } = {};
	stage.after(ms, async () => {
		const number = await stage.ask(request);
		const from = stage.clock.now();
		for (let waited = 0; waited < 2000; waited += 10) {
			const answer = await stage.store.answer(number);
			if (answer !== undefined) {
				Object.assign(heard, { answer, afterMs: stage.clock.now() - from });
				return;
			}
			await stage.clock.sleep(10);
		}
	});
	return heard;
}

const digs: Move = async ({ signal }, clock) => {
	await clock.sleep(1000, signal);
	return reply({ toolCalls: [uses("dig", {})] });
};

test("what the user says is read by working agents at their next step, and by nobody else", async () => {
	const stage = new Stage({ a: [digs, digs, answers("x")], b: [digs, digs, answers("x")] });
	const heard = asking(stage, 500, { type: "say", text: "Be brief.", to: ["a"] });
	await stage.start();
	expect(heard).toMatchObject({ answer: "done" });
	expect(heard.afterMs).toBeLessThanOrEqual(250);
	const said = stage.calls.filter(({ request }) =>
		request.messages.some((message) => message.role === "user" && message.text.includes("Be brief.")),
	);
	expect(said.map(({ step }) => step)).toEqual(["1.1.2", "1.1.3"]);
});

test("an agent that is dropped stops at once, and the others go on", async () => {
	const stage = new Stage({ a: [hangs], b: [answers("y", 2000)] });
	const heard = asking(stage, 500, { type: "drop", agent: "a" });
	const turn = await stage.start();
	expect(turn).toMatchObject({ outcome: "completed", final: "y", retired: { a: "dropped by the user" } });
	expect(heard.answer).toBe("done");
	expect(stage.calls.find(({ agent }) => agent === "a")?.aborted).toBeLessThanOrEqual(750);
});

test("finish-now: who could still answer is told to, then one round of votes", async () => {
	const stage = new Stage(
		{ a: [answers("x"), votes("fox")], b: [hangs, votes("fox")], c: [answers("z"), votes("fox")] },
		{ limits: { graceMs: 1000 } },
	);
	const heard = asking(stage, 5000, { type: "finish-now" });
	const turn = await stage.start();
	expect(heard.answer).toBe("done");
	expect(turn).toMatchObject({ outcome: "completed", final: "x", closing: { kind: "user" } });
	expect(stage.clock.now()).toBeLessThan(8000);
});

test("extensions that arrive together all count; a limit that there is not cannot be extended", async () => {
	const stage = new Stage({ a: [hangs], b: [hangs] }, { limits: { timeMs: 10_000 } });
	const heard = [
		asking(stage, 500, { type: "extend", ms: 5000 }),
		asking(stage, 500, { type: "extend", ms: 5000 }),
		asking(stage, 500, { type: "extend", costUsd: 1 }),
	];
	const turn = await stage.start();
	expect(turn).toMatchObject({ outcome: "timeout", limits: { timeMs: 20_000 } });
	expect(heard.map(({ answer }) => answer)).toEqual(["done", "done", "This turn has no such limit to extend."]);
	expect((await stage.of("turn.ended"))[0]?.at).toBe(1_700_000_020_000);
});

test("what makes no sense is refused with the reason", async () => {
	const stage = new Stage({ a: [answers("x", 3000)], b: [answers("x", 3000)] });
	const heard = [
		asking(stage, 500, { type: "drop", agent: "z" }),
		asking(stage, 500, { type: "say", text: "Hello", to: ["z"] }),
		asking(stage, 500, { type: "say", text: " " }),
	];
	await stage.start();
	expect(heard.map(({ answer }) => answer)).toEqual([
		"No agent z takes part. Taking part: a, b.",
		"No agent z takes part. Taking part: a, b.",
		"There is nothing in the message.",
	]);
});

test("another process can interrupt the turn, and cancel it", async () => {
	const stage = new Stage({ a: [hangs], b: [hangs] });
	const interrupted = asking(stage, 1000, { type: "interrupt", by: "another process" });
	expect(await stage.start()).toMatchObject({ phase: "coordinating", interrupted: true });
	await stage.clock.sleep(300);
	expect(interrupted.answer).toBe("done");

	const cancelled = asking(stage, 1000, { type: "cancel", why: "no longer needed" });
	expect(await stage.resume()).toMatchObject({ outcome: "cancelled", why: "no longer needed" });
	await stage.clock.sleep(300);
	expect(cancelled.answer).toBe("done");
});

test("a request that comes too late is refused, and does not befall the next turn", async () => {
	const stage = new Stage({ a: [answers("x", 450)], b: [answers("x", 450)] }).after(449, () => stage.ask({ type: "finish-now" }));
	expect(await stage.start()).toMatchObject({ outcome: "completed", warned: [] });
	expect(await stage.store.answer(1)).toBe("Turn 1 had ended before.");
});

test("what is streamed is shown as it comes, and an answer in the making is told from other text", async () => {
	const stage = new Stage({ a: [streams("0123456789abcdefghij"), votes("owl")], b: [answers("y"), votes("owl")] });
	await stage.start();
	expect(stage.deltas).toEqual([
		{ agent: "a", step: "1.1.1", kind: "answer", text: "0123456789" },
		{ agent: "a", step: "1.1.1", kind: "answer", text: "abcdefghij" },
	]);
});
