import { expect, test } from "vitest";
import type { Terms } from "../../src/core/types.ts";
import { Table } from "../core/table.ts";

const five = ["a", "b", "c", "d", "e"];

function voting(ids: readonly string[], more: Partial<Terms> = {}): Table {
	const t = new Table(ids, more);
	t.all("answer", (id) => `answer ${id}`);
	return t;
}

test("more than half of those taking part decide at once; what is still open is unneeded", () => {
	const t = voting(["a", "b", "c"]);
	t.vote("a", "owl");
	expect(t.turn.phase).toBe("coordinating");
	expect(t.vote("b", "owl").slice(2)).toEqual([
		{ type: "vote.cast", agent: "b", for: "agent2.1", reason: "", implied: false },
		{ type: "assignment.ended", assignment: "1.6", agent: "c", reason: "unneeded" },
		{
			type: "winner.chosen",
			decision: {
				label: "agent2.1",
				rule: "majority",
				tally: [
					{ label: "agent2.1", votes: 2, others: 1 },
					{ label: "agent1.1", votes: 0, others: 0 },
					{ label: "agent3.1", votes: 0, others: 0 },
				].sort((x, y) => (x.votes === y.votes ? place(t, x.label) - place(t, y.label) : y.votes - x.votes)),
			},
		},
		{ type: "turn.ended", outcome: "completed", why: "majority", label: "agent2.1", final: "answer b" },
	]);
});

function place(t: Table, label: string): number {
	return t.turn.decision?.tally.findIndex((tally) => tally.label === label) ?? 0;
}

test("half of those taking part is no majority; a vote for oneself alone is none", () => {
	const t = voting(["a", "b"]);
	t.vote("a", "fox");
	expect(t.turn.phase).toBe("coordinating");
	const u = voting(["a", "b", "c", "d"]);
	u.vote("a", "owl");
	u.vote("b", "owl");
	expect(u.turn.phase).toBe("coordinating");
});

test("a majority decides also if a version was written in this round", () => {
	const t = voting(["a", "b", "c"]);
	t.answer("c", "better");
	t.vote("a", "owl");
	t.vote("b", "owl");
	expect(t.turn.decision).toMatchObject({ label: "agent2.1", rule: "majority" });
});

test("those who sit the round out still count for the majority; the retired do not", () => {
	const t = voting(["a", "b", "c", "d"]);
	t.vote("a", "owl");
	t.vote("b", "owl");
	t.send({ type: "time-out", assignment: t.held("c").id });
	expect(t.turn.phase).toBe("coordinating");
	t.send({ type: "retire", agent: "c", why: "dropped by the user" });
	expect(t.turn.decision).toMatchObject({ label: "agent2.1", rule: "majority" });
});

test("the vote of an agent that was dropped makes no majority, but counts in the ranking", () => {
	const t = voting(["a", "b", "c", "d"]);
	t.vote("a", "owl");
	t.vote("b", "owl");
	t.send({ type: "retire", agent: "a", why: "dropped by the user" });
	expect(t.turn.phase).toBe("coordinating");
	t.vote("c", "elk");
	t.vote("d", "hen");
	expect(t.turn.decision).toMatchObject({ label: "agent2.1", rule: "all voted", tally: [{ votes: 2 }, {}, {}, {}] });
});

test("stop: all waits for everybody, and a round that brought a version decides nothing", () => {
	const t = voting(["a", "b", "c"], { stop: "all" });
	t.vote("a", "owl");
	t.vote("b", "owl");
	expect(t.working()).toEqual(["c answer-or-vote"]);
	t.answer("c", "better");
	expect(t.turn).toMatchObject({ phase: "coordinating", round: 3 });
});

test.each(["majority", "all"] as const)("stop: %s: a round for votes only is over once the lead cannot be caught up", (stop) => {
	const t = voting(five, { stop, maxAnswers: 1 });
	t.vote("a", "owl");
	t.vote("b", "owl");
	t.vote("c", "elk");
	expect(t.turn.phase).toBe("coordinating");
	t.vote("d", "owl");
	expect(t.turn.decision).toMatchObject({ label: "agent2.1", rule: stop === "majority" ? "majority" : "lead cannot be caught up" });
	expect(t.count("vote.cast")).toBe(4);
});

test("a lead as large as the votes due decides nothing: they may still make a tie", () => {
	const t = voting(["a", "b", "c", "d"], { maxAnswers: 1 });
	t.vote("a", "owl");
	t.vote("b", "elk");
	t.vote("c", "owl");
	expect(t.working()).toEqual(["d vote"]);
	t.vote("d", "hen");
	expect(t.turn.decision).toMatchObject({ label: "agent2.1", rule: "most votes" });
});

test("first: the first answer wins and nobody else's is waited for", () => {
	const t = new Table(["a", "b"], { protocol: "first" });
	t.begin("a");
	t.reply("b", { text: "quick", reasoning: "", toolCalls: [], finish: "stop" });
	expect(t.turn).toMatchObject({ outcome: "completed", final: "quick", decision: { rule: "first to answer" } });
	expect(t.events).toContainEqual({ type: "assignment.ended", assignment: "1.1", agent: "a", reason: "unneeded" });
});

test("first: after a restart the first new answer wins, not the former one", () => {
	const t = new Table(["a", "b"], { protocol: "first", maxRestarts: 1 });
	t.reply("a", { text: "one", reasoning: "", toolCalls: [], finish: "stop" });
	t.reply("a", {
		text: "",
		reasoning: "",
		toolCalls: [{ id: "1", name: "restart_orchestration", raw: "", input: { reason: "r", instructions: "i" } }],
		finish: "stop",
	});
	expect(t.working()).toEqual(["a answer", "b answer"]);
	t.reply("b", { text: "two", reasoning: "", toolCalls: [], finish: "stop" });
	expect(t.turn.final).toBe("two");
});
