import { expect, test } from "vitest";
import type { Message } from "../../src/core/conversation.ts";
import { answerTool, asked, hear } from "../contracts/backend.ts";
import { backendOf } from "../fixtures/backends.ts";
import { startRawServer } from "../fixtures/raw-server.ts";

/**
 * Shapes of real replies, trimmed to what is read. To record one again: `curl -N` the provider's streaming endpoint with a
 * key, and keep the events that differ from these.
 */
type Part = Record<string, unknown> & { readonly type?: string };

function stream(...parts: readonly Part[]): string {
	return parts.map((part) => `${part.type ? `event: ${part.type}\n` : ""}data: ${JSON.stringify(part)}\n\n`).join("");
}

/** What a backend makes of a stream, and the body of the request that goes on with it. */
async function replay(type: string, model: string, body: string) {
	const server = await startRawServer({ headers: { "content-type": "text/event-stream" }, body });
	try {
		const backend = await backendOf({ type, baseUrl: server.url, model });
		const heard = await hear(backend, { tools: [answerTool] });
		const { result } = heard;
		if (!result.ok) return { ...heard, next: "" };
		const { text, reasoning, toolCalls, opaque } = result.reply;
		const messages: Message[] = [
			asked,
			{ role: "assistant", text, reasoning, toolCalls, ...(opaque === undefined ? {} : { opaque: JSON.parse(JSON.stringify(opaque)) }) },
			...(toolCalls.length > 0
				? [{ role: "tool" as const, results: toolCalls.map(({ id, name }) => ({ callId: id, name, output: "noted", isError: false })) }]
				: []),
			{ role: "user", text: "Go on." },
		];
		await hear(backend, { tools: [answerTool], messages });
		return { ...heard, next: server.bodies.at(-1) ?? "" };
	} finally {
		server.close();
	}
}

const claude = {
	start: {
		type: "message_start",
		message: {
			id: "msg_1",
			type: "message",
			role: "assistant",
			model: "claude-sonnet-4-5",
			content: [],
			stop_reason: null,
			usage: { input_tokens: 20, cache_creation_input_tokens: 5, cache_read_input_tokens: 3, output_tokens: 1 },
		},
	},
	block: (index: number, content_block: Part, ...deltas: readonly Part[]): readonly Part[] => [
		{ type: "content_block_start", index, content_block },
		...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
		{ type: "content_block_stop", index },
	],
	end: (stop_reason: string): readonly Part[] => [
		{ type: "message_delta", delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 9 } },
		{ type: "message_stop" },
	],
};

test("Claude's thoughts go back with their signatures, hidden ones too, each in its place", async () => {
	const body = stream(
		claude.start,
		...claude.block(
			0,
			{ type: "thinking", thinking: "", signature: "" },
			{ type: "thinking_delta", thinking: "France, " },
			{ type: "thinking_delta", thinking: "so Paris." },
			{ type: "signature_delta", signature: "sig-1" },
		),
		...claude.block(1, { type: "redacted_thinking", data: "hidden-1" }),
		...claude.block(2, { type: "text", text: "" }, { type: "text_delta", text: "I will answer." }),
		...claude.block(
			3,
			{ type: "tool_use", id: "toolu_1", name: "new_answer", input: {} },
			{ type: "input_json_delta", partial_json: '{"content":"Paris"}' },
		),
		...claude.end("tool_use"),
	);
	const { result, next } = await replay("claude", "claude-sonnet-4-5", body);
	expect(result).toMatchObject({
		ok: true,
		reply: { reasoning: "France, so Paris.", text: "I will answer.", usage: { input: 28, cached: 3, written: 5, output: 9 } },
	});
	expect(JSON.parse(next).messages[1].content).toMatchObject([
		{ type: "thinking", thinking: "France, so Paris.", signature: "sig-1" },
		{ type: "redacted_thinking", data: "hidden-1" },
		{ type: "text", text: "I will answer." },
		{ type: "tool_use", id: "toolu_1", input: { content: "Paris" } },
	]);
});

