import { describe, expect, test } from "vitest";
import { virtualClock } from "../../src/agents/virtual-clock.ts";
import type { CallResult } from "../../src/backends/backend.ts";
import { create } from "../../src/backends/simulated.ts";
import type { Message, Reply, Request, ToolSpec } from "../../src/core/conversation.ts";
import { fence } from "../../src/core/fence.ts";

const aliases = ["fox", "owl", "elk"];
const ballot: ToolSpec[] = [
	{ name: "new_answer", description: "", inputSchema: { type: "object", properties: { content: { type: "string" } } } },
	{
		name: "vote",
		description: "",
		inputSchema: { type: "object", properties: { agent_id: { enum: aliases }, reason: { type: "string" } } },
	},
];
const asked: Message = { role: "user", text: "What is the capital of France?" };

function said(reply: Reply): Message {
	return { role: "assistant", text: reply.text, reasoning: reply.reasoning, toolCalls: reply.toolCalls, opaque: reply.opaque };
}

function called(name: string, input: Record<string, unknown>): Message {
	return { role: "assistant", text: "", reasoning: "", toolCalls: [{ id: "1", name, input, raw: "" }], opaque: { simulated: 0 } };
}

function board(texts: Readonly<Record<string, string>>): Message {
	return {
		role: "user",
		text: Object.entries(texts)
			.map(([alias, text]) => fence(alias, text, "k"))
			.join("\n"),
	};
}

type Options = { options?: Record<string, unknown>; agent?: string; seed?: number; signal?: AbortSignal; step?: string };

async function call(
	request: Partial<Request>,
	{ options = {}, agent = "a", seed = 1, signal = new AbortController().signal, step = "s1" }: Options = {},
) {
	const clock = virtualClock();
	const backend = create({ agent, model: undefined, options, env: {}, seed, clock, idleMs: 1000 });
	const deltas: { kind: string; text: string; at: number }[] = [];
	const onDelta = (kind: string, text: string) => deltas.push({ kind, text, at: clock.now() });
	const result = await backend.call({
		agent,
		step,
		request: { system: "", messages: [asked], tools: ballot, ...request },
		signal,
		onDelta,
	});
	return { result, deltas };
}

function reply(result: CallResult): Reply {
	if (!result.ok) throw new Error(result.error.message);
	return result.reply;
}

describe("without options", () => {
	test("it drafts a text that says that it is simulated and about what, then votes", async () => {
		const first = reply((await call({})).result);
		expect(first.toolCalls).toHaveLength(1);
		const content = String(first.toolCalls[0]?.input?.content);
		expect(content).toMatch(/^Simulated answer [0-9a-f]+ to “What is the capital of France\?”/);
		const second = reply((await call({ messages: [asked, said(first), board({ fox: "x", owl: content })] })).result);
		expect(second.toolCalls).toMatchObject([{ name: "vote", input: { agent_id: "owl", reason: expect.stringContaining("simulated") } }]);
	});

	test("with no ballot tools its text is the answer", async () => {
		const only = reply((await call({ tools: [] })).result);
		expect(only).toMatchObject({ toolCalls: [], finish: "stop", text: expect.stringContaining("Simulated answer") });
	});

	test("all agents find the same answer best, in whatever order they see the board", async () => {
		const texts = { fox: "simulated quality 0.400", owl: "simulated quality 0.900", elk: "long but of no stated quality" };
		const reversed = Object.fromEntries(Object.entries(texts).reverse());
		const mine = said(reply((await call({})).result));
		for (const shown of [texts, reversed])
			for (const agent of aliases)
				expect(reply((await call({ messages: [asked, mine, board(shown)] }, { agent })).result).toolCalls).toMatchObject([
					{ input: { agent_id: "owl" } },
				]);
	});

	test("a vote that was refused becomes an answer, an answer that was refused a vote", async () => {
		const vote = called("vote", { agent_id: "fox" });
		const refused: Message = { role: "tool", results: [{ callId: "1", name: "vote", output: "Nobody has answered.", isError: true }] };
		expect(reply((await call({ messages: [asked, board({ fox: "x" }), vote, refused] })).result).toolCalls).toMatchObject([
			{ name: "new_answer" },
		]);
		const answer = called("new_answer", { content: "x" });
		const options = { profile: { answers: 5 } };
		const again = await call({ messages: [asked, answer, board({ fox: "x" }), answer, refused] }, { options });
		expect(reply(again.result).toolCalls).toMatchObject([{ name: "vote" }]);
	});

	test("as a reviewer it submits, and as the one who writes the result anew it says the result", async () => {
		const tools = [...ballot, ...["submit", "restart_orchestration"].map((name) => ({ name, description: "", inputSchema: {} }))];
		const result = fence("result", "Paris", "r");
		const review: Message = { role: "user", text: `${result}\n\nCall submit if it is good.` };
		expect(reply((await call({ tools, messages: [asked, review] })).result).toolCalls).toMatchObject([{ name: "submit" }]);
		const rewrite: Message = { role: "user", text: `${result}\n\nWrite the final text.` };
		expect(reply((await call({ tools, messages: [asked, rewrite] })).result)).toMatchObject({ text: "Paris [simulated]", toolCalls: [] });
	});

	test("a former answer that it is told after a restart is not a board", async () => {
		const restarted: Message = { role: "user", text: `Q\n\n${fence("former", "Paris", "f")}` };
		expect(reply((await call({ messages: [restarted] })).result).toolCalls).toMatchObject([{ name: "new_answer" }]);
	});
});

