import { expect, test } from "vitest";
import { call, reply, Table } from "./table.ts";

function voting(): Table {
	const t = new Table(["a", "b"]);
	t.all("answer", (id) => `answer ${id}`);
	return t;
}

const askForBoth = "Call new_answer once with your complete answer, or vote once, with agent_id one of: fox, owl.";

test.each([
	{ given: reply("I think so."), problem: `The reply called neither new_answer nor vote. ${askForBoth}` },
	{
		given: reply("", call("new_answer", { content: "x" }), call("vote", { agent_id: "fox", reason: "" })),
		problem: `The reply called new_answer and vote: exactly one call is allowed. ${askForBoth}`,
	},
	{
		given: reply("", call("vote", { agent_id: "fox", reason: "" }, "1"), call("vote", { agent_id: "owl", reason: "" }, "2")),
		problem: `The reply called vote and vote: exactly one call is allowed. ${askForBoth}`,
	},
	{ given: reply("", call("vote")), problem: `The arguments of vote were not a JSON object. ${askForBoth}` },
	{ given: reply("", call("vote", { reason: "" })), problem: `vote named null, which has no answer on the board. ${askForBoth}` },
	{ given: reply("", call("vote", { agent_id: "yak" })), problem: `vote named "yak", which has no answer on the board. ${askForBoth}` },
	{ given: reply("", call("new_answer", {})), problem: `new_answer needs "content", a text. ${askForBoth}` },
	{ given: reply("", call("new_answer", { content: " \n" })), problem: "The answer was empty. Give the complete answer." },
	{ given: reply("", call("submit", { confirmed: true })), problem: `submit is not asked for now. ${askForBoth}` },
])("asked again: $problem", ({ given, problem }) => {
	const t = voting();
	t.begin("a");
	expect(t.reply("a", given)).toEqual([
		{ type: "step.completed", step: "1.3.1", assignment: "1.3", agent: "a", reply: given },
		{ type: "step.rejected", step: "1.3.1", assignment: "1.3", agent: "a", problem },
	]);
	t.vote("a", "owl");
	expect(t.last("vote.cast")).toEqual({ type: "vote.cast", agent: "a", for: "agent2.1", reason: "", implied: false });
});

test("a vote in round 1 is refused: there is nothing to vote for", () => {
	const t = new Table(["a", "b"]);
	t.vote("a", "owl");
	expect(t.last("step.rejected")?.problem).toBe("There is nothing to vote for yet: give your own answer with new_answer.");
});

test("a vote for an agent that has nothing on the board is refused", () => {
	const t = new Table(["a", "b", "c"]);
	t.answer("a", "x");
	t.answer("b", "y");
	t.send({ type: "time-out", assignment: t.held("c").id });
	t.vote("a", "elk");
	expect(t.last("step.rejected")?.problem).toContain('vote named "elk", which has no answer on the board');
});

test("a name is understood in any case, with blanks around it", () => {
	const t = voting();
	t.vote("a", " Owl ");
	t.vote("b", "AGENT2.1");
	expect(t.turn.votes.map((vote) => vote.for)).toEqual(["agent2.1", "agent2.1"]);
});

test("a version that has been replaced is no longer on the board", () => {
	const t = new Table(["a", "b", "c"]);
	t.all("answer", (id) => `answer ${id}`);
	t.answer("a", "better");
	t.vote("b", "owl");
	t.vote("c", "elk");
	t.vote("b", "agent1.1");
	expect(t.last("step.rejected")?.problem).toContain("agent1.1");
	t.vote("b", "agent1.2");
	expect(t.last("vote.cast")?.for).toBe("agent1.2");
});

test("asked again twice at most; then the assignment has failed and is started again in the same round; then the agent leaves", () => {
	const t = voting();
	t.fumble("a");
	expect(t.events.filter(({ type }) => type === "step.rejected")).toHaveLength(3);
	expect(t.events.slice(-2)).toMatchObject([
		{ type: "assignment.ended", assignment: "1.3", agent: "a", reason: "failed" },
		{ type: "assignment.started", assignment: "1.5", agent: "a", task: "answer-or-vote", round: 2 },
	]);
	t.fumble("a");
	expect(t.events.slice(-2)).toMatchObject([
		{ type: "assignment.ended", agent: "a", reason: "failed" },
		{ type: "agent.retired", agent: "a", why: "failed 2 times in a row" },
	]);
	expect(t.working()).toEqual(["b answer-or-vote"]);
});

test("a success forgives the failures before it: only those in a row count", () => {
	const t = new Table(["a", "b"], { maxAnswers: 3 });
	t.fail("a");
	t.answer("a", "x");
	t.answer("b", "y");
	t.fail("a");
	expect(t.turn.retired).toEqual({});
});

test("the retired keep their candidates", () => {
	const t = voting();
	t.send({ type: "retire", agent: "a", why: "dropped by the user" });
	t.vote("b", "fox");
	expect(t.turn.final).toBe("answer a");
});

