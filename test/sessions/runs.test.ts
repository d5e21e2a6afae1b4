import { expect, test } from "vitest";
import { createMemoryStore } from "../../src/checkpoint/memory.ts";
import type { Recorded } from "../../src/core/events.ts";
import { emptySession, evolveSession } from "../../src/core/session.ts";
import type { Limits } from "../../src/core/types.ts";
import { logItems } from "../../src/sessions/log-items.ts";
import { runEventsOf } from "../../src/sessions/run-events.ts";
import { runSteps } from "../../src/sessions/run-steps.ts";
import { runOf } from "../../src/sessions/runs.ts";
import { runTurn, type SimulatedAgent, simulatedTeam, virtualClock } from "../../src/testing.ts";

type Setting = { limits?: Partial<Limits>; maxSteps?: number; signal?: AbortSignal; question?: string };

/** One turn of simulated agents, and its log. */
async function turnOf(agents: readonly SimulatedAgent[], { limits = {}, maxSteps = 50, signal, question = "Which?" }: Setting = {}) {
	const store = createMemoryStore("s");
	await runTurn({
		store,
		team: simulatedTeam(agents, { limits, rules: { maxSteps, seed: 1 } }),
		question,
		env: {},
		clock: virtualClock(),
		...(signal === undefined ? {} : { signal }),
	});
	const events: Recorded[] = [];
	for await (const page of store.read()) events.push(...page);
	const session = events.reduce(evolveSession, emptySession);
	const [record] = session.turns;
	if (record === undefined) throw new Error("there is no turn");
	return {
		store,
		events,
		run: runOf(
			record,
			events.filter(({ turn }) => turn === 1),
			false,
		),
	};
}

const pair: readonly SimulatedAgent[] = [
	{ id: "ada", script: [{ think: "hm" }, { answer: "blue" }, { vote: 1 }] },
	{ id: "ben", script: [{ answer: "red" }, { vote: 1, reason: "clearer" }] },
];