test("a search that Claude ran itself is no call of ours, and goes back as it came", async () => {
	const found = [{ type: "web_search_result", url: "https://example.org", title: "Paris", encrypted_content: "enc", page_age: null }];
	const body = stream(
		claude.start,
		...claude.block(
			0,
			{ type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} },
			{ type: "input_json_delta", partial_json: '{"query":"capital"}' },
		),
		...claude.block(1, { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: found }),
		...claude.block(2, { type: "text", text: "" }, { type: "text_delta", text: "Paris." }),
		...claude.end("end_turn"),
	);
	const { result, next } = await replay("claude", "claude-sonnet-4-5", body);
	expect(result).toMatchObject({ ok: true, reply: { text: "Paris.", toolCalls: [], finish: "stop" } });
	expect(JSON.parse(next).messages[1].content).toMatchObject([
		{ type: "server_tool_use", id: "srvtoolu_1" },
		{ type: "web_search_tool_result", tool_use_id: "srvtoolu_1" },
		{ type: "text" },
	]);
});

test("broken arguments of Claude are handed on as it wrote them", async () => {
	const body = stream(
		claude.start,
		...claude.block(
			0,
			{ type: "tool_use", id: "toolu_1", name: "new_answer", input: {} },
			{ type: "input_json_delta", partial_json: '{"content": "Par' },
		),
		...claude.end("max_tokens"),
	);
	const { result } = await replay("claude", "claude-sonnet-4-5", body);
	expect(result).toMatchObject({ ok: true, reply: { toolCalls: [{ raw: '{"content": "Par' }] } });
	expect(result.ok && result.reply.toolCalls[0] && "input" in result.reply.toolCalls[0]).toBe(false);
});

test("a refusal of Claude's is an error that says so", async () => {
	const { result } = await replay("claude", "claude-sonnet-4-5", stream(claude.start, ...claude.end("refusal")));
	expect(result).toMatchObject({ ok: false, error: { kind: "refused", retryable: false } });
});

function gemini(parts: readonly Part[], more: Part = {}): Part {
	return { candidates: [{ index: 0, content: { role: "model", parts }, ...more }] };
}

test("Gemini's thought signatures go back with the calls they belong to", async () => {
	const call = (content: string, more: Part = {}): Part => ({ functionCall: { name: "new_answer", args: { content } }, ...more });
	const body = stream(
		gemini([{ text: "France, so ", thought: true }]),
		gemini([call("Paris", { thoughtSignature: "sig-g" }), call("Lyon")]),
		gemini([{ text: "" }], { finishReason: "STOP" }),
	);
	const { result, next } = await replay("gemini", "gemini-3-flash-preview", body);
	expect(result).toMatchObject({
		ok: true,
		reply: { reasoning: "France, so ", toolCalls: [{ input: { content: "Paris" } }, { input: { content: "Lyon" } }], finish: "tool-calls" },
	});
	expect(next).toContain("sig-g");
});

test.each([
	["MAX_TOKENS", { ok: true, reply: { finish: "length", text: "Par" } }],
	["SAFETY", { ok: true, reply: { finish: "content-filter", text: "Par" } }],
	["MALFORMED_FUNCTION_CALL", { ok: false, error: { kind: "bad-response", retryable: true } }],
	["SOMETHING_NEW", { ok: false, error: { kind: "bad-response" } }],
])("Gemini ends with %s", async (finishReason, expected) => {
	const { result } = await replay(
		"gemini",
		"gemini-3-flash-preview",
		stream(gemini([{ text: "Par" }]), gemini([{ text: "" }], { finishReason })),
	);
	expect(result).toMatchObject(expected);
});

