import { expect, test } from "vitest";
import { board, liveVotes } from "../../src/core/queries.ts";
import { call, reply, Table } from "./table.ts";

test("a turn starts with everybody drafting an answer", () => {
	const t = new Table(["a", "b"]);
	expect(t.events.slice(1)).toEqual([
		{ type: "attempt.started", attempt: 1 },
		{ type: "round.opened", round: 1 },
		{ type: "assignment.started", assignment: "1.1", agent: "a", task: "answer", round: 1 },
		{ type: "assignment.started", assignment: "1.2", agent: "b", task: "answer", round: 1 },
	]);
});

test("the step that answers and the answer are one append; so are the winner and the end", () => {
	const t = new Table(["a"], { maxAnswers: 1 });
	const given = reply("42");
	t.begin("a");
	expect(t.reply("a", given)).toEqual([
		{ type: "step.completed", step: "1.1.1", assignment: "1.1", agent: "a", reply: given },
		{ type: "assignment.ended", assignment: "1.1", agent: "a", reason: "done" },
		{ type: "answer.submitted", agent: "a", label: "agent1.1", text: "42" },
		{ type: "winner.chosen", decision: { label: "agent1.1", rule: "one candidate", tally: [{ label: "agent1.1", votes: 0, others: 0 }] } },
		{ type: "turn.ended", outcome: "completed", why: "one candidate", label: "agent1.1", final: "42" },
	]);
});

test("drafts are written unseen: nobody votes in round 1, and nobody goes on before all have drafted", () => {
	const t = new Table(["a", "b"]);
	t.answer("a", "x");
	expect(board(t.turn)).toEqual([]);
	expect(t.working()).toEqual(["b answer"]);
	t.answer("b", "y");
	expect(t.working()).toEqual(["a answer-or-vote", "b answer-or-vote"]);
});

test("rounds 2 to K are for answers and votes, round K + 1 for votes only", () => {
	const t = new Table(["a", "b"], { maxAnswers: 3 });
	const tasks = [t.working()[0]];
	for (let round = 1; round <= 3; round++) {
		t.all("answer", (id) => `${id} ${round}`);
		tasks.push(t.working()[0]);
	}
	expect(tasks).toEqual(["a answer", "a answer-or-vote", "a answer-or-vote", "a vote"]);
	t.answer("a", "once more");
	expect(t.last("step.rejected")?.problem).toContain("No new answers are taken any more");
});

test("an agent that has acted waits for the round to close", () => {
	const t = new Table(["a", "b", "c"]);
	t.all("answer", (id) => id);
	t.vote("a", "owl");
	expect(t.working()).toEqual(["b answer-or-vote", "c answer-or-vote"]);
});

test("what is written appears together, in the next round: the board of a round is frozen", () => {
	const t = new Table(["a", "b"]);
	t.all("answer", (id) => `${id}1`);
	t.answer("a", "a2");
	expect(board(t.turn).map(({ text }) => text)).toEqual(["a1", "b1"]);
	t.vote("b", "fox");
	expect(board(t.turn).map(({ text }) => text)).toEqual(["a2", "b1"]);
});

test("a vote counts in its round only", () => {
	const t = new Table(["a", "b", "c"]);
	t.all("answer", (id) => `answer ${id}`);
	t.answer("a", "better");
	t.vote("b", "elk");
	t.vote("c", "owl");
	expect({ round: t.turn.round, votes: t.turn.votes.length, live: liveVotes(t.turn) }).toEqual({ round: 3, votes: 2, live: [] });
});

test("equal texts are one candidate with several authors under the lowest number; any author's alias or label means it", () => {
	const t = new Table(["a", "b", "c", "d"]);
	t.answer("a", "one");
	t.answer("b", "  caf\u00e9\r\nau lait\n");
	t.answer("c", "cafe\u0301\nau lait");
	t.answer("d", "four");
	expect(board(t.turn).map(({ label, labels, authors }) => ({ label, labels, authors }))).toEqual([
		{ label: "agent1.1", labels: ["agent1.1"], authors: ["a"] },
		{ label: "agent2.1", labels: ["agent2.1", "agent3.1"], authors: ["b", "c"] },
		{ label: "agent4.1", labels: ["agent4.1"], authors: ["d"] },
	]);
	t.vote("a", "elk");
	t.vote("b", "agent3.1");
	expect(liveVotes(t.turn).map((vote) => vote.for)).toEqual(["agent2.1", "agent2.1"]);
});

test("texts that differ in anything but form, line ends and outer blanks are two candidates", () => {
	const t = new Table(["a", "b", "c"]);
	for (const [id, text] of Object.entries({ a: "x  y", b: "x y", c: "X y" })) t.answer(id, text);
	expect(board(t.turn)).toHaveLength(3);
});

test("a text equal to a candidate on the board is a vote for it, never a version", () => {
	const t = new Table(["a", "b", "c"]);
	t.all("answer", (id) => `text of ${id}`);
	expect(t.answer("a", " text of b\r\n").slice(1)).toEqual([
		{ type: "assignment.ended", assignment: "1.4", agent: "a", reason: "done" },
		{ type: "vote.cast", agent: "a", for: "agent2.1", reason: "gave the same answer", implied: true },
	]);
});

