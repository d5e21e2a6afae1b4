import { describe, expect, test } from "vitest";
import type { Limits, Terms } from "../../src/core/types.ts";
import { reply, Table } from "./table.ts";

const limits = (more: Partial<Limits>): Limits => ({ onLimit: "wrap_up", graceMs: 0, ...more });

function voting(ids: readonly string[], more: Partial<Terms> = {}): Table {
	const t = new Table(ids, more);
	t.all("answer", (id) => `answer ${id}`);
	return t;
}

const used = (input: number) => ({ input, output: 0, cached: 0, reasoning: 0 });

test("after a soft limit the round is finished, then there is one round for votes, and the rule names it", () => {
	const t = voting(["a", "b", "c"], { maxAnswers: 5 });
	expect(t.limit("time")).toEqual([{ type: "limit.reached", kind: "time", hard: false }]);
	t.answer("a", "better");
	t.vote("b", "elk");
	t.vote("c", "owl");
	expect(t.working()).toEqual(["a vote", "b vote", "c vote"]);
	t.vote("a", "fox");
	t.vote("b", "fox");
	expect(t.turn).toMatchObject({ outcome: "completed", decision: { label: "agent1.2", rule: "majority (time was running out)" } });
});

test("a soft limit in round 1 waits for the first versions: then they are voted on", () => {
	const t = new Table(["a", "b"], { maxAnswers: 5 });
	t.limit("user");
	t.answer("a", "x");
	t.answer("b", "y");
	expect(t.working()).toEqual(["a vote", "b vote"]);
	t.vote("a", "owl");
	t.vote("b", "owl");
	expect(t.turn.decision?.rule).toBe("majority (asked to finish)");
});

test("a round without news after a soft limit needs no other round", () => {
	const t = voting(["a", "b", "c"], { maxAnswers: 5 });
	t.limit("time");
	t.vote("a", "fox");
	t.vote("b", "owl");
	t.vote("c", "elk");
	expect(t.turn.decision?.rule).toBe("all voted (time was running out)");
});

test("who is told to submit reads it at its next step, once", () => {
	const t = voting(["a", "b"], { maxAnswers: 5 });
	const { id } = t.held("a");
	expect(t.send({ type: "urge", assignment: id })).toEqual([{ type: "assignment.closing", assignment: id }]);
	expect(t.send({ type: "urge", assignment: id })).toEqual([]);
	t.begin("a");
	expect(t.turn.seats[0]?.conversation.at(-1)).toEqual({ kind: "closing" });
});

test("each limit is reached once; the wish to finish is never a hard limit", () => {
	const t = voting(["a", "b"]);
	expect(t.limit("user", true)).toEqual([{ type: "limit.reached", kind: "user", hard: false }]);
	expect(t.limit("user")).toEqual([]);
	t.limit("time");
	expect(t.limit("time")).toEqual([]);
});

describe("what was being written is kept", () => {
	const draft = (step: string, agent: string) => ({ step, agent, text: `half of ${agent}` });

	test("at the end of the time, though there is no answer", () => {
		const t = new Table(["a", "b"]);
		const drafts = [draft(t.step("a"), "a"), draft(t.step("b"), "b")];
		t.send({ type: "reach-limit", kind: "time", hard: true, drafts });
		expect(t.turn).toMatchObject({ outcome: "timeout", answers: [], drafts });
	});

	test("when the user cancels, but not of a call that has come to its end", () => {
		const t = new Table(["a", "b"]);
		const over = t.step("a");
		t.answer("a", "x");
		t.send({ type: "cancel", drafts: [draft(over, "a"), draft(t.step("b"), "b")] });
		expect(t.turn).toMatchObject({ outcome: "cancelled", drafts: [draft("1.2.1", "b")] });
	});

	test("of the agent that is dropped or out of time, and of no other", () => {
		const t = new Table(["a", "b", "c"]);
		const drafts = ["a", "b", "c"].map((agent) => draft(t.step(agent), agent));
		t.send({ type: "retire", agent: "a", why: "dropped", drafts });
		t.send({ type: "time-out", assignment: t.held("b").id, drafts });
		expect(t.turn.drafts).toEqual(drafts.slice(0, 2));
	});

	test("not at the end of a budget: calls that were begun go on", () => {
		const t = new Table(["a"]);
		t.send({ type: "reach-limit", kind: "budget", hard: true, drafts: [draft(t.step("a"), "a")] });
		expect(t.turn.drafts).toEqual([]);
	});
});

test("at the deadline what was written joins the board and the ranking decides", () => {
	const t = voting(["a", "b", "c"]);
	t.vote("a", "elk");
	t.answer("b", "better");
	expect(t.limit("time", true).slice(0, 2)).toEqual([
		{ type: "limit.reached", kind: "time", hard: true },
		{ type: "assignment.ended", assignment: "1.6", agent: "c", reason: "unneeded" },
	]);
	expect(t.turn).toMatchObject({ outcome: "timeout", final: "answer c", decision: { label: "agent3.1", rule: "time limit" } });
});