const responses = {
	start: {
		type: "response.created",
		response: { id: "r1", object: "response", created_at: 1, model: "gpt-5.2", status: "in_progress", output: [] },
	},
	reasoning: (encrypted_content: string): readonly Part[] => [
		{
			type: "response.output_item.added",
			output_index: 0,
			item: { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "early" },
		},
		{
			type: "response.reasoning_summary_part.added",
			item_id: "rs_1",
			output_index: 0,
			summary_index: 0,
			part: { type: "summary_text", text: "" },
		},
		{ type: "response.reasoning_summary_text.delta", item_id: "rs_1", output_index: 0, summary_index: 0, delta: "France, so Paris." },
		{
			type: "response.reasoning_summary_part.done",
			item_id: "rs_1",
			output_index: 0,
			summary_index: 0,
			part: { type: "summary_text", text: "France, so Paris." },
		},
		{
			type: "response.output_item.done",
			output_index: 0,
			item: { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "France, so Paris." }], encrypted_content },
		},
	],
	text: (text: string): readonly Part[] => [
		{
			type: "response.output_item.added",
			output_index: 1,
			item: { type: "message", id: "msg_1", role: "assistant", status: "in_progress", content: [] },
		},
		{ type: "response.output_text.delta", item_id: "msg_1", output_index: 1, content_index: 0, delta: text },
		{
			type: "response.output_item.done",
			output_index: 1,
			item: {
				type: "message",
				id: "msg_1",
				role: "assistant",
				status: "completed",
				content: [{ type: "output_text", text, annotations: [] }],
			},
		},
	],
	end: (type: string, more: Part): Part => ({
		type,
		response: {
			id: "r1",
			object: "response",
			created_at: 1,
			model: "gpt-5.2",
			output: [],
			usage: {
				input_tokens: 10,
				input_tokens_details: { cached_tokens: 4 },
				output_tokens: 6,
				output_tokens_details: { reasoning_tokens: 3 },
				total_tokens: 16,
			},
			...more,
		},
	}),
};

test("reasoning of the Responses API comes encrypted and goes back, since nothing is stored there", async () => {
	const body = stream(
		responses.start,
		...responses.reasoning("encrypted-1"),
		...responses.text("Paris."),
		responses.end("response.completed", { status: "completed" }),
	);
	const { result, next } = await replay("openai", "gpt-5.2", body);
	expect(result).toMatchObject({
		ok: true,
		reply: { reasoning: "France, so Paris.", text: "Paris.", usage: { input: 10, cached: 4, output: 6, reasoning: 3 } },
	});
	expect(JSON.parse(next).input).toMatchObject([
		{},
		{},
		{ type: "reasoning", encrypted_content: "encrypted-1" },
		{ role: "assistant" },
		{ role: "user" },
	]);
});

test.each([
	["max_output_tokens", { ok: true, reply: { finish: "length" } }],
	["content_filter", { ok: true, reply: { finish: "content-filter" } }],
])("an incomplete Response says why: %s", async (reason, expected) => {
	const body = stream(
		responses.start,
		...responses.text("Par"),
		responses.end("response.incomplete", { status: "incomplete", incomplete_details: { reason } }),
	);
	expect((await replay("openai", "gpt-5.2", body)).result).toMatchObject(expected);
});

test("a failed Response is the failure it names", async () => {
	const body = stream(
		responses.start,
		...responses.text("Par"),
		responses.end("response.failed", { status: "failed", error: { code: "server_error", message: "The model produced an error." } }),
	);
	expect((await replay("openai", "gpt-5.2", body)).result).toMatchObject({ ok: false, error: { kind: "network", retryable: true } });
});

function chunk(delta: Part, finish_reason: string | null = null): Part {
	return { id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason }] };
}

test("reasoning of a chat server is told apart, and sent back only where the server wants it", async () => {
	const body = `${stream(chunk({ role: "assistant", reasoning_content: "France, so Paris." }), chunk({ content: "Paris." }), chunk({}, "stop"))}data: [DONE]\n\n`;
	const deepseek = await replay("deepseek", "deepseek-flash", body);
	expect(deepseek).toMatchObject({ reasoning: "France, so Paris.", text: "Paris.", result: { ok: true } });
	expect(deepseek.next).toContain("France, so Paris.");
	expect((await replay("together", "m", body)).next).not.toContain("France, so Paris.");
});

test("a server that counts nothing leaves the usage out, and an unknown finish reason is no end", async () => {
	const { result } = await replay("vllm", "m", `${stream(chunk({ content: "Paris." }), chunk({}, "stop"))}data: [DONE]\n\n`);
	expect(result.ok && "usage" in result.reply).toBe(false);
	expect((await replay("vllm", "m", stream(chunk({ content: "Paris." }), chunk({}, "eos_token")))).result).toMatchObject({
		ok: false,
		error: { kind: "bad-response", message: expect.stringContaining("eos_token") },
	});
});
