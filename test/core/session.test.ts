import { expect, test } from "vitest";
import type { Event, Recorded } from "../../src/core/events.ts";
import { emptySession, evolveSession, openTurn, pastOf, type Session } from "../../src/core/session.ts";
import { Table } from "./table.ts";

type Scene = { readonly turn?: number; readonly at?: number; readonly epoch?: number };

function recorded(event: Event, { turn = 1, at = 0, epoch = 1 }: Scene = {}): Recorded {
	return { v: 1, seq: 1, at, epoch, session: "s", turn, attempt: 1, ...event };
}

function fold(...events: readonly Recorded[]): Session {
	return events.reduce(evolveSession, emptySession);
}

function played(play: (t: Table) => void, number = 1): readonly Event[] {
	const t = new Table(["a", "b"], { number, question: `Question ${number}?` });
	play(t);
	return t.events;
}

const agree = (t: Table) => t.all("answer", () => "42");

test("a session is what its events say", () => {
	const opened: Event = { type: "session.opened", config: { x: 1 }, configPath: "c.yaml", aliases: { a: "fox" }, system: "Be kind." };
	const session = fold(
		recorded(opened, { turn: 0, at: 5 }),
		recorded({ type: "session.renamed", name: "n" }, { turn: 0, at: 6 }),
		recorded({ type: "aliases.added", aliases: { b: "owl" } }, { turn: 0, at: 7 }),
		recorded({ type: "session.closed" }, { turn: 0, at: 8 }),
	);
	expect(session).toEqual({
		id: "s",
		name: "n",
		config: { x: 1 },
		configPath: "c.yaml",
		system: "Be kind.",
		aliases: { a: "fox", b: "owl" },
		isClosed: true,
		turns: [],
		spoken: [],
		openedAt: 5,
		lastAt: 8,
	});
});

test("later turns are told of earlier ones, of cleared ones not", () => {
	const events = [1, 2].flatMap((turn) => played(agree, turn).map((event) => recorded(event, { turn })));
	expect(pastOf(fold(...events))).toEqual([
		{ question: "Question 1?", answer: "42" },
		{ question: "Question 2?", answer: "42" },
	]);
	expect(pastOf(fold(...events), 2)).toHaveLength(1);
	expect(pastOf(fold(...events, recorded({ type: "session.cleared" }, { turn: 0 })))).toEqual([]);
});

test("what was taken back is not told, and what was added by hand is told in its place", () => {
	const events = [1, 2].flatMap((turn) => played(agree, turn).map((event) => recorded(event, { turn })));
	const back = (times: number) => Array.from({ length: times }, () => recorded({ type: "item.popped" }, { turn: 0 }));
	const added = recorded({ type: "items.added", items: [{ role: "user", content: "Hello" }, { type: "reasoning" }] }, { turn: 0 });
	const [first, second] = pastOf(fold(...events));
	expect(pastOf(fold(...events, ...back(1)))).toEqual([first, { ...second, answer: "" }]);
	expect(pastOf(fold(...events, ...back(2)))).toEqual([first]);
	expect(pastOf(fold(...events, ...back(9)))).toEqual([]);
	expect(pastOf(fold(...events, ...back(2), added))).toEqual([first, { question: "Hello", answer: "" }]);
});

test("a question that is taken back while its turn is open takes along what comes of it", () => {
	const events = played(() => {});
	const open = [...events.map((event) => recorded(event)), recorded({ type: "item.popped" }, { turn: 0 })];
	expect(pastOf(fold(...open, recorded({ type: "turn.ended", outcome: "cancelled" })))).toEqual([]);
});

test("of a turn that was stopped the next one is told everything, under aliases and uncut", () => {
	const long = "long ".repeat(2000);
	const events = played((t) => {
		t.all("answer", (id) => `${id}: ${long}`);
		t.vote("a", "owl", "better");
		t.send({ type: "interrupt", by: "SIGINT", drafts: [{ step: t.step("b"), agent: "b", text: "half a reply" }] });
		t.send({ type: "cancel" });
	});
	const [past] = pastOf(fold(...events.map((event) => recorded(event))));
	expect(past?.answer).toBe(
		[
			"This question was stopped before the team had decided (cancelled, round 2).",
			`fox answered:\na: ${long}`,
			"fox voted for owl: better",
			`owl answered:\nb: ${long}`,
			"owl was still writing:\nhalf a reply",
		].join("\n\n"),
	);
	expect(past?.answer).not.toContain("agent1");
});

test("a text that was begun anew and given since is not told twice", () => {
	const events = played((t) => {
		t.send({ type: "interrupt", by: "SIGINT", drafts: [{ step: t.step("a"), agent: "a", text: "half a reply" }] });
		t.resume();
		t.answer("a", "whole");
		t.send({ type: "cancel" });
	});
	expect(pastOf(fold(...events.map((event) => recorded(event))))[0]?.answer).toBe(
		"This question was stopped before the team had decided (cancelled, round 1).\n\nfox answered:\nwhole\n\nowl was still working.",
	);
});

test("an open turn can be gone on with, a turn that has ended not", () => {
	const open = played((t) => t.answer("a", "x"));
	expect(openTurn(fold(...open.map((event) => recorded(event))))?.turn.answers).toHaveLength(1);
	expect(openTurn(fold(...played(agree).map((event) => recorded(event))))).toBeUndefined();
});

test("events of an earlier turn that come late belong to it", () => {
	const events = [1, 2].flatMap((turn) => played(agree, turn).map((event) => recorded(event, { turn })));
	const late = recorded({ type: "process.ended", pid: 1, exitCode: 0 }, { turn: 1, at: 99 });
	expect(fold(...events, late).turns.map(({ turn, lastAt }) => [turn.number, lastAt])).toEqual([
		[1, 99],
		[2, 0],
	]);
});

test("only the time in which a process drove the turn counts", () => {
	const terms = new Table(["a"]).turn;
	const session = fold(
		recorded({ type: "turn.started", terms }, { at: 1000 }),
		recorded({ type: "round.opened", round: 1 }, { at: 1500 }),
		recorded({ type: "turn.interrupted", by: "SIGINT" }, { at: 2000 }),
		recorded({ type: "turn.resumed" }, { at: 9000 }),
		recorded({ type: "message.added", text: "x", to: [] }, { at: 9100 }),
		recorded({ type: "turn.resumed" }, { at: 20000, epoch: 2 }),
		recorded({ type: "turn.ended", outcome: "failed" }, { at: 20050, epoch: 2 }),
	);
	expect(session.turns[0]).toMatchObject({ startedAt: 1000, lastAt: 20050, drivenMs: 1150 });
});