test("the same seed, agent and request give the same reply, another agent or seed another one", async () => {
	const [one, same, otherAgent, otherSeed] = await Promise.all([call({}), call({}), call({}, { agent: "b" }), call({}, { seed: 2 })]);
	expect(same.result).toEqual(one.result);
	expect(otherAgent.result).not.toEqual(one.result);
	expect(otherSeed.result).not.toEqual(one.result);
});

test("text streams at the pace of its profile and is the text of the reply", async () => {
	const options = { script: [{ say: "word ".repeat(80) }], profile: { time_to_first_token_ms: 500, tokens_per_second: 100 } };
	const { result, deltas } = await call({}, { options });
	expect(deltas.map((delta) => delta.text).join("")).toBe(reply(result).text);
	expect(deltas[0]?.at).toBeGreaterThanOrEqual(500);
	// With the mark these are 412 characters, 103 tokens.
	expect(deltas.at(-1)?.at).toBeCloseTo(500 + 1030, 0);
});

test("characters outside the basic plane are never cut in two", async () => {
	const { deltas } = await call({}, { options: { script: [{ say: "a🦊".repeat(50) }], profile: { tokens_per_second: 50 } } });
	for (const delta of deltas) expect(delta.text).toBe(Buffer.from(delta.text).toString());
	expect(deltas.length).toBeGreaterThan(10);
});

test("an aborted call ends at once with kind aborted", async () => {
	const controller = new AbortController();
	const running = call({}, { signal: controller.signal, options: { script: [{ wait: 60_000 }, { say: "late" }] } });
	controller.abort();
	expect((await running).result).toMatchObject({ ok: false, error: { kind: "aborted", retryable: false } });
});

