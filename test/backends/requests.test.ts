import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Message, Reply } from "../../src/core/conversation.ts";
import { answerTool, asked, hear } from "../contracts/backend.ts";
import { backendOf, formatOf } from "../fixtures/backends.ts";
import { type FaultServer, startFaultServer } from "../fixtures/fault-server.ts";

let server: FaultServer;
beforeAll(async () => {
	server = await startFaultServer();
});
afterAll(() => server.close());

/** The body that a backend with these options sends. */
async function sent(
	type: string,
	options: Record<string, unknown> = {},
	model = "test-model",
	messages: readonly Message[] = [asked],
): Promise<Record<string, unknown>> {
	const backend = await backendOf({ type, baseUrl: server.url(formatOf(type)), options, model });
	await hear(backend, { tools: [answerTool], messages });
	return server.received.at(-1)?.body ?? {};
}

const common = { temperature: 0.5, max_tokens: 100, top_p: 0.9, extra_body: { extra: 1 } };

describe("parameters go where each provider takes them", () => {
	test("chatcompletion", async () => {
		const options = {
			...common,
			top_k: 5,
			stop: "END",
			seed: 7,
			frequency_penalty: 0.1,
			reasoning: { effort: "low" },
			text: { verbosity: "low" },
			chat_template_kwargs: { a: 1 },
			provider_options: { user: "me" },
		};
		expect(await sent("chatcompletion", options)).toMatchObject({
			model: "test-model",
			temperature: 0.5,
			max_tokens: 100,
			top_p: 0.9,
			top_k: 5,
			stop: ["END"],
			seed: 7,
			frequency_penalty: 0.1,
			reasoning_effort: "low",
			verbosity: "low",
			chat_template_kwargs: { a: 1 },
			user: "me",
			extra: 1,
			stream: true,
			stream_options: { include_usage: true },
		});
	});

	test("openrouter", async () => {
		expect(
			await sent("openrouter", { reasoning: { effort: "low", max_tokens: 50 }, enable_web_search: true, max_results: 3 }),
		).toMatchObject({
			reasoning: { effort: "low", max_tokens: 50 },
			plugins: [{ id: "web", max_results: 3 }],
		});
	});

	test("openai", async () => {
		const options = {
			...common,
			reasoning: { effort: "low", summary: "auto" },
			text: { verbosity: "low" },
			enable_web_search: true,
			enable_code_interpreter: true,
		};
		expect(await sent("openai", options, "gpt-5.2")).toMatchObject({
			max_output_tokens: 100,
			reasoning: { effort: "low", summary: "auto" },
			text: { verbosity: "low" },
			tools: [{ name: "new_answer" }, { type: "web_search" }, { type: "code_interpreter" }],
			store: false,
			include: expect.arrayContaining(["reasoning.encrypted_content"]),
			prompt_cache_key: expect.stringMatching(/^massgen-[0-9a-f]{24}$/),
			extra: 1,
		});
	});

	test("azure_openai: the Responses API, or a deployment's chat completions for a dated version", async () => {
		await sent("azure_openai");
		expect(server.received.at(-1)).toMatchObject({
			path: expect.stringMatching(/\/responses$/),
			headers: { "api-key": "test-key-123456" },
		});
		const body = await sent("azure_openai", { api_version: "2024-10-21" }, "my-deployment");
		expect(server.received.at(-1)?.path).toMatch(/\/deployments\/my-deployment\/chat\/completions\?api-version=2024-10-21$/);
		expect(body).not.toHaveProperty("store");
	});

	test("claude", async () => {
		const options = { ...common, top_k: 5, stop: "END", enable_web_search: true, enable_code_execution: true, betas: ["some-beta"] };
		expect(await sent("claude", options, "claude-haiku-4-5")).toMatchObject({
			max_tokens: 100,
			top_k: 5,
			stop_sequences: ["END"],
			tools: [{ name: "new_answer" }, { type: "web_search_20250305" }, { type: "code_execution_20250825" }],
			cache_control: { type: "ephemeral" },
			extra: 1,
		});
		expect(server.received.at(-1)?.headers["anthropic-beta"]).toContain("some-beta");
		const thinking = { thinking: { type: "enabled", budget_tokens: 2048 } };
		expect(await sent("claude", thinking, "claude-sonnet-4-5")).toMatchObject({ thinking: { type: "enabled", budget_tokens: 2048 } });
	});

	test("gemini", async () => {
		const options = {
			...common,
			top_k: 5,
			stop: "END",
			seed: 7,
			thinking: { thinking_budget: 100 },
			include_thoughts: true,
			enable_web_search: true,
		};
		expect(await sent("gemini", options, "gemini-3-flash-preview")).toMatchObject({
			generationConfig: {
				temperature: 0.5,
				maxOutputTokens: 100,
				topP: 0.9,
				topK: 5,
				stopSequences: ["END"],
				seed: 7,
				thinkingConfig: { thinkingBudget: 100, includeThoughts: true },
			},
			tools: [{ googleSearch: {} }, { functionDeclarations: [{ name: "new_answer" }] }],
			extra: 1,
		});
	});

	test("gemini before version 3 has either Google's tools or ours: ours are written as text", async () => {
		const body = await sent("gemini", { enable_web_search: true }, "gemini-2.5-flash");
		expect(body.tools).toEqual([{ googleSearch: {} }]);
		expect(JSON.stringify(body.systemInstruction)).toContain("new_answer");
	});

	test("grok", async () => {
		expect(await sent("grok", { ...common, seed: 7, enable_web_search: true, reasoning: { effort: "low" } })).toMatchObject({
			max_output_tokens: 100,
			seed: 7,
			reasoning: { effort: "low" },
			store: false,
			tools: [{ name: "new_answer" }, { type: "web_search" }],
		});
	});

	test("mistral and groq", async () => {
		expect(await sent("mistral", { ...common, seed: 7, reasoning: { effort: "high" } })).toMatchObject({
			max_tokens: 100,
			random_seed: 7,
			reasoning_effort: "high",
			extra: 1,
		});
		expect(await sent("groq", { ...common, seed: 7, reasoning: { effort: "low" } })).toMatchObject({
			max_tokens: 100,
			seed: 7,
			reasoning_effort: "low",
			extra: 1,
		});
	});

	test("keys in camelCase, as a program writes them, mean the same", async () => {
		expect(await sent("chatcompletion", { maxTokens: 9, topK: 3, extraBody: { keep_this: 1 } })).toMatchObject({
			max_tokens: 9,
			top_k: 3,
			keep_this: 1,
		});
	});
});

