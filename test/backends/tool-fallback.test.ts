import { expect, test } from "vitest";
import type { Backend, CallResult } from "../../src/backends/backend.ts";
import { callMarker } from "../../src/backends/text-tools.ts";
import { refusesTools, withToolFallback } from "../../src/backends/tool-fallback.ts";
import type { Message, Request } from "../../src/core/conversation.ts";
import { answerTool, asked, hear } from "../contracts/backend.ts";

const marker = callMarker("secret");
const written = `Let me think.\n\n\`\`\`${marker}\n{"name": "new_answer", "arguments": {"content": "Paris"}}\n\`\`\``;

/** A model without tools: refuses a request that has some, and writes a call as text otherwise. */
function toolless(words: string) {
	const requests: Request[] = [];
	const backend: Backend = {
		async call({ request, onDelta }): Promise<CallResult> {
			requests.push(request);
			if (request.tools.length > 0) return { ok: false, error: { kind: "bad-request", message: words, status: 400, retryable: false } };
			for (const piece of written.match(/.{1,5}/gs) ?? []) onDelta("text", piece);
			return { ok: true, reply: { text: written, reasoning: "", toolCalls: [], finish: "stop", opaque: { provider: "x" } } };
		},
	};
	return { backend, requests };
}

let models = 0;
const unseen = () => `model ${models++}`;

test("a model that refuses tools is asked again without, once, and its call is read from its text", async () => {
	const { backend, requests } = toolless("this model does not support tools");
	const model = unseen();
	const able = withToolFallback(backend, { mode: undefined, model, secret: "secret" });
	const { result, text } = await hear(able, { tools: [answerTool] });
	expect(result).toMatchObject({
		ok: true,
		reply: { text: "Let me think.", finish: "tool-calls", toolCalls: [{ name: "new_answer", input: { content: "Paris" } }] },
	});
	expect(text).toBe("Let me think.");
	expect(result.ok && "opaque" in result.reply).toBe(false);
	expect(requests.map(({ tools }) => tools.length)).toEqual([1, 0]);
	await hear(withToolFallback(backend, { mode: undefined, model, secret: "secret" }), { tools: [answerTool] });
	expect(requests.map(({ tools }) => tools.length)).toEqual([1, 0, 0]);
	expect(requests[1]?.system).toContain("new_answer");
});

test("the user's word counts: never as text, or always", async () => {
	const { backend, requests } = toolless("tools are not supported");
	const native = await hear(withToolFallback(backend, { mode: "native", model: unseen(), secret: "secret" }), { tools: [answerTool] });
	expect(native.result.ok).toBe(false);
	await hear(withToolFallback(backend, { mode: "text", model: unseen(), secret: "secret" }), { tools: [answerTool] });
	expect(requests.map(({ tools }) => tools.length)).toEqual([1, 0]);
});

test("calls and results of earlier steps become text, with neighbours of one role in one message", async () => {
	const { backend, requests } = toolless("");
	const call = { id: "1", name: "new_answer", input: { content: "Rome" }, raw: "" };
	const messages: Message[] = [
		asked,
		{ role: "assistant", text: "Hm.", reasoning: "", toolCalls: [call] },
		{ role: "tool", results: [{ callId: "1", name: "new_answer", output: "Not good enough.", isError: true }] },
		{ role: "user", text: "Go on." },
	];
	await hear(withToolFallback(backend, { mode: "text", model: unseen(), secret: "secret" }), { tools: [answerTool], messages });
	const sent = requests[0]?.messages ?? [];
	expect(sent.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
	expect(JSON.stringify(sent[1])).toContain("Rome");
	expect(JSON.stringify(sent[2])).toMatch(/Not good enough\..*Go on\./);
});

test.each([
	["registry.ollama.ai/library/gemma:2b does not support tools", true],
	['"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set', true],
	["tools param requires --jinja flag", true],
	["Function calling is not enabled for this model", true],
	["No endpoints found that support tool use", true],
	["Tool calling is not supported with this model", true],
	["Unsupported parameter: temperature", false],
	["The model does not exist", false],
])("%s", (message, refuses) => {
	expect(refusesTools({ ok: false, error: { kind: "bad-request", message, retryable: false } })).toBe(refuses);
});
