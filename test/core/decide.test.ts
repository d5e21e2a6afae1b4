import { expect, test } from "vitest";
import { decide } from "../../src/core/decide.ts";
import type { Event } from "../../src/core/events.ts";
import { emptyTurn, evolve } from "../../src/core/evolve.ts";
import type { Protocol, Work } from "../../src/core/types.ts";
import { terms } from "./table.ts";

const wants =
	(...work: readonly Work[]): Protocol =>
	() => ({ kind: "work", work });

test("what a protocol wants is compared with what is open: missing work begins, unwanted work ends", () => {
	const [a, b, c] = ["a", "b", "c"] as const;
	const events = decide(
		emptyTurn,
		{ type: "start", terms: terms([a, b, c]) },
		wants({ agent: a, task: "answer" }, { agent: b, task: "answer" }),
	);
	const turn = events.reduce(evolve, emptyTurn);
	const nothing = { type: "say", text: "" } as const;
	expect(decide(turn, nothing, wants({ agent: b, task: "answer" }, { agent: a, task: "answer" }))).toEqual([]);
	expect(decide(turn, nothing, wants({ agent: b, task: "vote" }, { agent: c, task: "answer" }))).toEqual([
		{ type: "assignment.ended", assignment: "1.1", agent: "a", reason: "unneeded" },
		{ type: "assignment.ended", assignment: "1.2", agent: "b", reason: "unneeded" },
		{ type: "assignment.started", assignment: "1.3", agent: "b", task: "vote", round: 1 },
		{ type: "assignment.started", assignment: "1.4", agent: "c", task: "answer", round: 1 },
	]);
});

test("an event of a newer version changes nothing", () => {
	const newer: Event = JSON.parse('{ "type": "moon.landed", "where": "there" }');
	expect(evolve(emptyTurn, newer)).toBe(emptyTurn);
});

test("nothing happens in a turn that is over", () => {
	const started = decide(emptyTurn, { type: "start", terms: terms(["a"]) }, wants({ agent: "a", task: "answer" })).reduce(
		evolve,
		emptyTurn,
	);
	const over = decide(started, { type: "cancel" }, wants()).reduce(evolve, started);
	for (const type of ["interrupt", "resume", "cancel", "say"] as const) {
		expect(decide(over, { type, by: "x", text: "x" } as const, wants({ agent: "a", task: "answer" }))).toEqual([]);
	}
});
