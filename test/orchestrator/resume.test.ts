import { expect, test } from "vitest";
import { replay } from "../../src/core/evolve.ts";
import { answers, hangs, type Move, reply, Stage, streams, uses, votes } from "./stage.ts";

const text = "The quick brown fox jumps over the lazy dog. ".repeat(4);

test("an interruption keeps what was being written: drafts and event in one append, then the calls are aborted", async () => {
	const stage = new Stage({ a: [streams(text)], b: [answers("y")] }).after(1050, () => stage.send({ type: "interrupt", by: "Ctrl+C" }));
	const turn = await stage.start();
	expect(turn).toMatchObject({ interrupted: true, phase: "coordinating" });
	expect((await stage.events()).slice(-2).map(({ type, at }) => [type, at])).toEqual([
		["draft.saved", 1_700_000_001_050],
		["turn.interrupted", 1_700_000_001_050],
	]);
	expect(turn.drafts).toEqual([{ agent: "a", step: "1.1.1", text: text.slice(0, 100) }]);
	expect(stage.calls.find(({ agent }) => agent === "a")?.aborted).toBe(1050);
	expect(await stage.store.drafts()).toEqual([]);
});

test("a turn goes on where it stood: what was finished is not asked for again", async () => {
	const stage = new Stage({ a: [hangs, answers("x"), votes("owl")], b: [answers("y"), votes("owl")], c: [answers("z"), votes("owl")] });
	stage.after(500, () => stage.send({ type: "interrupt", by: "Ctrl+C" }));
	await stage.start();
	const turn = await stage.resume();
	expect(turn).toMatchObject({ outcome: "completed", final: "y" });
	expect(stage.calls.map(({ agent, step }) => `${agent} ${step}`)).toEqual([
		"a 1.1.1",
		"b 1.2.1",
		"c 1.3.1",
		"a 1.1.2",
		"a 1.4.1",
		"b 1.5.1",
		"c 1.6.1",
	]);
	expect(turn.seats[0]?.spending.possiblyPaidTwice).toBe(1);
	expect(replay(await stage.events())).toEqual(turn);
});

test("the request of a call that is made again is the same, to the byte", async () => {
	const stage = new Stage({ a: [hangs, answers("x")], b: [answers("x")] });
	stage.after(500, () => stage.send({ type: "interrupt", by: "Ctrl+C" }));
	await stage.start();
	await stage.resume();
	const [first, again] = stage.calls.filter(({ agent }) => agent === "a").map(({ request }) => JSON.stringify(request));
	expect(again).toBe(first);
	const [before, after] = (await stage.of("step.started")).filter(({ agent }) => agent === "a").map(({ hash }) => hash);
	expect(after).toBe(before);
});

test("a started tool is not run again, and its model is told; one that only reads is", async () => {
	const runs: string[] = [];
	const tool = (name: string, readOnly: boolean) => ({
		spec: { name, description: "", inputSchema: {} },
		readOnly,
		run: async (_input: unknown, { signal }: { signal: AbortSignal }) => {
			runs.push(name);
			await stage.clock.sleep(1000, signal);
			return { output: `${name} done`, isError: false };
		},
	});
	const both: Move = async () => reply({ toolCalls: [uses("write", {}), uses("read", {})] });
	const stage: Stage = new Stage(
		{ a: [both, answers("x")], b: [answers("x")] },
		{ member: { tools: [tool("write", false), tool("read", true)] } },
	);
	stage.after(500, () => stage.send({ type: "interrupt", by: "Ctrl+C" }));
	await stage.start();
	await stage.resume();
	// Both agents play the same tools; only a asks for them.
	expect(runs).toEqual(["write", "read", "read"]);
	expect((await stage.of("tool.completed")).map(({ name, isError }) => [name, isError])).toEqual([
		["write", true],
		["read", false],
	]);
	expect(stage.calls.filter(({ agent }) => agent === "a")).toHaveLength(2);
});

test("a call that is interrupted again and again is made again each time: only a process that dies counts against it", async () => {
	const stage = new Stage({ a: [hangs, hangs, hangs, hangs, answers("x")], b: [answers("x")] });
	for (const drive of [() => stage.start(), ...Array.from({ length: 3 }, () => () => stage.resume())]) {
		stage.after(500, () => stage.send({ type: "interrupt", by: "Ctrl+C" }));
		expect((await drive()).interrupted).toBe(true);
	}
	expect(await stage.resume()).toMatchObject({ outcome: "completed", final: "x", failures: {}, retired: {} });
});

test("limits given on resume replace the old ones", async () => {
	const stage = new Stage({ a: [hangs, hangs], b: [hangs, hangs] }, { limits: { timeMs: 10_000 } });
	stage.after(9000, () => stage.send({ type: "interrupt", by: "Ctrl+C" }));
	await stage.start();
	const turn = await stage.resume({ onLimit: "wrap_up", graceMs: 1000, timeMs: 30_000 });
	expect(turn.outcome).toBe("timeout");
	const [from, to] = [(await stage.of("turn.resumed"))[0]?.at ?? 0, (await stage.of("turn.ended"))[0]?.at ?? 0];
	expect(to - from).toBe(21_000);
});

test("within an attempt each request of an agent begins with all the bytes of its previous one", async () => {
	const digs: Move = async () => reply({ text: "Let me see.", toolCalls: [uses("dig", {})] });
	const wrong: Move = async () => reply({ text: "I think it is x." });
	const stage = new Stage({
		a: [digs, wrong, answers("x"), answers("x2"), votes("owl")],
		b: [answers("y", 700), digs, answers("y2"), votes("owl")],
		c: [answers("z"), votes("fox"), votes("owl")],
	}).after(300, () => stage.send({ type: "say", text: "Be brief." }));
	await stage.start();
	for (const agent of ["a", "b", "c"]) {
		const requests = stage.calls.filter((call) => call.agent === agent).map(({ request }) => request);
		expect(requests.length).toBeGreaterThan(1);
		for (const [index, later] of requests.slice(1).entries()) {
			const earlier = requests[index];
			expect({ system: later.system, tools: later.tools }).toEqual({ system: earlier?.system, tools: earlier?.tools });
			expect(JSON.stringify(later.messages)).toContain(JSON.stringify(earlier?.messages).slice(0, -1));
		}
	}
});
