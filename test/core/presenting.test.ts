import { expect, test } from "vitest";
import type { Terms } from "../../src/core/types.ts";
import { call, reply, Table } from "./table.ts";

/** Two agents have chosen b's answer. */
function chosen(more: Partial<Terms>): Table {
	const t = new Table(["a", "b"], { maxAnswers: 1, ...more });
	t.all("answer", (id) => `answer ${id}`);
	t.vote("a", "owl");
	t.vote("b", "owl");
	return t;
}

const restart = reply("", call("restart_orchestration", { reason: "too short", instructions: "write more" }));
const submit = reply("", call("submit", { confirmed: true }));

test("a rewrite is asked of the winner's first author, once; both texts are kept", () => {
	const t = chosen({ presentation: "rewrite" });
	expect(t.working()).toEqual(["b rewrite"]);
	expect(t.reply("b", reply("Better put, as fox would.")).slice(1)).toEqual([
		{ type: "assignment.ended", assignment: "1.5", agent: "b", reason: "done" },
		{ type: "answer.rewritten", text: "Better put, as another agent would.", agent: "b" },
		{ type: "turn.ended", outcome: "completed", why: "majority", label: "agent2.1", final: "Better put, as another agent would." },
	]);
	expect(t.turn.answers.at(1)?.text).toBe("answer b");
});

test("if the first author is gone another one rewrites; if all are gone the version stands", () => {
	const t = new Table(["a", "b", "c"], { maxAnswers: 1, presentation: "rewrite" });
	t.answer("a", "one");
	t.answer("b", "two");
	t.answer("c", "two");
	t.vote("a", "owl");
	t.vote("b", "owl");
	t.send({ type: "retire", agent: "b", why: "dropped by the user" });
	expect(t.working()).toEqual(["c rewrite"]);
	t.send({ type: "retire", agent: "c", why: "dropped by the user" });
	expect(t.turn).toMatchObject({ outcome: "completed", final: "two" });
});

test.each([
	["fails", (t: Table) => t.fail("b")],
	["is empty", (t: Table) => t.reply("b", reply(" \n"))],
	["is cut short", (t: Table) => t.reply("b", { ...reply("Bet"), finish: "length" as const })],
	["is out of time", (t: Table) => t.send({ type: "time-out", assignment: t.held("b").id })],
])("a rewrite that %s is not tried again: the version stands", (_, act) => {
	const t = chosen({ presentation: "rewrite" });
	act(t);
	expect(t.turn).toMatchObject({ outcome: "completed", final: "answer b" });
});

test.each([
	["time", "timeout"],
	["budget", "budget"],
] as const)("a hard limit of %s during the rewrite: the version stands", (kind, outcome) => {
	const t = chosen({ presentation: "rewrite" });
	t.limit(kind, true);
	expect(t.turn).toMatchObject({ outcome, final: "answer b" });
});

test("a rewrite in flight at the budget is finished", () => {
	const t = chosen({ presentation: "rewrite" });
	t.begin("b");
	t.limit("budget", true);
	t.reply("b", reply("Better put."));
	expect(t.turn).toMatchObject({ outcome: "budget", final: "Better put." });
});

test("the winner reviews the result if a restart is left: submit ends the turn", () => {
	const t = chosen({ maxRestarts: 1 });
	expect(t.working()).toEqual(["b review"]);
	expect(t.reply("b", submit).slice(2)).toEqual([
		{ type: "review.given", attempt: 1, by: "b", verdict: "submit", reason: "", instructions: "" },
		{ type: "turn.ended", outcome: "completed", why: "majority", label: "agent2.1", final: "answer b" },
	]);
});

test("a named reviewer reviews instead", () => {
	expect(chosen({ maxRestarts: 1, reviewer: "a" }).working()).toEqual(["a review"]);
});

test.each([
	["text only", reply("Looks fine.")],
	["both calls", { ...restart, toolCalls: [...restart.toolCalls, ...submit.toolCalls] }],
	["a restart without instructions", reply("", call("restart_orchestration", { reason: "r" }))],
	["bad arguments", reply("", call("restart_orchestration"))],
	["an answer", reply("", call("new_answer", { content: "x" }))],
])("%s in a review is a submit", (_, given) => {
	const t = chosen({ maxRestarts: 1 });
	t.reply("b", given);
	expect(t.turn).toMatchObject({ outcome: "completed", final: "answer b" });
});

