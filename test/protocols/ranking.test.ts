import { expect, test } from "vitest";
import type { Terms } from "../../src/core/types.ts";
import { Table } from "../core/table.ts";

function voting(ids: readonly string[], more: Partial<Terms> = {}): Table {
	const t = new Table(ids, more);
	t.all("answer", (id) => `answer ${id}`);
	return t;
}

function decided(t: Table) {
	const { label, rule, tieBreak } = t.turn.decision ?? {};
	return { label, rule, tieBreak };
}

test("first the votes of the round", () => {
	const t = voting(["a", "b", "c", "d", "e"]);
	for (const [by, alias] of [
		["a", "owl"],
		["b", "owl"],
		["c", "elk"],
		["d", "hen"],
		["e", "cod"],
	] as const)
		t.vote(by, alias);
	expect(decided(t)).toEqual({ label: "agent2.1", rule: "all voted", tieBreak: undefined });
});

test("then the votes of those who did not write it", () => {
	const t = voting(["a", "b", "c", "d"]);
	for (const [by, alias] of [
		["a", "fox"],
		["b", "fox"],
		["c", "owl"],
		["d", "owl"],
	] as const)
		t.vote(by, alias);
	expect(decided(t)).toEqual({ label: "agent2.1", rule: "all voted", tieBreak: "votes of others" });
});

test("then the agents whose latest act stands for it", () => {
	const t = new Table(["a", "b", "c", "d"]);
	t.answer("a", "one");
	t.answer("b", "two");
	t.answer("c", "two");
	t.answer("d", "four");
	t.limit("time", true);
	expect(decided(t)).toEqual({ label: "agent2.1", rule: "time limit", tieBreak: "agents standing for it" });
});

test("a vote of an earlier round stands for its voter until that one acts again", () => {
	const t = voting(["a", "b", "c", "d"], { maxAnswers: 3 });
	t.answer("a", "better");
	t.vote("b", "elk");
	t.vote("c", "elk");
	t.vote("d", "hen");
	t.limit("time", true);
	expect(decided(t)).toEqual({ label: "agent3.1", rule: "time limit", tieBreak: "agents standing for it" });
});

test("then the later round", () => {
	const t = voting(["a", "b", "c"]);
	t.answer("b", "better");
	t.limit("time", true);
	expect(decided(t)).toEqual({ label: "agent2.2", rule: "time limit", tieBreak: "later round" });
});

test("last a draw from the seed, in which everybody has the same chance", () => {
	const wins = new Map<string, number>();
	for (let seed = 1; seed <= 3000; seed++) {
		const t = voting(["a", "b", "c"], { seed });
		for (const [by, alias] of [
			["a", "fox"],
			["b", "owl"],
			["c", "elk"],
		] as const)
			t.vote(by, alias);
		expect(decided(t).tieBreak).toBe("draw");
		const label = t.turn.decision?.label ?? "";
		wins.set(label, (wins.get(label) ?? 0) + 1);
	}
	for (const label of ["agent1.1", "agent2.1", "agent3.1"]) {
		expect(wins.get(label)).toBeGreaterThan(900);
		expect(wins.get(label)).toBeLessThan(1100);
	}
});

test("never the clock: who acts first changes nothing", () => {
	const labels = [
		["a", "b", "c", "d"],
		["d", "c", "b", "a"],
		["c", "a", "d", "b"],
	].map((order) => {
		const t = voting(["a", "b", "c", "d"]);
		for (const id of order) t.vote(id, id === "a" || id === "d" ? "owl" : "elk");
		return decided(t);
	});
	expect(new Set(labels.map((label) => JSON.stringify(label))).size).toBe(1);
});

test("who stood for a text in an earlier attempt does not stand for it now", () => {
	const t = new Table(["a", "b", "c"], { maxRestarts: 1, maxAnswers: 1 });
	t.answer("a", "one");
	t.answer("b", "two");
	t.answer("c", "two");
	t.vote("b", "owl");
	t.vote("c", "owl");
	t.reply("b", {
		text: "",
		reasoning: "",
		toolCalls: [{ id: "1", name: "restart_orchestration", raw: "", input: { reason: "r", instructions: "i" } }],
		finish: "stop",
	});
	t.answer("a", "two");
	t.answer("c", "three");
	t.limit("time", true);
	expect(decided(t).tieBreak).toBe("draw");
});

test("votes of an earlier attempt, and what stood then, count no more", () => {
	const t = voting(["a", "b"], { maxRestarts: 1, maxAnswers: 1 });
	t.vote("a", "owl");
	t.vote("b", "owl");
	t.reply("b", {
		text: "",
		reasoning: "",
		toolCalls: [{ id: "1", name: "restart_orchestration", raw: "", input: { reason: "r", instructions: "i" } }],
		finish: "stop",
	});
	t.answer("a", "anew");
	t.limit("time", true);
	expect(t.turn.decision).toEqual({ label: "agent1.2", rule: "time limit", tally: [{ label: "agent1.2", votes: 0, others: 0 }] });
});
