import { LLMock } from "@copilotkit/aimock";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Message } from "../../src/core/conversation.ts";
import { answerTool, asked, hear } from "../contracts/backend.ts";
import { backendOf, typeOf } from "../fixtures/backends.ts";
import { type WireFormat, wireFormats } from "../fixtures/wire-formats.ts";

/**
 * An independent rendering of the five formats. It names Gemini's reason after a call wrongly, repairs Claude's broken
 * arguments and does not say why a Response is incomplete: these are tested with recorded shapes in recorded.test.ts.
 */
const mock = new LLMock({ port: 0 });

const longText = "Paris has been the capital of France for most of its history. ".repeat(20);

beforeAll(async () => {
	mock.onMessage("long", {
		content: longText,
		usage: { prompt_tokens: 11, completion_tokens: 7, input_tokens: 11, output_tokens: 7, promptTokenCount: 11, candidatesTokenCount: 7 },
	});
	mock.onMessage("two tools", {
		toolCalls: [
			{ name: "new_answer", arguments: '{"content":"Paris"}', id: "call_a" },
			{ name: "new_answer", arguments: '{"content":"Lyon"}', id: "call_b" },
		],
	});
	mock.onMessage("text and tool", { content: "I think so.", toolCalls: [{ name: "new_answer", arguments: '{"content":"Paris"}' }] });
	mock.onMessage("broken arguments", { toolCalls: [{ name: "new_answer", arguments: '{"content": "Par' }] });
	mock.onMessage("think first", { content: "Paris.", reasoning: "France, hence Paris.", reasoningSignature: "signed-by-the-provider" });
	mock.onMessage("cut off", { content: "Paris has been the", finishReason: "length" });
	mock.onMessage("filtered", { content: "I cannot", finishReason: "content_filter" });
	await mock.start();
});
afterAll(() => mock.stop());

const base: Readonly<Record<(typeof wireFormats)[number], string>> = {
	"openai chat": "/v1",
	"openai responses": "/v1",
	"openai compatible": "/v1",
	anthropic: "/v1",
	gemini: "/v1beta",
};

async function ask(format: keyof typeof base, text: string, tools = [answerTool]) {
	const backend = await backendOf({ type: typeOf[format], baseUrl: `${mock.url}${base[format]}`, model: modelOf(format) });
	return hear(backend, { messages: [{ role: "user", text }], tools });
}

function modelOf(format: WireFormat): string {
	return format === "anthropic" ? "claude-sonnet-4-5" : format === "gemini" ? "gemini-3-flash-preview" : "gpt-5.2";
}

describe.each(wireFormats)("%s", (format) => {
	test("streams a text, and counts its tokens", async () => {
		const { result, text } = await ask(format, "long", []);
		expect(text).toBe(longText);
		expect(result).toMatchObject({ ok: true, reply: { text: longText, toolCalls: [], finish: "stop", usage: { input: 11, output: 7 } } });
	});

	test.skipIf(format === "gemini")("carries several calls, with text before them", async () => {
		const { result } = await ask(format, "two tools");
		expect(result).toMatchObject({
			ok: true,
			reply: { finish: "tool-calls", toolCalls: [{ input: { content: "Paris" } }, { input: { content: "Lyon" } }] },
		});
		const ids = result.ok ? result.reply.toolCalls.map(({ id }) => id) : [];
		expect(new Set(ids).size).toBe(2);
		expect((await ask(format, "text and tool")).result).toMatchObject({
			ok: true,
			reply: { text: "I think so.", toolCalls: [{ input: { content: "Paris" } }] },
		});
	});

	test.skipIf(format === "gemini" || format === "anthropic")(
		"hands on arguments that are no JSON as they are, for the model to be told",
		async () => {
			const { result } = await ask(format, "broken arguments");
			if (!result.ok) throw new Error(result.error.message);
			expect(result.reply.toolCalls).toEqual([{ id: expect.any(String), name: "new_answer", raw: '{"content": "Par' }]);
		},
	);

	test.skipIf(format === "gemini" || format === "openai responses")("says why a reply ended", async () => {
		expect((await ask(format, "cut off", [])).result).toMatchObject({ ok: true, reply: { finish: "length", text: "Paris has been the" } });
		if (format.startsWith("openai "))
			expect((await ask(format, "filtered", [])).result).toMatchObject({ ok: true, reply: { finish: "content-filter" } });
	});

	test("keeps what the model thought apart from what it said", async () => {
		const { result, text, reasoning } = await ask(format, "think first", []);
		expect(result).toMatchObject({ ok: true, reply: { text: "Paris.", reasoning: "France, hence Paris." } });
		expect({ text, reasoning }).toEqual({ text: "Paris.", reasoning: "France, hence Paris." });
	});
});

test("a signature comes back to the provider that gave it, with its thought, and to no other", async () => {
	const { result } = await ask("anthropic", "think first");
	if (!result.ok) throw new Error(result.error.message);
	const { text, reasoning, toolCalls, opaque } = result.reply;
	// As it comes out of the log.
	const reply: Message = { role: "assistant", text, reasoning, toolCalls, opaque: JSON.parse(JSON.stringify(opaque)) };
	const again = async (format: keyof typeof base) => {
		const backend = await backendOf({ type: typeOf[format], baseUrl: `${mock.url}${base[format]}`, model: modelOf(format) });
		await hear(backend, { messages: [asked, reply, { role: "user", text: "long" }] });
		return JSON.stringify(mock.getLastRequest()?.body ?? {});
	};
	const own = await again("anthropic");
	expect(own).toContain("Paris.");
	const other = await again("openai responses");
	expect(other).toContain("Paris.");
	expect(other).not.toContain("signed-by-the-provider");
	expect(JSON.stringify(opaque)).toContain("signed-by-the-provider");
});
