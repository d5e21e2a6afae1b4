import { expect, test } from "vitest";
import type { Agent } from "../../src/core/types.ts";
import { call, reply, Table } from "./table.ts";

const agent = (id: string, alias: string, more: Partial<Agent> = {}): Agent => ({ id, alias, backend: "simulated", ...more });

const interrupted = "Interrupted: the machine stopped while this ran. It may or may not have taken effect; look before doing it again.";

test("an interrupted turn stays open: nothing ends, nothing begins, until it is resumed", () => {
	const t = new Table(["a", "b"]);
	t.answer("a", "x");
	const step = t.step("b");
	expect(t.send({ type: "interrupt", by: "SIGINT", drafts: [{ step, agent: "b", text: "half" }] })).toEqual([
		{ type: "draft.saved", step, agent: "b", text: "half" },
		{ type: "turn.interrupted", by: "SIGINT" },
	]);
	expect(t.interrupt()).toEqual([]);
	expect(t.fail("b")).toEqual([]);
	expect(t.resume()).toEqual([{ type: "turn.resumed" }]);
	expect(t.working()).toEqual(["b answer"]);
	t.answer("b", "y");
	t.vote("a", "fox");
	t.vote("b", "fox");
	expect({ final: t.turn.final, assignments: t.count("assignment.started") }).toEqual({ final: "x", assignments: 4 });
});

test("no call begins while the turn is interrupted", () => {
	const t = new Table(["a", "b"]);
	t.interrupt();
	expect(t.begin("a")).toEqual([]);
});

test("a reply that comes in after the interruption is kept: it is paid for", () => {
	const t = new Table(["a", "b"]);
	t.answer("b", "y");
	const step = t.step("a");
	t.interrupt();
	t.send({ type: "complete-step", step, reply: reply("", call("new_answer", { content: "x" })) });
	expect(t.turn).toMatchObject({ round: 1, open: [] });
	expect(
		t
			.resume()
			.slice(1)
			.map(({ type }) => type),
	).toEqual(["round.opened", "assignment.started", "assignment.started"]);
});

test("a turn that was decided while it was interrupted ends when it is resumed", () => {
	const t = new Table(["a"]);
	const step = t.step("a");
	t.interrupt();
	t.send({ type: "complete-step", step, reply: reply("42") });
	expect(t.turn.phase).toBe("coordinating");
	t.resume();
	expect(t.turn).toMatchObject({ outcome: "completed", final: "42" });
});

test("a crash needs no special case: what was open goes on at the first thing that the log lacks", () => {
	const t = new Table(["a", "b"]);
	t.answer("a", "x");
	t.reply("b", reply("", call("read", {}, "c1")), { readOnly: ["c1"] });
	expect(t.crash()).toEqual([{ type: "turn.resumed" }]);
	expect(t.held("b").calls).toEqual([{ id: "c1", name: "read", input: {}, readOnly: true }]);
	t.result("b", "c1", "y");
	expect(t.crash()).toEqual([{ type: "turn.resumed" }]);
	t.answer("b", "y");
	expect(t.count("step.started")).toBe(3);
});

test("a lost call runs again, is reported as possibly paid twice, and its estimate counts", () => {
	const t = new Table(["a", "b"]);
	t.begin("a", { tokens: 40, costUsd: 0.5 });
	t.crash();
	expect(t.turn.seats[0]?.spending).toMatchObject({ uncertain: { tokens: 40, costUsd: 0.5 }, possiblyPaidTwice: 1, calls: 0 });
	expect(t.held("a")).toMatchObject({ losses: 1, steps: 0 });
	t.answer("a", "x");
	expect(t.turn.seats[0]?.spending).toMatchObject({ possiblyPaidTwice: 1, calls: 1 });
});

