import { describe, expect, test } from "vitest";
import type { Event, Recorded } from "../../src/core/events.ts";
import { emptySession, evolveSession, openTurn, pastOf, type Session } from "../../src/core/session.ts";
import { cancelOpen, clear, questionsIn, rename, trim, undo } from "../../src/sessions/changes.ts";
import type { Change } from "../../src/sessions/reading.ts";
import { Table } from "../core/table.ts";

function changed(session: Session, changes: readonly Change[]): Session {
	return changes.map(({ turn, attempt, event }) => recorded(event, turn, attempt)).reduce(evolveSession, session);
}

function recorded(event: Event, turn: number, attempt = 1): Recorded {
	return { ...event, v: 1, seq: 1, at: 0, epoch: 1, session: "s", turn, attempt };
}

/** Turns that were answered, and one that is open if it is asked for. */
function session(answered: number, open = false): Session {
	const turns = Array.from({ length: answered + (open ? 1 : 0) }, (_, index) => {
		const table = new Table(["a", "b"], { number: index + 1, question: `Question ${index + 1}?` });
		if (index < answered) table.all("answer", () => "42");
		return table.events.map((event) => recorded(event, index + 1));
	});
	return turns.flat().reduce(evolveSession, emptySession);
}

const questions = (of: Session) => pastOf(of).map(({ question }) => question);

describe("undo", () => {
	test.each([
		[1, ["Question 1?", "Question 2?"]],
		[2, ["Question 1?"]],
		[3, []],
		[9, []],
	])("%i of three takes back so many, as far as there are any", (count, left) => {
		expect(questions(changed(session(3), undo(session(3), count)))).toEqual(left);
	});

	test("a turn that is open ends, and counts as the last question", () => {
		const open = session(1, true);
		const one = changed(open, undo(open, 1));
		expect([questions(one), openTurn(one), one.turns.length]).toEqual([["Question 1?"], undefined, 2]);
		expect(questions(changed(open, undo(open, 2)))).toEqual([]);
	});

	test("what was said again after it is taken back by the next one", () => {
		const first = changed(session(2), undo(session(2), 1));
		expect([questionsIn(first), questions(changed(first, undo(first, 1)))]).toEqual([1, []]);
	});
});

test("clearing ends the open turn too: gone on with, it would bring back what was cleared", () => {
	const open = session(1, true);
	const cleared = changed(open, clear(open));
	expect([questions(cleared), openTurn(cleared), cleared.turns.at(-1)?.turn.outcome]).toEqual([[], undefined, "cancelled"]);
});

describe("trim", () => {
	test.each([
		[0, []],
		[1, []],
		[2, ["Question 3?"]],
		[3, ["Question 3?"]],
		[4, ["Question 2?", "Question 3?"]],
		[6, ["Question 1?", "Question 2?", "Question 3?"]],
		[50, ["Question 1?", "Question 2?", "Question 3?"]],
	])("to %i messages keeps whole exchanges only", (keep, left) => {
		const trimmed = changed(session(3), trim(session(3), keep));
		expect(questions(trimmed)).toEqual(left);
		expect(pastOf(trimmed).every(({ answer }) => answer === "42")).toBe(true);
	});

	test("waits for the open turn", () => {
		expect(() => trim(session(1, true), 1)).toThrow("has an open turn");
	});
});

test("cancelling what is not open changes nothing", () => {
	expect(cancelOpen(session(1), "why")).toEqual([]);
});

test.each(["", "  ", "a\nb", "x".repeat(201)])("a session cannot be called %j", (name) => {
	expect(() => rename(name)).toThrow("A name is one line");
});
