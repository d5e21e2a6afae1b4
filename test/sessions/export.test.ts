import { expect, test } from "vitest";
import { createMemoryStore } from "../../src/checkpoint/memory.ts";
import type { Recorded } from "../../src/core/events.ts";
import { emptySession, evolveSession } from "../../src/core/session.ts";
import { exportAll, exportMessages, importMessages } from "../../src/sessions/export.ts";
import { forkSession } from "../../src/sessions/fork.ts";
import { logItems } from "../../src/sessions/log-items.ts";
import { runTurn, simulatedTeam, virtualClock } from "../../src/testing.ts";

const conversation = [
	{ role: "system", content: "Be brief" },
	{ role: "user", content: "List it" },
	{
		role: "assistant",
		content: null,
		tool_calls: [{ id: "c1", type: "function", function: { name: "list", arguments: '{"path": "```"}' } }],
	},
	{ role: "tool", tool_call_id: "c1", content: "a.txt" },
	{ role: "assistant", content: "One file: a.txt" },
];

test("A27, A28: what was exported as JSON, JSON lines or TOON is imported as it was", () => {
	for (const format of ["json", "jsonl", "toon"] as const)
		expect(importMessages(exportMessages(conversation, format)), format).toEqual(conversation);
	expect(importMessages(JSON.stringify({ session_id: "a", messages: conversation }))).toEqual(conversation);
	expect(importMessages(exportMessages([], "json"))).toEqual([]);
});

test("A27: an export to read has a heading for each message, and tool calls in fences that hold", () => {
	expect(exportMessages(conversation, "md", "my_project")).toMatchInlineSnapshot(`
		"# my_project

		## System

		Be brief

		## You

		List it

		## Assistant

		\`\`\`\`json
		list({"path": "\`\`\`"})
		\`\`\`\`

		## Tool

		a.txt

		## Assistant

		One file: a.txt
		"
	`);
});

test("A28: something else is not imported, and it is said what is wrong with it", () => {
	for (const wrong of [
		"",
		"  ",
		"[1]",
		"{}",
		'{"messages": 1}',
		'[{"role": "user"}',
		'{"role": "user"}\n{"a"',
		"just text: yes",
		"a,b\nc",
	]) {
		expect(() => importMessages(wrong), wrong).toThrow(
			expect.objectContaining({ code: "invalid_request", hint: expect.stringContaining("JSON lines") }),
		);
	}
});

/** A session in which a team has answered two questions, and something was added between them. */
async function session() {
	const store = createMemoryStore("original");
	const items = logItems({ open: async () => store, ids: async () => ["original"], now: () => 5 });
	const ask = async (question: string, signal?: AbortSignal) =>
		await runTurn({
			store,
			team: simulatedTeam([{ id: "ada", script: [{ answer: `${question} yes` }] }]),
			question,
			env: {},
			clock: virtualClock(),
			...(signal === undefined ? {} : { signal }),
		});
	await ask("one?");
	await items.add("original", [{ role: "user", content: "between" }]);
	await ask("two?");
	return { store, items, ask };
}

async function eventsOf(store: ReturnType<typeof createMemoryStore>): Promise<Recorded[]> {
	const events: Recorded[] = [];
	for await (const page of store.read()) events.push(...page);
	return events;
}

test("a full export holds the messages, the runs with their steps, and the events", async () => {
	const { store, items } = await session();
	const events = await eventsOf(store);
	const all = exportAll(events.reduce(evolveSession, emptySession), events, await items.get("original"));
	expect(JSON.parse(JSON.stringify(all))).toEqual(all);
	expect(all).toMatchObject({
		session_id: "original",
		messages: { length: 5 },
		runs: [
			{ turn: 1, status: "completed" },
			{ turn: 2, goal: "two?" },
		],
	});
	expect(all.runs[0]?.run_steps).toMatchObject([{ number: 1, type: "output" }]);
	expect(all.events).toEqual(events);
});

test("a fork goes on from the end of any turn, and the original does not notice", async () => {
	const { store, ask } = await session();
	const before = await eventsOf(store);
	const forkTexts = async (upToTurn?: number) => {
		const fork = createMemoryStore("fork");
		const turns = await forkSession(store, fork, upToTurn === undefined ? {} : { upToTurn });
		const items = await logItems({ open: async () => fork, ids: async () => ["fork"] }).get("fork");
		const [opened] = await eventsOf(fork);
		expect(opened).toMatchObject({ type: "session.opened", session: "fork", parent: "original", seq: 1 });
		return [turns, ...items.map((item) => item.content)];
	};
	expect(await forkTexts(1)).toEqual([1, "one?", "one? yes [simulated]"]);
	expect(await forkTexts()).toEqual([2, "one?", "one? yes [simulated]", "between", "two?", "two? yes [simulated]"]);
	await expect(forkTexts(7)).rejects.toMatchObject({ code: "not_found", hint: "There are: 1, 2." });
	expect(await eventsOf(store)).toEqual(before);
	const controller = new AbortController();
	controller.abort("the user");
	await ask("three?", controller.signal);
	expect(await forkTexts()).toHaveLength(6);
});

test("a fork never writes into a session that holds something", async () => {
	const { store } = await session();
	const { store: other } = await session();
	await expect(forkSession(store, other)).rejects.toMatchObject({ code: "already_exists" });
});