test("at its third death in a row a call has failed", () => {
	const t = new Table(["a", "b"]);
	for (let death = 1; death <= 2; death++) {
		t.begin("a");
		expect(t.crash()).toHaveLength(1);
	}
	t.begin("a");
	expect(t.crash()).toEqual([
		{ type: "turn.resumed" },
		{
			type: "assignment.ended",
			assignment: "1.1",
			agent: "a",
			reason: "failed",
			error: "The process died 3 times during the same call.",
		},
		{ type: "assignment.started", assignment: "1.3", agent: "a", task: "answer", round: 1 },
	]);
	expect(t.turn.failures).toEqual({ a: 1 });
});

test("an interruption is no death", () => {
	const t = new Table(["a", "b"]);
	for (let time = 0; time < 5; time++) {
		t.begin("a");
		t.interrupt();
		t.resume();
	}
	expect(t.turn.seats[0]?.spending.possiblyPaidTwice).toBe(5);
	expect(t.count("assignment.ended")).toBe(0);
});

test("deaths that do not follow each other do not add up", () => {
	const t = new Table(["a", "b"]);
	for (let time = 0; time < 5; time++) {
		t.begin("a");
		t.crash();
		t.reply("a", reply("", call("read", {}, `c${time}`)));
		t.result("a", `c${time}`);
		t.begin("a");
		t.crash();
		t.reply("a", reply("", call("read", {}, `d${time}`)));
		t.result("a", `d${time}`);
	}
	expect(t.count("assignment.ended")).toBe(0);
});

test("a tool that may have taken effect is not run again: the model is told that it was interrupted", () => {
	const t = new Table(["a", "b"]);
	t.reply("a", reply("", call("read", {}, "c1"), call("write", {}, "c2")), { readOnly: ["c1"] });
	expect(t.crash()).toEqual([
		{ type: "turn.resumed" },
		{ type: "tool.completed", call: "c2", assignment: "1.1", agent: "a", name: "write", output: interrupted, isError: true },
	]);
	expect(t.held("a").calls.map(({ id }) => id)).toEqual(["c1"]);
});

test("a ballot that waited for an interrupted tool counts", () => {
	const t = new Table(["a", "b"]);
	t.reply("a", reply("", call("write", {}, "c1"), call("new_answer", { content: "x" }, "c2")));
	expect(t.crash().slice(2)).toEqual([
		{ type: "assignment.ended", assignment: "1.1", agent: "a", reason: "done" },
		{ type: "answer.submitted", agent: "a", label: "agent1.1", text: "x" },
	]);
});

test("drafts of a process that died are saved before anything else", () => {
	const t = new Table(["a", "b"]);
	const step = t.step("a");
	expect(t.resume({ drafts: [{ step, agent: "a", text: "half" }] })).toEqual([
		{ type: "draft.saved", step, agent: "a", text: "half" },
		{ type: "turn.resumed" },
	]);
});

test("limits given on resume replace the old ones", () => {
	const t = new Table(["a", "b"], { limits: { onLimit: "wrap_up", graceMs: 0, timeMs: 10 } });
	t.limit("time");
	t.interrupt();
	t.resume({ limits: { onLimit: "wrap_up", graceMs: 0, timeMs: 1000 } });
	expect(t.turn).toMatchObject({ limits: { timeMs: 1000 }, warned: [] });
	expect(t.turn.closing).toBeUndefined();
});

test("a new agent gets the next number and joins with the round that is open", () => {
	const t = new Table(["a", "b"]);
	const agents = [agent("a", "fox"), agent("b", "owl"), agent("c", "elk")];
	expect(t.resume({ agents })).toEqual([
		{ type: "turn.resumed", agents },
		{ type: "assignment.started", assignment: "1.3", agent: "c", task: "answer", round: 1 },
	]);
	t.all("answer", (id) => `answer ${id}`);
	expect(t.last("answer.submitted")?.label).toBe("agent3.1");
	t.resume({ agents: [...agents, agent("d", "hen")] });
	expect(t.working().at(-1)).toBe("d answer-or-vote");
});

