import { expect, test } from "vitest";
import { ConversationMemory } from "../../src/sessions/memory.ts";

const said = (id: number) => ({ id: `m${id}`, role: id % 2 === 1 ? "user" : "assistant", content: `text ${id}` });

function memory(count: number): ConversationMemory {
	const filled = new ConversationMemory();
	filled.add(Array.from({ length: count }, (_, index) => said(index + 1)));
	return filled;
}

test("M51: messages are kept word for word, one or many, and nothing is ignored", () => {
	const kept = new ConversationMemory();
	kept.add(said(1));
	kept.add([said(2), null, undefined, { role: "user", content: "no id" }, { role: "user", content: "no id" }]);
	kept.add(null);
	kept.add(undefined);
	kept.add([]);
	expect(kept.get()).toEqual([said(1), said(2), { role: "user", content: "no id" }, { role: "user", content: "no id" }]);
	expect(kept.size).toBe(4);
});

test("M51: a limit gives the newest, oldest first", () => {
	expect(memory(5).get(2)).toEqual([said(4), said(5)]);
	expect(memory(5).get(0)).toEqual([]);
	expect(memory(2).get(9)).toHaveLength(2);
});

test("M51: a limit takes a tool's result only with its call, and always what the system said", () => {
	const kept = new ConversationMemory();
	const call = { type: "function_call", callId: "c1", name: "add", arguments: "{}" };
	const result = { type: "function_call_result", callId: "c1", name: "add", output: "1" };
	kept.add([{ role: "system", content: "Be brief" }, call, result, said(2)]);
	expect(kept.get(2)).toEqual([{ role: "system", content: "Be brief" }, said(2)]);
	expect(kept.get(3)).toHaveLength(4);
});

test("M51: an id that is there already is refused with all that came with it, unless that is allowed", () => {
	const kept = memory(2);
	expect(() => kept.add([said(3), said(1)])).toThrow(RangeError);
	expect(() => kept.add([said(4), said(4)])).toThrow("m4");
	expect(kept.size).toBe(2);
	kept.add(said(1), { allowDuplicates: true });
	expect(kept.get()).toEqual([said(1), said(2), said(1)]);
});

test("M51: messages are deleted by their place, one or several, or none at all", () => {
	const kept = memory(5);
	kept.delete(0);
	kept.delete([-1, 1]);
	expect(kept.get()).toEqual([said(2), said(4)]);
	for (const wrong of [2, -3, 0.5, [0, 7]]) expect(() => kept.delete(wrong)).toThrow(RangeError);
	expect(kept.size).toBe(2);
});

test("M51: truncating keeps the newest, clearing keeps none", () => {
	const kept = memory(5);
	kept.truncate(2);
	expect(kept.get()).toEqual([said(4), said(5)]);
	kept.clear();
	expect(kept.get()).toEqual([]);
});

test("M51: an exported state makes the same memory again", () => {
	const state = structuredClone(memory(3).export());
	expect(new ConversationMemory(state).get()).toEqual([said(1), said(2), said(3)]);
});

test("M51: what goes in and what comes out are copies", () => {
	const kept = new ConversationMemory();
	const given = { role: "user", content: [{ text: "one" }] };
	kept.add(given);
	given.content.push({ text: "two" });
	Reflect.set(kept.get()[0] ?? {}, "role", "changed");
	Reflect.set(kept.export().messages[0] ?? {}, "role", "changed");
	expect(kept.get()).toEqual([{ role: "user", content: [{ text: "one" }] }]);
});

test("M51: what is no message is a type error, and nothing of it is kept", () => {
	const kept = new ConversationMemory();
	for (const wrong of ["text", 42, {}, { content: "no role" }, [said(1), "text"]]) {
		expect(() => Reflect.apply(kept.add, kept, [wrong])).toThrow(TypeError);
	}
	expect(kept.size).toBe(0);
});
