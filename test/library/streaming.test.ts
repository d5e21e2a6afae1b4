import { expect, test } from "vitest";
import { Agent } from "../../src/library/agent.ts";
import type { DeltaEvent } from "../../src/library/event-stream.ts";
import type { RunEvent } from "../../src/sessions/run-events.ts";
import { endless, place, scripted, team } from "./place.ts";

const looking = scripted([{ think: "I look it up." }, { call: { tool: "look", input: { at: "x" } } }, { say: "Seven." }]);
const look = {
	name: "look",
	description: "Looks.",
	inputSchema: { type: "object", properties: { at: { type: "string" } } },
	execute: () => "7",
};

test("R16, R17, R18, R19: a stream tells the nine kinds of events, each with its fields, and done comes last", async () => {
	const agent = new Agent({ config: looking, tools: [look], ...place() });
	const stream = await agent.executeStream({ goal: "How many?" });
	const events: (RunEvent | DeltaEvent)[] = [];
	for await (const event of stream) events.push(event);
	expect(events.map(({ type }) => type).filter((type) => !type.startsWith("coordination."))).toEqual([
		"session_start",
		"step_start",
		"thinking",
		"step_complete",
		"tool_call",
		"tool_result",
		"step_start",
		"step_complete",
		"output",
		"done",
	]);
	const of = (type: string) => events.find((event) => event.type === type);
	expect(of("session_start")).toMatchObject({ session_id: expect.stringMatching(/^session_/), goal: "How many?" });
	expect(of("step_start")).toMatchObject({ step_number: 1, agent_id: "writer" });
	expect(of("thinking")).toMatchObject({ content: "I look it up." });
	expect(of("tool_call")).toMatchObject({ tool_name: "look", input: { at: "x" }, call_id: expect.any(String) });
	expect(of("tool_result")).toMatchObject({ tool_name: "look", output: "7", is_error: false });
	expect(of("step_complete")).toMatchObject({ step_number: 1, duration_ms: expect.any(Number) });
	expect(of("output")).toMatchObject({ content: expect.stringContaining("Seven.") });
	expect(of("done")).toMatchObject({ status: "completed", usage: { total_tokens: expect.any(Number) } });
});

test("R10: execute with stream gives the events instead of the result", async () => {
	const types = new Set<string>();
	for await (const { type } of new Agent({ config: team(3), ...place() }).execute({ goal: "Why?", stream: true, deltas: true }))
		types.add(type);
	expect([...types]).toEqual(expect.arrayContaining(["coordination.answer", "coordination.vote", "coordination.winner", "delta", "done"]));
	const plain = new Agent({ config: looking, tools: [look], ...place() }).execute({ goal: "Why?", stream: false });
	expect((await plain).status).toBe("completed");
});

test("R17: what goes wrong is an error event, and the end says how it ended", async () => {
	const failing = new Agent({ config: scripted([{ fail: { kind: "auth", message: "wrong key" } }]), ...place() });
	const events: (RunEvent | DeltaEvent)[] = [];
	for await (const event of failing.executeStream({ goal: "Task" })) events.push(event);
	expect(events.find(({ type }) => type === "error")).toMatchObject({ code: "auth", message: expect.stringContaining("wrong key") });
	expect(events.at(-1)).toMatchObject({ type: "done", status: "failed" });
	const late = [];
	for await (const event of new Agent({ config: endless, ...place() }).executeStream({ goal: "Task", timeoutSeconds: 0.1 }))
		late.push(event);
	expect(late.at(-1)).toMatchObject({ type: "done", status: "timeout" });
});

test("whoever stops reading interrupts the run, which is saved", async () => {
	const ended: string[] = [];
	const agent = new Agent({ config: endless, onRunEnd: ({ status }) => void ended.push(status), ...place() });
	for await (const { type } of agent.executeStream({ goal: "Task" })) if (type === "step_start") break;
	expect(ended).toEqual(["interrupted"]);
	await expect(new Agent({ backend: "nowhere", ...place() }).executeStream({ goal: "Task" }).next()).rejects.toThrow("nowhere");
});
