import { LLMock } from "@copilotkit/aimock";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMemoryStore } from "../../src/checkpoint/memory.ts";
import { spentBy } from "../../src/core/spending.ts";
import { runTurn } from "../../src/massgen.ts";
import { simulatedTeam } from "../../src/testing.ts";
import { startRawServer } from "../fixtures/raw-server.ts";

/** Models that answer with their own name first, and vote for the first alias on the board as soon as they see it. */
const mock = new LLMock({ port: 0 });
const usage = { prompt_tokens: 11, completion_tokens: 7, input_tokens: 11, output_tokens: 7 };

beforeAll(async () => {
	mock.onMessage(/./, ({ model, messages, tools = [] }) => {
		const text = JSON.stringify(messages);
		const [alias] = [...text.matchAll(/from=\\+"(\w+)\\+"/g)].map(([, name]) => name).sort();
		const name = alias === undefined ? "new_answer" : "vote";
		const input = alias === undefined ? { content: `I am ${model}.` } : { agent_id: alias, reason: "the first" };
		if (!model.startsWith("toolless")) return { usage, toolCalls: [{ name, arguments: JSON.stringify(input) }] };
		if (tools.length > 0) return { status: 400, error: { message: `${model} does not support tools` } };
		const marker = /call-[0-9a-f]+/.exec(text)?.[0];
		return { usage, content: `So be it.\n\n\`\`\`${marker}\n${JSON.stringify({ name, arguments: input })}\n\`\`\`` };
	});
	await mock.start();
});
afterAll(() => mock.stop());

test("a team of three wire formats answers, sees the board and votes", async () => {
	const backends = [
		{ backend: "openai", model: "gpt-5.2", path: "/v1" },
		{ backend: "claude", model: "claude-sonnet-4-5", path: "/v1" },
		{ backend: "together", model: "some-model", path: "/v1" },
	];
	const team = simulatedTeam(3);
	const options = (path: string) => ({ baseUrl: `${mock.url}${path}`, apiKey: "test-key-123456" });
	const agents = backends.map(({ backend, model, path }) => ({ id: backend, backend, model, options: {}, secretOptions: options(path) }));
	const prices = { "some-model": { input: 1, output: 1 } };
	const events: unknown[] = [];
	const { turn } = await runTurn({
		store: createMemoryStore("s"),
		team: { ...team, agents, prices },
		question: "Who are you?",
		env: {},
		onEvent: (event) => events.push(event),
	});
	expect(turn).toMatchObject({ outcome: "completed", final: expect.stringMatching(/^I am /) });
	expect(turn.answers.map(({ text }) => text).sort()).toEqual(["I am claude-sonnet-4-5.", "I am gpt-5.2.", "I am some-model."]);
	// All prices are known, and every call that ended took eleven tokens in and seven out. Two of three votes decide.
	const { calls, input, output, costUsd } = spentBy(turn);
	expect(calls).toBeGreaterThanOrEqual(5);
	expect({ input, output, costUsd }).toEqual({ input: 11 * calls, output: 7 * calls, costUsd: expect.any(Number) });
	expect(JSON.stringify(events)).not.toContain("test-key-123456");
});

test("one agent whose server is down leaves, and the others decide", async () => {
	const unwelcoming = await startRawServer({ status: 401, body: JSON.stringify({ error: { message: "Incorrect API key provided." } }) });
	const up = { baseUrl: `${mock.url}/v1`, apiKey: "test-key-123456" };
	const agents = [
		{ id: "down", backend: "vllm", model: "m", options: {}, secretOptions: { baseUrl: "http://127.0.0.1:9/v1" } },
		{
			id: "bad-key",
			backend: "openai",
			model: "gpt-5.2",
			options: {},
			secretOptions: { baseUrl: unwelcoming.url, apiKey: "test-key-123456" },
		},
		{ id: "one", backend: "together", model: "one", options: {}, secretOptions: up },
		{ id: "two", backend: "deepseek", model: "two", options: {}, secretOptions: up },
	];
	const { turn } = await runTurn({
		store: createMemoryStore("s"),
		team: { ...simulatedTeam(4), agents },
		question: "Who are you?",
		env: {},
		callLimits: { waitMs: 0 },
	});
	unwelcoming.close();
	expect(turn.outcome).toBe("completed");
	expect(turn.final).toMatch(/^I am (one|two)\.$/);
	expect(Object.keys(turn.retired).sort()).toEqual(["bad-key", "down"]);
});

test("models that cannot call tools answer and vote in their text", async () => {
	const options = { baseUrl: `${mock.url}/v1` };
	const agents = ["one", "two", "three"].map((id) => ({ id, backend: "ollama", model: `toolless-${id}`, options, secretOptions: options }));
	const shown: string[] = [];
	const { turn } = await runTurn({
		store: createMemoryStore("s"),
		team: { ...simulatedTeam(3), agents },
		question: "Who are you?",
		env: {},
		onDelta: ({ text }) => shown.push(text),
	});
	expect(turn).toMatchObject({ outcome: "completed", final: expect.stringMatching(/^I am toolless-(one|two|three)\.$/), retired: {} });
	expect(shown.join("")).not.toContain("```");
});