test.each([
	["time", "timeout"],
	["budget", "budget"],
] as const)("without a version a hard limit of %s ends the turn without an answer", (kind, outcome) => {
	const t = new Table(["a", "b"]);
	t.send({ type: "interrupt", by: "SIGINT", drafts: [{ step: t.step("a"), agent: "a", text: "The longest draft there is" }] });
	t.resume();
	t.limit(kind, true);
	expect(t.turn.outcome).toBe(outcome);
	expect(t.turn.final).toBeUndefined();
	expect(t.turn.drafts).toEqual([{ agent: "a", step: "1.1.1", text: "The longest draft there is" }]);
});

test("at the budget calls in flight finish, and nothing new begins", () => {
	const t = voting(["a", "b", "c"]);
	t.begin("a");
	t.begin("b");
	expect(t.limit("budget", true)).toEqual([
		{ type: "limit.reached", kind: "budget", hard: true },
		{ type: "assignment.ended", assignment: "1.6", agent: "c", reason: "unneeded" },
	]);
	t.vote("a", "owl");
	expect(t.turn.phase).toBe("coordinating");
	t.answer("b", "better");
	expect(t.turn).toMatchObject({ outcome: "budget", decision: { label: "agent2.1", rule: "budget" } });
});

test("a call in flight at the budget that is lost with its process is not made again", () => {
	const t = voting(["a", "b"]);
	t.begin("a");
	t.limit("budget", true);
	t.crash();
	expect(t.turn).toMatchObject({ outcome: "budget", decision: { rule: "budget" } });
});

test("more budget lets those go on whose calls did not begin", () => {
	const t = voting(["a", "b"]);
	t.begin("a");
	t.limit("budget", true);
	t.send({ type: "change-limits", limits: limits({ tokens: 1000 }) });
	expect(t.working()).toEqual(["a answer-or-vote", "b answer-or-vote"]);
});

test("a hard limit is the rule, whatever soft limit came before it", () => {
	const t = voting(["a", "b"]);
	t.limit("time");
	t.limit("time", true);
	expect(t.turn.decision?.rule).toBe("time limit");
});

test("time may run out while the last calls of a spent budget finish", () => {
	const t = voting(["a", "b"]);
	t.begin("a");
	t.limit("budget", true);
	t.limit("time", true);
	expect(t.turn).toMatchObject({ outcome: "timeout", decision: { rule: "time limit" } });
});

test("a call that does not fit into the budget any more is not made: the budget is used up", () => {
	const t = new Table(["a", "b"], { limits: limits({ tokens: 100, onLimit: "stop" }) });
	t.begin("a", { tokens: 60 });
	t.reply("a", { ...reply(""), toolCalls: [{ id: "1", name: "new_answer", raw: "", input: { content: "x" } }], usage: used(60) });
	expect(t.begin("b", { tokens: 41 }).at(0)).toEqual({ type: "limit.reached", kind: "budget", hard: true });
	expect(t.turn).toMatchObject({ outcome: "budget", final: "x" });
});

test("a call that may yet fit waits for the open calls, which mostly cost less than they might", () => {
	const t = new Table(["a", "b"], { limits: limits({ tokens: 100 }) });
	t.begin("a", { tokens: 60 });
	expect(t.begin("b", { tokens: 60 })).toEqual([]);
	t.reply("a", { ...reply("hm"), usage: used(5) });
	expect(t.begin("b", { tokens: 60 })).toHaveLength(1);
});

test("at 80 % of the budget, by what was paid or may have been, the soft limit is reached", () => {
	const t = new Table(["a", "b"], { limits: limits({ costUsd: 1 }) });
	t.begin("a", { tokens: 0, costUsd: 0.85 });
	expect(t.turn.closing).toBeUndefined();
	t.reply("a", { ...reply("hm"), usage: used(9) }, { costUsd: 0.5 });
	expect(t.turn.closing).toBeUndefined();
	t.begin("a", { tokens: 0, costUsd: 0.3 });
	expect(t.crash()).toEqual([{ type: "turn.resumed" }, { type: "limit.reached", kind: "budget", hard: false }]);
	expect(t.turn.closing).toEqual({ kind: "budget", round: 1 });
});

test("on_limit: stop goes on until nothing is left", () => {
	const t = new Table(["a", "b"], { limits: limits({ tokens: 100, onLimit: "stop" }) });
	t.reply("a", { ...reply("hm"), usage: used(90) });
	expect({ warned: t.turn.warned, closing: t.turn.closing }).toEqual({ warned: ["budget"], closing: undefined });
});