test("a missing agent is retired and keeps its number and candidates; if it comes back it takes part again", () => {
	const t = new Table(["a", "b", "c"]);
	t.all("answer", (id) => `answer ${id}`);
	t.begin("a");
	t.resume({ agents: [agent("c", "elk"), agent("b", "owl")] });
	expect(t.turn.retired).toEqual({ a: "no longer in the configuration" });
	expect(t.turn.agents.map(({ id }) => id)).toEqual(["a", "b", "c"]);
	t.vote("b", "fox");
	expect(t.last("vote.cast")?.for).toBe("agent1.1");
	t.resume({ agents: [agent("a", "fox"), agent("b", "owl"), agent("c", "elk")] });
	expect(t.turn.retired).toEqual({});
	expect(t.working()).toEqual(["c answer-or-vote", "a answer-or-vote"]);
});

test("an agent that speaks to another model keeps number, alias and answers and starts a fresh conversation", () => {
	const t = new Table(["a", "b"]);
	t.all("answer", (id) => `answer ${id}`);
	t.begin("a");
	t.send({ type: "say", text: "Be brief.", to: ["a"] });
	t.reply("a", reply("", call("write", {}, "c1")));
	const changes = t.resume({ agents: [agent("a", "other", { model: "new" }), agent("b", "owl")] });
	expect(changes.slice(1)).toEqual([
		{ type: "assignment.ended", assignment: "1.3", agent: "a", reason: "unneeded" },
		{ type: "assignment.started", assignment: "1.5", agent: "a", task: "answer-or-vote", round: 2 },
	]);
	expect(t.turn.agents[0]).toEqual({ id: "a", alias: "fox", backend: "simulated", model: "new" });
	t.begin("a");
	expect(t.turn.seats[0]?.conversation).toEqual([
		{ kind: "task", task: "answer-or-vote", attempt: 1, round: 2, again: false },
		{ kind: "said", text: "Be brief." },
	]);
});

test("an agent that had left for its failures takes part again with another model", () => {
	const t = new Table(["a", "b"]);
	t.fail("a");
	t.fail("a");
	t.resume({ agents: [agent("a", "fox", { model: "better" }), agent("b", "owl")] });
	expect(t.turn).toMatchObject({ retired: {}, failures: {} });
	expect(t.working()).toEqual(["b answer", "a answer"]);
});

test("options that do not change the model leave the conversation as it is", () => {
	const t = new Table(["a", "b"]);
	t.begin("a");
	t.resume({ agents: [agent("a", "fox", { options: { temperature: 1 } }), agent("b", "owl")] });
	expect(t.count("assignment.ended")).toBe(0);
	expect(t.turn.agents[0]?.options).toEqual({ temperature: 1 });
});

test("a rewrite whose author changed is asked for again", () => {
	const t = new Table(["a"], { presentation: "rewrite" });
	t.reply("a", reply("42"));
	t.begin("a");
	t.resume({ agents: [agent("a", "fox", { model: "new" })] });
	expect(t.working()).toEqual(["a rewrite"]);
});

test("what the user says is told to those taking part, and read at their next step", () => {
	const t = new Table(["a", "b", "c"]);
	t.send({ type: "retire", agent: "c", why: "dropped by the user" });
	expect(t.send({ type: "say", text: "Be brief." })).toEqual([{ type: "message.added", text: "Be brief.", to: ["a", "b"] }]);
	expect(t.send({ type: "say", text: "You too.", to: ["c"] })).toEqual([]);
	expect(t.send({ type: "say", text: "  " })).toEqual([]);
	t.begin("a");
	expect(t.turn.seats[0]?.conversation.at(-1)).toEqual({ kind: "said", text: "Be brief." });
	expect(t.turn.seats.map(({ unread }) => unread)).toEqual([[], [{ kind: "said", text: "Be brief." }], []]);
});

test("a bookmark of a CLI agent's own session stays with its assignment", () => {
	const t = new Table(["a", "b"]);
	t.send({ type: "bookmark", assignment: t.held("a").id, bookmark: "abc" });
	t.crash();
	expect(t.held("a").bookmark).toBe("abc");
});
