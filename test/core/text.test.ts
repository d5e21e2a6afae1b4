import { expect, test } from "vitest";
import { anonymous, draw, identity } from "../../src/core/text.ts";

const team = (...aliases: readonly string[]) => aliases.map((alias, index) => ({ id: `a${index}`, alias, backend: "simulated" }));

test("the longest alias that fits is the one that is meant", () => {
	expect(anonymous("owlet and owl", team("owl", "owlet"))).toBe("another agent and another agent");
});

test("a team without aliases changes no text, and signs in an alias stand for themselves", () => {
	expect(anonymous("a.b", team(""))).toBe("a.b");
	expect(anonymous("axb a.b", team("a.b"))).toBe("axb another agent");
});

test("two texts are the same if they differ in form, line ends and outer blanks alone, and have the same files", () => {
	expect(identity(" caf\u00e9\r\nx\r")).toBe(identity("cafe\u0301\nx"));
	expect(identity("x", "hash")).not.toBe(identity("x"));
	expect(identity("x", "hash")).toBe(identity("x ", "hash"));
});

test("draws are the same everywhere: a seed repeats a turn on any machine", () => {
	expect([draw(0, ""), draw(7, "agent1.1"), draw(7, "agent2.1"), draw(8, "agent1.1")]).toMatchInlineSnapshot(`
		[
		  2872998923,
		  2867078926,
		  1248312356,
		  2446639405,
		]
	`);
});