test("a review that fails is a submit, and says why", () => {
	const t = chosen({ maxRestarts: 1 });
	t.fail("b");
	expect(t.turn.reviews).toEqual([{ attempt: 1, by: "b", verdict: "submit", reason: "boom", instructions: "" }]);
	expect(t.turn.final).toBe("answer b");
});

test("a restart: round 1, fresh conversations, labels that run on; the user's words are kept", () => {
	const t = new Table(["a", "b"], { maxAnswers: 1, maxRestarts: 1 });
	t.begin("a");
	t.send({ type: "say", text: "In French, please." });
	t.all("answer", (id) => `answer ${id}`);
	t.vote("a", "owl");
	t.vote("b", "owl");
	expect(t.reply("b", restart).slice(3)).toEqual([
		{ type: "attempt.started", attempt: 2 },
		{ type: "round.opened", round: 1 },
		{ type: "assignment.started", assignment: "1.6", agent: "a", task: "answer", round: 1 },
		{ type: "assignment.started", assignment: "1.7", agent: "b", task: "answer", round: 1 },
	]);
	expect(t.turn.former).toBe("answer b");
	t.begin("a");
	expect(t.turn.seats[0]?.conversation).toEqual([
		{ kind: "task", task: "answer", attempt: 2, round: 1, again: false },
		{ kind: "said", text: "In French, please." },
	]);
	t.answer("a", "réponse");
	t.answer("b", "réponse");
	expect(t.turn).toMatchObject({ outcome: "completed", final: "réponse", decision: { label: "agent1.2" } });
});

test("the last attempt is not reviewed", () => {
	const t = chosen({ maxRestarts: 1 });
	t.reply("b", restart);
	t.answer("a", "same");
	t.answer("b", "same");
	expect(t.turn.phase).toBe("ended");
	expect(t.turn.reviews).toHaveLength(1);
});

test("a restart that brings nothing falls back on what the attempt before had: no version is ever thrown away", () => {
	const t = chosen({ maxRestarts: 1 });
	t.reply("b", restart);
	t.limit("time", true);
	expect(t.turn.outcome).toBe("timeout");
	expect(["answer a", "answer b"]).toContain(t.turn.final);
});

test("a rewrite comes before the review, and what was rewritten stands if the review is cut off", () => {
	const t = chosen({ presentation: "rewrite", maxRestarts: 1 });
	t.reply("b", reply("Better put."));
	expect(t.working()).toEqual(["b review"]);
	t.limit("time", true);
	expect(t.turn).toMatchObject({ outcome: "timeout", final: "Better put." });
});

test("what was rewritten is the former answer that a restart begins with", () => {
	const t = chosen({ presentation: "rewrite", maxRestarts: 1 });
	t.reply("b", reply("Better put."));
	t.reply("b", restart);
	expect({ former: t.turn.former, rewrite: t.turn.rewrite }).toEqual({ former: "Better put.", rewrite: undefined });
});

test("once a limit is near nobody reviews, and no review sends the team back", () => {
	const t = new Table(["a"], { maxRestarts: 1 });
	t.limit("time");
	t.reply("a", reply("42"));
	expect(t.turn.final).toBe("42");
	const u = chosen({ maxRestarts: 1 });
	u.limit("time");
	expect(u.turn.phase).toBe("ended");
});

test("cancelling after the decision ends the turn without an answer too", () => {
	const t = chosen({ presentation: "rewrite" });
	t.send({ type: "cancel" });
	expect(t.turn.outcome).toBe("cancelled");
	expect(t.turn.final).toBeUndefined();
});

test("cancelling ends the turn without an answer", () => {
	const t = new Table(["a", "b"]);
	t.answer("a", "x");
	expect(t.send({ type: "cancel", why: "another question" })).toEqual([
		{ type: "assignment.ended", assignment: "1.2", agent: "b", reason: "unneeded" },
		{ type: "turn.ended", outcome: "cancelled", why: "another question" },
	]);
	expect(t.send({ type: "resume" })).toEqual([]);
});