test("other tools run first: the ballot counts once all have their results", () => {
	const t = voting();
	const given = reply("", call("read", { path: "x" }, "c1"), call("vote", { agent_id: "owl", reason: "r" }, "c2"), call("read", {}, "c3"));
	t.begin("a");
	expect(t.reply("a", given, { readOnly: ["c1"] }).slice(1)).toEqual([
		{ type: "tool.started", call: "c1", assignment: "1.3", agent: "a", name: "read", input: { path: "x" }, readOnly: true },
		{ type: "tool.started", call: "c3", assignment: "1.3", agent: "a", name: "read", input: {}, readOnly: false },
	]);
	expect(t.send({ type: "complete-call", assignment: t.turn.open[0]?.id ?? "", call: "c3", output: "no", isError: true })).toHaveLength(1);
	expect(t.send({ type: "complete-call", assignment: t.turn.open[0]?.id ?? "", call: "c1", output: "yes", isError: false })).toEqual([
		{ type: "tool.completed", call: "c1", assignment: "1.3", agent: "a", name: "read", output: "yes", isError: false },
		{ type: "assignment.ended", assignment: "1.3", agent: "a", reason: "done" },
		{ type: "vote.cast", agent: "a", for: "agent2.1", reason: "r", implied: false },
	]);
});

test("a reply with tools and no ballot goes on with another step, until the steps are used up", () => {
	const t = new Table(["a", "b"], { maxSteps: 3 });
	for (let step = 1; step <= 3; step++) {
		t.reply("a", reply("", call("read", {}, `c${step}`)));
		t.send({ type: "complete-call", assignment: t.turn.open[0]?.id ?? "", call: `c${step}`, output: "", isError: false });
	}
	expect(t.last("assignment.ended")).toEqual({
		type: "assignment.ended",
		assignment: "1.1",
		agent: "a",
		reason: "out-of-steps",
		error: "used its 3 steps",
	});
	expect(t.working()).toEqual(["b answer"]);
	t.answer("b", "y");
	expect(t.turn.final).toBe("y");
});

test("when all run out of steps the outcome says so", () => {
	const t = new Table(["a", "b"], { maxSteps: 1 });
	for (const id of ["a", "b"]) t.reply(id, reply("hm"));
	expect(t.turn.outcome).toBe("max-steps");
});

test("who is out of time sits this round out, and takes part in the next", () => {
	const t = new Table(["a", "b", "c"]);
	t.send({ type: "time-out", assignment: t.held("a").id });
	expect(t.turn.sitting).toEqual({ a: "timed-out" });
	t.answer("b", "x");
	t.answer("c", "y");
	expect(t.working()).toEqual(["a answer-or-vote", "b answer-or-vote", "c answer-or-vote"]);
});

test("aliases in what is written become a neutral word before it is stored: whole words, in any case", () => {
	const t = voting();
	t.answer("a", "Fox agrees with owl's idea; foxes and FOX_2 too.");
	expect(t.last("answer.submitted")?.text).toBe("another agent agrees with another agent's idea; foxes and another agent_2 too.");
	t.vote("b", "fox", "fox is right");
	expect(t.last("vote.cast")?.reason).toBe("another agent is right");
});

test("no text becomes a vote", () => {
	const t = voting();
	t.reply("a", reply('vote {"agent_id": "owl"} new_answer'));
	expect(t.last("step.rejected")?.problem).toContain("called neither");
});

test("an answer that was cut at the model's limit says so", () => {
	const t = new Table(["a"]);
	t.reply("a", { ...reply("half an ans"), finish: "length" });
	expect(t.last("answer.submitted")).toEqual({
		type: "answer.submitted",
		agent: "a",
		label: "agent1.1",
		text: "half an ans",
		truncated: true,
	});
});

test("an agent alone that calls a ballot of a review is told to reply with text", () => {
	const t = new Table(["a"], { maxRestarts: 1 });
	t.reply("a", reply("", call("submit", { confirmed: true })));
	expect(t.last("step.rejected")?.problem).toBe(
		"submit is not asked for now. Reply with your complete answer as text, without such a call.",
	);
});

test("a report of an assignment that is no longer open means nothing", () => {
	const t = voting();
	const step = t.step("a");
	t.vote("b", "owl");
	t.vote("a", "owl");
	const before = t.events.length;
	t.send({ type: "complete-step", step, reply: reply("", call("new_answer", { content: "late" })) });
	t.send({ type: "fail-step", step, failure: { kind: "server", message: "late" } });
	t.send({ type: "complete-call", assignment: t.turn.open[0]?.id ?? "", call: "none", output: "", isError: false });
	t.send({ type: "begin-step", assignment: "1.3", hash: "", estimate: { tokens: 0 } });
	expect(t.events.length).toBe(before);
});

test("a retry keeps the assignment open, with the time before which it is not called again", () => {
	const t = new Table(["a", "b"]);
	t.fail("a", 5000);
	t.fail("a", 9000);
	expect(t.held("a")).toMatchObject({ tries: 2, waitedMs: 20, notBefore: 9000, begun: 2, steps: 0 });
	t.begin("a");
	expect(t.held("a").notBefore).toBeUndefined();
	t.reply("a", reply("hm"));
	expect(t.held("a")).toMatchObject({ tries: 0, waitedMs: 20 });
	expect(t.turn.failures).toEqual({});
});

test("every step of an assignment has a name of its own", () => {
	const t = new Table(["a", "b"]);
	t.begin("a");
	t.crash();
	t.begin("a");
	t.crash();
	t.reply("a", reply("hm"));
	t.fail("a", 1);
	t.begin("a");
	expect(t.events.flatMap((event) => (event.type === "step.started" ? [event.step] : []))).toEqual([
		"1.1.1",
		"1.1.2",
		"1.1.3",
		"1.1.4",
		"1.1.5",
	]);
});
