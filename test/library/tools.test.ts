import { expect, test } from "vitest";
import * as z from "zod";
import { run } from "../../src/library/run.ts";
import { type LibraryTool, toolsOf } from "../../src/library/tools.ts";
import { place, scripted, team } from "./place.ts";

const context = { agent: "a", call: "1", signal: new AbortController().signal };

function tool(given: Partial<LibraryTool>): ReturnType<ReturnType<typeof toolsOf>>[number] {
	const [made] = toolsOf([{ name: "t", description: "Does.", execute: () => "done", ...given }])("a");
	if (!made) throw new Error("no tool");
	return made;
}

test("R8: run() gives the agents a program's tools, and each result goes into the log", async () => {
	const seen: unknown[] = [];
	const add = {
		name: "add",
		description: "Adds two numbers.",
		inputSchema: z.object({ left: z.number(), right: z.number() }),
		execute: ({ left, right }: { left: number; right: number }) => left + right,
	};
	const script = scripted([
		{ call: { tool: "add", input: { left: 2, right: 3 } } },
		{ call: { tool: "add", input: { left: "x" } } },
		{ say: "5" },
	]);
	await run({
		query: "2 + 3?",
		config: script,
		tools: [add],
		inMemory: true,
		...place(),
		onEvent: (event) => void (event.type === "tool.completed" && seen.push([event.output, event.isError])),
	});
	expect(seen).toEqual([
		["5", false],
		[expect.stringContaining("The input does not fit."), true],
	]);
});

test("R8: a tool may be for some agents only", async () => {
	const tools = toolsOf([
		{ name: "all", description: "", execute: () => "" },
		{ name: "some", description: "", agents: ["a2"], execute: () => "" },
	]);
	expect([tools("a1"), tools("a2")].map((list) => list.map(({ spec }) => spec.name))).toEqual([["all"], ["all", "some"]]);
	expect((await run({ query: "?", config: team(2), tools: [], inMemory: true, ...place() })).outcome).toBe("completed");
});

test("what a tool returns is told as it is or as JSON, and what it throws as a failure", async () => {
	expect(await tool({ execute: () => ({ a: 1 }) }).run({}, context)).toEqual({ output: '{"a":1}', isError: false });
	expect(await tool({ execute: async () => undefined }).run({}, context)).toEqual({ output: "Done.", isError: false });
	const broken = tool({
		execute: () => {
			throw new Error("no such year");
		},
	});
	expect(await broken.run({}, context)).toEqual({ output: "no such year", isError: true });
	expect(tool({}).spec.inputSchema).toEqual({ type: "object", properties: {} });
	expect(tool({ readOnly: true, timeoutMs: 5 })).toMatchObject({ readOnly: true, timeoutMs: 5 });
});

test("what is no tool is refused before anything is asked", async () => {
	for (const [given, message] of [
		[{ name: "two words" }, "cannot be the name"],
		[{ name: "vote" }, "how agents answer and vote"],
		[{ inputSchema: z.string() }, "not an object"],
		[{ inputSchema: { type: "array" } }, "not an object"],
		[{ execute: "x" as never }, "no function"],
	] as const)
		expect(() => tool(given)).toThrow(expect.objectContaining({ code: "invalid_request", message: expect.stringContaining(message) }));
	const twice = [1, 2].map(() => ({ name: "t", description: "", execute: () => "" }));
	await expect(run({ query: "?", config: team(1), tools: twice, ...place() })).rejects.toThrow("Two tools are called t.");
});

test("agents that bring tools of their own are given none, and the result says so", async () => {
	const cli = { agents: [{ id: "coder", backend: { type: "command", command: "cat" } }] };
	const result = await run({
		query: "?",
		config: cli,
		tools: [{ name: "t", description: "", execute: () => "" }],
		...place(),
		env: process.env,
	});
	expect(result.warnings).toContain("coder brings tools of its own and was not given those of the program.");
});

test("a tool may be an object with a state of its own, and a schema that no model can be told is refused", async () => {
	class Counter {
		readonly name = "count";
		readonly description = "Counts.";
		#count = 0;
		execute() {
			return ++this.#count;
		}
	}
	const [counter] = toolsOf([new Counter()])("a");
	await counter?.run({}, context);
	expect(await counter?.run({}, context)).toEqual({ output: "2", isError: false });
	const odd = { inputSchema: z.object({ when: z.date() }) };
	expect(() => tool(odd)).toThrow(
		expect.objectContaining({ code: "invalid_request", message: expect.stringContaining("cannot be described") }),
	);
});