test("also where only votes are asked for", () => {
	const t = new Table(["a", "b", "c"], { maxAnswers: 1 });
	t.all("answer", (id) => `text of ${id}`);
	t.answer("a", "text of b");
	expect(liveVotes(t.turn).map(({ by, implied }) => ({ by, implied }))).toEqual([{ by: "a", implied: true }]);
});

test("equal drafts need no vote", () => {
	const t = new Table(["a", "b", "c"]);
	t.all("answer", () => "42 ");
	expect(t.turn).toMatchObject({ outcome: "completed", final: "42 ", decision: { rule: "one candidate", label: "agent1.1" } });
});

test("a round that brings no version is decided by the ranking", () => {
	const t = new Table(["a", "b"]);
	t.all("answer", (id) => id.repeat(3));
	t.vote("a", "fox");
	t.vote("b", "owl");
	expect(t.turn.decision?.rule).toBe("all voted");
});

test("with nothing on the board the turn ends without an answer", () => {
	const t = new Table(["a", "b"]);
	for (const id of ["a", "b"]) t.send({ type: "time-out", assignment: t.held(id).id });
	expect(t.turn).toMatchObject({ phase: "ended", outcome: "failed", why: "Nobody answered." });
	expect(t.turn.final).toBeUndefined();
});

test("a version by one alone wins without a vote", () => {
	const t = new Table(["a", "b"]);
	t.answer("a", "x");
	t.send({ type: "time-out", assignment: t.held("b").id });
	expect(t.turn.final).toBe("x");
});

test("council is one round of answers and one of votes", () => {
	const t = new Table(["a", "b", "c"], { protocol: "council" });
	t.all("answer", (id) => `answer ${id}`);
	expect(t.working()).toEqual(["a vote", "b vote", "c vote"]);
});

test.each([
	{ name: "2 agents that agree", ids: ["a", "b"], maxAnswers: 2, play: ["answer", "vote"], calls: 4, label: "agent2.1" },
	{ name: "2 agents with one answer each", ids: ["a", "b"], maxAnswers: 1, play: ["answer", "vote"], calls: 4, label: "agent2.1" },
	{
		name: "3 agents that never cease to write",
		ids: ["a", "b", "c"],
		maxAnswers: 2,
		play: ["answer", "answer", "vote"],
		calls: 8,
		label: "agent2.2",
	},
] as const)("$name need $calls calls", ({ ids, maxAnswers, play, calls, label }) => {
	const t = new Table(ids, { maxAnswers });
	for (const [round, act] of play.entries()) t.all(act, (id) => (act === "answer" ? `${id} ${round}` : "owl"));
	expect({ label: t.turn.decision?.label, calls: t.count("step.completed") }).toEqual({ label, calls });
});

test("one agent: one call, whose complete text is the answer", () => {
	const t = new Table(["a"]);
	t.reply("a", reply("42"));
	expect({ final: t.turn.final, calls: t.count("step.started") }).toEqual({ final: "42", calls: 1 });
});

test("one agent with tools: as many calls as its tools make needed", () => {
	const t = new Table(["a"]);
	t.reply("a", reply("Let me look.", call("read", { path: "x" }, "c1")));
	t.send({ type: "complete-call", assignment: t.turn.open[0]?.id ?? "", call: "c1", output: "y", isError: false });
	t.reply("a", reply("It is y."));
	expect({ final: t.turn.final, calls: t.count("step.started") }).toEqual({ final: "It is y.", calls: 2 });
});

test("an agent that always votes for an unknown name leaves, visibly; the others decide", () => {
	const t = new Table(["a", "b", "c"]);
	t.all("answer", (id) => `answer ${id}`);
	for (let tries = 0; tries < 6; tries++) t.vote("a", "nobody");
	expect(t.turn.retired).toEqual({ a: "failed 2 times in a row" });
	t.vote("b", "fox");
	t.vote("c", "fox");
	expect(t.turn).toMatchObject({ outcome: "completed", final: "answer a" });
});

test("when every call of every agent fails, the turn has failed and says so", () => {
	const t = new Table(["a", "b"]);
	for (const id of ["a", "b", "a", "b"]) t.fail(id);
	expect(t.turn).toMatchObject({ outcome: "failed", retired: { a: "failed 2 times in a row", b: "failed 2 times in a row" } });
	expect(t.count("step.started")).toBe(4);
});

test("an agent that repeats itself votes for itself: nothing is started again", () => {
	const t = new Table(["a", "b"]);
	t.all("answer", (id) => `answer ${id}`);
	t.answer("a", "answer a");
	t.vote("b", "fox");
	expect({ label: t.turn.decision?.label, calls: t.count("step.started") }).toEqual({ label: "agent1.1", calls: 4 });
});

test("labels follow the order of the configuration, whatever the names", () => {
	const t = new Table(["zeta", "alpha"]);
	t.answer("alpha", "by alpha");
	t.answer("zeta", "by zeta");
	t.vote("zeta", "owl");
	t.vote("alpha", "owl");
	expect(t.turn.decision?.label).toBe("agent2.1");
	expect(t.turn.final).toBe("by alpha");
});
