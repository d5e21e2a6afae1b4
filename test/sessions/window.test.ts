import fc from "fast-check";
import { expect, test } from "vitest";
import type { Item } from "../../src/sessions/items.ts";
import { exchanges, messages, titleOf, trimmed, undone } from "../../src/sessions/window.ts";

const user = (content: string): Item => ({ role: "user", content });
const reply = (content: string): Item => ({ role: "assistant", content });
const call = (id: string): Item => ({ type: "function_call", callId: id, name: "add", arguments: "{}" });
const result = (id: string): Item => ({ type: "function_call_result", callId: id, name: "add", output: id });

test("A23: one exchange in a session with a system prompt makes three messages, the system's first", () => {
	const items = [user("Create a factorial function"), reply("[creates function]")];
	expect(messages(items, { system: "You are helpful" })).toEqual([{ role: "system", content: "You are helpful" }, ...items]);
	expect(messages(items)).toHaveLength(2);
	expect(exchanges(items)).toBe(1);
});

test("R29: a limit shows the newest messages, does not count the system's, and changes nothing that is stored", () => {
	const items = [user("1"), reply("2"), user("3"), reply("4")];
	const before = structuredClone(items);
	expect(messages(items, { system: "S", limit: 3 })).toEqual([{ role: "system", content: "S" }, reply("2"), user("3"), reply("4")]);
	expect(messages(items, { system: "S", limit: 0 })).toEqual([{ role: "system", content: "S" }]);
	expect(items).toEqual(before);
});

test("A29: no limit separates a tool's result from its call, in any dialect", () => {
	const items: Item[] = [
		user("1"),
		call("c1"),
		call("c2"),
		result("c1"),
		result("c2"),
		{ role: "assistant", content: null, tool_calls: [{ id: "c3" }, { id: "c4" }] },
		{ role: "tool", tool_call_id: "c3", content: "3" },
		{ role: "tool", tool_call_id: "c4", content: "4" },
		{ type: "function_call", call_id: "c5", name: "add", arguments: "{}" },
		{ type: "function_call_output", call_id: "c5", output: "5" },
		reply("done"),
	];
	expect(trimmed(items, 2)).toEqual([reply("done")]);
	expect(trimmed(items, 4)).toEqual(items.slice(8));
	expect(trimmed(items, 8)).toEqual(items.slice(5));
	fc.assert(
		fc.property(fc.integer({ min: 0, max: 12 }), (limit) => {
			const kept = trimmed(items, limit);
			const calls = new Set(
				kept.flatMap((item) => [item.type === "function_call" ? (item.callId ?? item.call_id) : "", ...ids(item.tool_calls)]),
			);
			for (const item of kept) {
				if (item.role === "tool" || String(item.type).match(/_(result|output)$/))
					expect(calls).toContain(item.tool_call_id ?? item.callId ?? item.call_id);
			}
			expect(kept.length).toBeLessThanOrEqual(limit);
		}),
	);
});

test("A29: what the system said stays in its place", () => {
	const items = [{ role: "system", content: "S" }, user("1"), { role: "developer", content: "D" }, reply("2"), user("3")];
	expect(trimmed(items, 1)).toEqual([items[0], items[2], user("3")]);
});

test("O8: undoing goes back to before what the user said last, as often as asked", () => {
	const items = [user("1"), reply("2"), user("3"), call("c1"), result("c1"), reply("4")];
	expect(undone(items)).toEqual(items.slice(0, 2));
	expect(undone(items, 2)).toEqual([]);
	expect(undone(items, 9)).toEqual([]);
	expect(undone([reply("only")])).toEqual([reply("only")]);
});

test("a title is the first thing the user said, on one line and cut", () => {
	expect(titleOf([reply("no"), user("What\n is   it?")])).toBe("What is it?");
	expect(titleOf([user("x".repeat(80))])).toBe(`${"x".repeat(59)}…`);
	expect(titleOf([])).toBe("");
});

function ids(calls: unknown): unknown[] {
	return Array.isArray(calls) ? calls.map((each: Item) => each.id) : [];
}