describe("a conversation", () => {
	test.each(["openai", "claude", "gemini", "chatcompletion", "grok", "mistral", "groq", "azure_openai"])(
		"of %s begins, in each request, with what the last one held",
		async (type) => {
			const backend = await backendOf({ type, baseUrl: server.url(formatOf(type)) });
			const messages: Message[] = [asked];
			const conversations: string[] = [];
			for (let round = 0; round < 3; round++) {
				const { result } = await hear(backend, { tools: [answerTool], messages });
				if (!result.ok) throw new Error(result.error.message);
				conversations.push(conversationOf(server.received.at(-1)?.body ?? {}));
				messages.push(said(result.reply), {
					role: "tool",
					results: result.reply.toolCalls.map(({ id, name }) => ({ callId: id, name, output: `Round ${round}`, isError: false })),
				});
			}
			for (const [index, conversation] of conversations.entries())
				expect(conversation.startsWith(conversations[index - 1] ?? "")).toBe(true);
			expect(new Set(conversations).size).toBe(3);
		},
	);
});

function said({ text, reasoning, toolCalls, opaque }: Reply): Message {
	return { role: "assistant", text, reasoning, toolCalls, ...(opaque === undefined ? {} : { opaque }) };
}

/** All of a body but what comes after its last message, with the tools first. */
function conversationOf({ tools, system, systemInstruction, messages, input, contents }: Record<string, unknown>): string {
	return JSON.stringify([tools, system, systemInstruction, messages ?? input ?? contents]).replace(/\]+$/, "");
}

test("a setting that a model does not take is left out, and that is said once", async () => {
	const backend = await backendOf({
		type: "openai",
		baseUrl: server.url("openai responses"),
		options: { temperature: 0.5 },
		model: "gpt-5.2",
	});
	const first = await hear(backend);
	expect(server.received.at(-1)?.body).not.toHaveProperty("temperature");
	expect(first.progress).toBe("gpt-5.2 does not take temperature: it is left out.");
	expect((await hear(backend)).progress).toBe("");
});

test("a reply with nothing in it is sent as a word, since servers refuse empty messages", async () => {
	const nothing: Message = { role: "assistant", text: "", reasoning: "", toolCalls: [] };
	for (const type of ["openai", "claude", "gemini", "chatcompletion"])
		expect(JSON.stringify(await sent(type, {}, "test-model", [asked, nothing, asked]))).toContain("(nothing)");
});
