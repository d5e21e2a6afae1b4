import fc from "fast-check";
import { expect, test } from "vitest";
import { callInProgress, streamedArgument } from "../../src/backends/streamed-argument.ts";

function pieces(json: string, cuts: readonly number[]): string[] {
	const places = [...new Set(cuts.map((cut) => cut % (json.length + 1)))].sort((a, b) => a - b);
	return [0, ...places].map((from, index) => json.slice(from, places[index] ?? json.length));
}

test("an argument is read while it arrives, wherever its JSON is cut", () => {
	fc.assert(
		fc.property(
			fc.string({ unit: "grapheme", maxLength: 60 }),
			fc.array(fc.nat(), { maxLength: 20 }),
			fc.boolean(),
			(content, cuts, escaped) => {
				const json = JSON.stringify({ content, reason: "x" });
				const wire = escaped ? json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`) : json;
				const argument = streamedArgument("content");
				const read = pieces(wire, cuts).map((piece) => argument.push(piece));
				expect(read.join("")).toBe(content);
				for (const piece of read) expect(Buffer.from(piece).toString()).toBe(piece);
			},
		),
		{ numRuns: 500 },
	);
});

test("what comes after the argument, or another argument first, shows nothing", () => {
	const after = streamedArgument("content");
	expect([after.push('{"content":"a'), after.push('b","more":"c"}')].join("")).toBe("ab");
	expect(streamedArgument("content").push('{"other":"content"}')).toBe("");
});

test("text is shown as soon as it is there", () => {
	const argument = streamedArgument("content");
	expect(argument.push('{ "content" : "Par')).toBe("Par");
	expect(argument.push("is\\")).toBe("is");
	expect(argument.push('n!"}')).toBe("\n!");
});

test("a long call of any other tool gives signs of life, a vote shows nothing", () => {
	const call = callInProgress("write_file");
	const shown = Array.from({ length: 90 }, () => call.push("x".repeat(100))?.text).filter((text) => text !== undefined);
	expect(shown).toEqual([
		"Writes a call of write_file.",
		"Writes a call of write_file, 4000 characters so far.",
		"Writes a call of write_file, 8000 characters so far.",
	]);
	expect(callInProgress("vote").push('{"agent_id":"fox"}')).toBeUndefined();
	expect(callInProgress("new_answer").push('{"content":"Pa')).toEqual({ kind: "answer", text: "Pa" });
});