test("R13, R14: steps have number, agent, type, input, output and duration, votes are calls of a tool", async () => {
	const { events } = await turnOf(pair);
	const steps = runSteps(events);
	expect(steps.map(({ number }) => number)).toEqual(steps.map((_, index) => index + 1));
	const told = steps.map(({ agentId, type, toolName, input, output }) => ({ agentId, type, toolName, input, output }));
	expect(told).toEqual(
		expect.arrayContaining([
			{ agentId: "ada", type: "thinking", toolName: undefined, input: "answer", output: "hm" },
			{ agentId: "ada", type: "output", toolName: undefined, input: "answer", output: "blue [simulated]" },
			{ agentId: "ben", type: "output", toolName: undefined, input: "answer", output: "red [simulated]" },
			{ agentId: "ben", type: "tool_call", toolName: "vote", input: { for: "agent1.1", reason: "clearer [simulated]" }, output: null },
		]),
	);
	expect(steps.every(({ durationMs }) => durationMs >= 0)).toBe(true);
	expect(steps.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBeGreaterThan(0);
});

test("R14: a model call that failed is an error step, and the run goes on", async () => {
	const { events, run } = await turnOf([{ id: "ada", script: [{ fail: { kind: "network", times: 1 } }, { answer: "blue" }] }]);
	expect(runSteps(events).map(({ type }) => type)).toEqual(["error", "output"]);
	expect(run).toMatchObject({ status: "completed", output: "blue [simulated]", steps: 2 });
	expect(run.error).toBeUndefined();
});

test("R17, R18: a run is told as one start, its steps, the coordination, the output and one end", async () => {
	const { events, run } = await turnOf(pair);
	const told = events.flatMap(runEventsOf());
	expect(told[0]).toMatchObject({ type: "session_start", session_id: "s", goal: "Which?" });
	expect(told.slice(-2)).toMatchObject([
		{ type: "output", content: "blue [simulated]" },
		{ type: "done", status: "completed", usage: { input_tokens: run.inputTokens, output_tokens: run.outputTokens } },
	]);
	const count = (type: string) => told.filter((event) => event.type === type).length;
	expect(count("done")).toBe(1);
	expect(count("step_start")).toBe(count("step_complete"));
	expect(told.filter((event) => event.type === "step_start").map((event) => event.step_number)).toEqual(
		Array.from({ length: count("step_start") }, (_, index) => index + 1),
	);
	expect(told.filter((event) => event.type.startsWith("coordination."))).toEqual(
		expect.arrayContaining([
			expect.objectContaining({ type: "coordination.round", round: 2 }),
			expect.objectContaining({ type: "coordination.answer", agent_id: "ada", label: "agent1.1", content: "blue [simulated]" }),
			expect.objectContaining({ type: "coordination.vote", agent_id: "ben", for: "agent1.1", reason: "clearer [simulated]" }),
			expect.objectContaining({ type: "coordination.winner", label: "agent1.1" }),
		]),
	);
	const seqs = told.map(({ seq }) => seq);
	expect(seqs).toEqual([...seqs].sort((left, right) => left - right));
});

test("R22: the stored events tell the same run again", async () => {
	const { store, events } = await turnOf(pair);
	const again: Recorded[] = [];
	for await (const page of store.read()) again.push(...page);
	expect(again.flatMap(runEventsOf())).toEqual(events.flatMap(runEventsOf()));
	expect(runSteps(again)).toEqual(runSteps(events));
});

test("R2, R35: a run that failed says so, with a code and a reason", async () => {
	const { run, events } = await turnOf([{ id: "ada", script: [{ fail: { kind: "auth", message: "The key is wrong." } }] }]);
	expect(run).toMatchObject({ status: "failed", error: { code: "provider_error" } });
	expect(run.error?.message).not.toBe("");
	expect(events.flatMap(runEventsOf()).slice(-2)).toMatchObject([{ type: "error" }, { type: "done", status: "failed" }]);
});

test("R35: a conversation that is too long for the model is told apart", async () => {
	const { run } = await turnOf([{ id: "ada", script: [{ fail: { kind: "context-too-long" } }] }]);
	expect(run).toMatchObject({ status: "failed", error: { code: "context_too_long" } });
});

test("R15: a run whose agents have used up their steps says so", async () => {
	const script = Array.from({ length: 9 }, () => ({ call: { tool: "look", input: {} } }));
	const { run } = await turnOf(
		[
			{ id: "ada", script },
			{ id: "ben", script },
		],
		{ maxSteps: 2 },
	);
	expect(run).toMatchObject({ status: "max_steps_reached", error: { code: "max_steps_reached" } });
});

test("R2: an interrupted run has not ended, and can tell why it stands still", async () => {
	const controller = new AbortController();
	controller.abort("the user");
	const { run, events } = await turnOf(pair, { signal: controller.signal });
	expect(run).toMatchObject({ status: "interrupted", error: { code: "interrupted" } });
	expect(run.endedAt).toBeUndefined();
	const told = events.flatMap(runEventsOf());
	expect(told.at(-1)).toMatchObject({ type: "error", code: "interrupted", message: "The run was interrupted by the user; it can go on." });
});

test("R32: a run's numbers are those of its model calls, input and output apart", async () => {
	const { run, events } = await turnOf(pair);
	const calls = events.flatMap((event) => (event.type === "step.completed" ? [event.reply.usage] : []));
	expect(run.inputTokens).toBe(calls.reduce((sum, usage) => sum + (usage?.input ?? 0), 0));
	expect(run.outputTokens).toBe(calls.reduce((sum, usage) => sum + (usage?.output ?? 0), 0));
	expect(run.inputTokens).toBeGreaterThan(0);
	expect(run.toolCalls).toBe(runSteps(events).filter(({ type }) => type === "tool_call").length);
	expect(run.durationMs).toBeGreaterThan(0);
});

test("M6: the questions and answers of a team are items of its session, and what is added by hand stands between them", async () => {
	const { store } = await turnOf(pair);
	const items = logItems({ open: async () => store, ids: async () => ["s"] });
	const turn = [
		{ role: "user", content: "Which?" },
		{ role: "assistant", content: "blue [simulated]" },
	];
	expect(await items.get("s")).toEqual(turn);
	await items.add("s", [{ role: "user", content: "By hand" }]);
	expect(await items.get("s")).toEqual([...turn, { role: "user", content: "By hand" }]);
	expect(await items.pop("s")).toEqual({ role: "user", content: "By hand" });
	expect(await items.pop("s")).toEqual(turn[1]);
	expect(await items.get("s")).toEqual([turn[0]]);
});