test("an agent whose own budget is used up leaves", () => {
	const t = new Table(["a", "b"], { limits: limits({ perAgent: { tokens: 100 } }) });
	t.reply("a", { ...reply("hm"), usage: used(90) });
	t.begin("a", { tokens: 20 });
	expect(t.turn.retired).toEqual({ a: "its budget is used up" });
	expect(t.begin("b", { tokens: 90 })).toHaveLength(1);
});

test("when all are retired the ranking decides, and the turn is completed", () => {
	const t = voting(["a", "b"]);
	t.vote("a", "owl");
	for (const id of ["a", "b"]) t.send({ type: "retire", agent: id, why: "dropped by the user" });
	expect(t.turn).toMatchObject({ outcome: "completed", final: "answer b", decision: { rule: "no agent left" } });
});

test("new limits take back what the old ones brought about, but a round for votes that has begun is finished", () => {
	const t = voting(["a", "b", "c"], { maxAnswers: 5 });
	t.limit("time");
	t.send({ type: "change-limits", limits: limits({ timeMs: 9 }) });
	expect({ closing: t.turn.closing, warned: t.turn.warned }).toEqual({ closing: undefined, warned: [] });
	t.limit("time");
	t.all("answer", (id) => `better ${id}`);
	expect(t.working()).toEqual(["a vote", "b vote", "c vote"]);
	t.send({ type: "change-limits", limits: limits({ timeMs: 99 }) });
	expect(t.working()).toEqual(["a vote", "b vote", "c vote"]);
	expect(t.turn.limits.timeMs).toBe(99);
});

test("the wish to finish outlives new limits", () => {
	const t = voting(["a", "b"], { maxAnswers: 5 });
	t.limit("user");
	t.send({ type: "change-limits", limits: limits({ timeMs: 99 }) });
	expect(t.turn).toMatchObject({ closing: { kind: "user", round: 2 }, warned: ["user"] });
});

test("the first soft limit closes; a second one does not put it off", () => {
	const t = voting(["a", "b", "c"], { maxAnswers: 5 });
	t.limit("time");
	t.all("answer", (id) => `better ${id}`);
	t.limit("user");
	expect(t.turn).toMatchObject({ round: 3, closing: { kind: "time", round: 2 } });
	expect(t.working()).toEqual(["a vote", "b vote", "c vote"]);
});

test("what calls cost is summed, per agent; without usage from the provider the estimate stands for it", () => {
	const t = new Table(["a", "b"]);
	t.begin("a", { tokens: 50, costUsd: 1 });
	t.reply("a", { ...reply("hm"), usage: { input: 10, output: 5, cached: 3, reasoning: 2 } }, { costUsd: 0.25 });
	t.begin("a", { tokens: 50, costUsd: 1 });
	t.reply("a", reply("hm"));
	t.begin("b", { tokens: 7 });
	t.reply("b", { ...reply("hm"), usage: used(1) });
	expect(t.turn.seats.map(({ spending }) => spending)).toEqual([
		{
			input: 10,
			output: 5,
			cached: 3,
			reasoning: 2,
			calls: 2,
			costUsd: 0.25,
			uncertain: { tokens: 50, costUsd: 1 },
			possiblyPaidTwice: 0,
		},
		{ input: 1, output: 0, cached: 0, reasoning: 0, calls: 1, uncertain: { tokens: 0, costUsd: 0 }, possiblyPaidTwice: 0 },
	]);
});

test("a call that is called off may have been paid: its estimate counts", () => {
	const t = voting(["a", "b", "c"]);
	t.begin("c", { tokens: 30, costUsd: 0.1 });
	t.vote("a", "owl");
	t.vote("b", "owl");
	expect(t.turn.seats[2]?.spending.uncertain).toEqual({ tokens: 30, costUsd: 0.1 });
});

test("a budget of output tokens counts what was written: a call begins while there is room for one token more", () => {
	const t = new Table(["a"], { limits: limits({ outputTokens: 100 }) });
	const wrote = (output: number) => ({ ...reply("", { id: "1", name: "look", raw: "{}", input: {} }), usage: { ...used(5000), output } });
	t.reply("a", wrote(99));
	t.send({ type: "complete-call", assignment: t.held("a").id, call: "1", output: "", isError: false });
	expect(t.begin("a").map(({ type }) => type)).toEqual(["step.started"]);
	t.reply("a", wrote(1));
	t.send({ type: "complete-call", assignment: t.held("a").id, call: "1", output: "", isError: false });
	expect(t.begin("a")).toMatchObject([
		{ type: "limit.reached", kind: "budget", hard: true },
		{ type: "assignment.ended" },
		{ type: "turn.ended", outcome: "budget" },
	]);
});