describe("a script", () => {
	const script = [
		{ think: "hm" },
		{ say: "Let me look." },
		{ call: { tool: "read_file", input: { path: "a" } } },
		{ answer: "Paris" },
		{ vote: "agent3", reason: "best" },
	];
	const options = { script };

	test("plays one reply per call of the model, by the replies already in the conversation", async () => {
		const first = reply((await call({}, { options })).result);
		expect(first).toMatchObject({
			reasoning: "hm",
			text: "Let me look. [simulated]",
			toolCalls: [{ name: "read_file", input: { path: "a" } }],
			finish: "tool-calls",
		});
		const second = reply((await call({ messages: [asked, said(first)] }, { options })).result);
		expect(second.toolCalls).toMatchObject([{ name: "new_answer", input: { content: "Paris [simulated]" } }]);
		const third = reply((await call({ messages: [asked, said(first), said(second), board({ fox: "x" })] }, { options })).result);
		expect(third.toolCalls).toMatchObject([{ name: "vote", input: { agent_id: "elk", reason: "best [simulated]" } }]);
	});

	test("starts anew in each turn of a session", async () => {
		const former: Message[] = [
			{ role: "user", text: "Before?" },
			{ role: "assistant", text: "Then.", reasoning: "", toolCalls: [] },
		];
		expect(reply((await call({ messages: [...former, asked] }, { options })).result).toolCalls).toMatchObject([{ name: "read_file" }]);
	});

	test("keeps a verdict for the review", async () => {
		const script = [{ answer: "A" }, { call: { tool: "restart_orchestration", input: { reason: "r", instructions: "i" } } }];
		const first = said(reply((await call({}, { options: { script } })).result));
		const vote = reply((await call({ messages: [asked, first, board({ fox: "x" })] }, { options: { script } })).result);
		expect(vote.toolCalls).toMatchObject([{ name: "vote" }]);
		const review: Message = { role: "user", text: `${fence("result", "x", "r")}\n\nCall submit if it is good.` };
		const verdict = await call({ messages: [asked, first, review] }, { options: { script } });
		expect(reply(verdict.result).toolCalls).toMatchObject([{ name: "restart_orchestration" }]);
	});

	test("after its end the agent goes on by its profile", async () => {
		const done = [
			asked,
			...[0, 1, 2].map((simulated) => ({ ...called("new_answer", { content: "x" }), opaque: { simulated } })),
			board({ fox: "x" }),
		];
		expect(reply((await call({ messages: done }, { options })).result).toolCalls).toMatchObject([
			{ name: "vote", input: { agent_id: "fox" } },
		]);
	});

	test("votes for the first, for its own, or by alias", async () => {
		const mine = called("new_answer", { content: "mine" });
		const messages = [asked, mine, board({ owl: "other", elk: "mine" })];
		for (const [vote, alias] of [
			["first", "owl"],
			["own", "elk"],
			["fox", "fox"],
			[1, "fox"],
		] as const)
			expect(reply((await call({ messages }, { options: { script: [{ answer: "mine" }, { vote }] } })).result).toolCalls).toMatchObject([
				{ input: { agent_id: alias } },
			]);
	});

	test("plays several calls in one reply, and text alone, if they stand together", async () => {
		const bad = { script: [{ together: [{ answer: "A" }, { vote: 1 }] }, { together: [{ say: "no tool" }] }] };
		const first = reply((await call({}, { options: bad })).result);
		expect(first.toolCalls.map((one) => one.name)).toEqual(["new_answer", "vote"]);
		const second = reply((await call({ messages: [asked, said(first)] }, { options: bad })).result);
		expect(second).toMatchObject({ text: "no tool [simulated]", toolCalls: [], finish: "stop" });
	});

	test("fails as told, as often as told", async () => {
		const clock = virtualClock();
		const setup = { agent: "a", model: undefined, env: {}, seed: 1, clock, idleMs: 1000 };
		const backend = create({
			...setup,
			options: { script: [{ fail: { kind: "rate-limit", message: "slow down", times: 2 } }, { answer: "A" }] },
		});
		const results: CallResult[] = [];
		for (const step of ["s1", "s2", "s3"])
			results.push(
				await backend.call({
					agent: "a",
					step,
					request: { system: "", messages: [asked], tools: ballot },
					signal: new AbortController().signal,
					onDelta: () => {},
				}),
			);
		const slow = { ok: false, error: { kind: "rate-limit", message: "slow down [simulated]", retryable: true } };
		expect(results).toMatchObject([slow, slow, { ok: true }]);
	});
});

describe("a closed question", () => {
	test("is answered with an option, and the vote is for the candidate that says it", async () => {
		const options = { profile: { accuracy: 1, options: ["yes", "no"] } };
		const first = reply((await call({}, { options })).result);
		expect(first.toolCalls).toMatchObject([{ name: "new_answer", input: { content: "yes [simulated]" } }]);
		const shown = board({ fox: "no [simulated]", owl: "yes [simulated]" });
		expect(reply((await call({ messages: [asked, said(first), shown] }, { options })).result).toolCalls).toMatchObject([
			{ input: { agent_id: "owl" } },
		]);
	});

	async function right(agents: number, profile: Record<string, unknown>, question: number): Promise<number> {
		let count = 0;
		for (let agent = 0; agent < agents; agent++) {
			const { result } = await call(
				{ tools: [], messages: [{ role: "user", text: `Question ${question}` }] },
				{ agent: `a${agent}`, options: { profile } },
			);
			if (reply(result).text.startsWith("A")) count++;
		}
		return count;
	}

	test("the agents' draws are independent: their number of right ones is binomial", async () => {
		const profile = { accuracy: 0.7, options: ["A", "B"], time_to_first_token_ms: 0, tokens_per_second: 1e9 };
		const questions = 1500;
		let majority = 0;
		for (let question = 0; question < questions; question++) if ((await right(3, profile, question)) >= 2) majority++;
		const expected = 0.7 ** 3 + 3 * 0.7 ** 2 * 0.3;
		const interval = 2.576 * Math.sqrt((expected * (1 - expected)) / questions);
		expect(Math.abs(majority / questions - expected)).toBeLessThan(interval);
	});

	test("with correlation 1 they are all right or all wrong", async () => {
		const profile = { accuracy: 0.5, correlation: 1, options: ["A", "B", "C"], time_to_first_token_ms: 0, tokens_per_second: 1e9 };
		const counts = new Set<number>();
		for (let question = 0; question < 20; question++) counts.add(await right(4, profile, question));
		expect([...counts].sort()).toEqual([0, 4]);
	});
});

test("a failure rate of 1 fails each call with a network error that says that it is simulated", async () => {
	expect((await call({}, { options: { profile: { failure_rate: 1 } } })).result).toMatchObject({
		ok: false,
		error: { kind: "network", message: expect.stringContaining("simulated") },
	});
});
