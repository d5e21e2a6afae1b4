import { expect, test } from "vitest";
import type { Backend, Call, CallResult } from "../../src/backends/backend.ts";
import type { Message, Request, ToolSpec } from "../../src/core/conversation.ts";

/** The answer tool, as agents are offered it. */
export const answerTool: ToolSpec = {
	name: "new_answer",
	description: "Give your answer.",
	inputSchema: { type: "object", properties: { content: { type: "string" } }, required: ["content"], additionalProperties: false },
};

export const asked: Message = { role: "user", text: "What is the capital of France?" };

export type Heard = {
	readonly result: CallResult;
	readonly text: string;
	readonly reasoning: string;
	readonly answer: string;
	readonly progress: string;
};

/** Makes one call and keeps what was handed on while it ran. */
export async function hear(backend: Backend, request: Partial<Request> = {}, more: Partial<Call> = {}): Promise<Heard> {
	const heard = { text: "", reasoning: "", answer: "", progress: "", waiting: "" };
	const result = await backend.call({
		agent: "a",
		step: "s1",
		request: { system: "Be brief.", messages: [asked], tools: [], ...request },
		signal: new AbortController().signal,
		onDelta: (kind, text) => {
			heard[kind] += text;
		},
		...more,
	});
	return { result, ...heard };
}

export type Subject = {
	/** A backend whose model answers at once: with text, or by calling `new_answer` if it is offered. */
	answering(): Promise<Backend>;
	/** One whose model says nothing until it is aborted. */
	silent(): Promise<Backend>;
};

/** What every backend must do, whoever is behind it. */
export function backendContract({ answering, silent }: Subject): void {
	test("text is handed on as it comes and is the text of the reply", async () => {
		const { result, text } = await hear(await answering());
		if (!result.ok) throw new Error(result.error.message);
		expect(result.reply.text).not.toBe("");
		expect(text).toBe(result.reply.text);
		expect(result.reply).toMatchObject({ toolCalls: [], finish: "stop" });
	});

	test("usage is reported, with cached tokens as part of the input and reasoning as part of the output", async () => {
		const { result } = await hear(await answering());
		if (!result.ok || !result.reply.usage) throw new Error("no usage");
		const { input, output, cached, reasoning } = result.reply.usage;
		expect(input).toBeGreaterThanOrEqual(cached);
		expect(output).toBeGreaterThanOrEqual(reasoning);
		expect(input).toBeGreaterThan(0);
		expect(output).toBeGreaterThan(0);
	});

	test("an offered tool can be called, and the answer in it is shown while it is written", async () => {
		const { result, text, answer } = await hear(await answering(), { tools: [answerTool] });
		if (!result.ok) throw new Error(result.error.message);
		expect(result.reply.finish).toBe("tool-calls");
		expect(result.reply.toolCalls).toMatchObject([{ name: "new_answer", input: { content: expect.any(String) } }]);
		expect(JSON.parse(result.reply.toolCalls[0]?.raw ?? "")).toEqual(result.reply.toolCalls[0]?.input);
		expect(text).toBe(result.reply.text);
		expect(answer).toBe(result.reply.toolCalls[0]?.input?.content);
	});

	test("a conversation goes on with its own reply and the results of its tools", async () => {
		const backend = await answering();
		const first = await hear(backend, { tools: [answerTool] });
		if (!first.result.ok) throw new Error(first.result.error.message);
		const { reply } = first.result;
		const [call] = reply.toolCalls;
		if (!call) throw new Error("no call");
		const messages: Message[] = [
			asked,
			{
				role: "assistant",
				text: reply.text,
				reasoning: reply.reasoning,
				toolCalls: reply.toolCalls,
				...(reply.opaque === undefined ? {} : { opaque: JSON.parse(JSON.stringify(reply.opaque)) }),
			},
			{ role: "tool", results: [{ callId: call.id, name: call.name, output: "Not yet: say more.", isError: true }] },
			{ role: "user", text: "Go on." },
		];
		expect((await hear(backend, { messages, tools: [answerTool] })).result).toMatchObject({ ok: true });
	});

	test("an aborted call ends within 100 ms, as aborted and not as an error to retry", async () => {
		const took: number[] = [];
		// The best of three: a busy machine may delay any one of them.
		for (let round = 0; round < 3; round++) {
			const controller = new AbortController();
			const running = hear(await silent(), {}, { signal: controller.signal });
			await new Promise((resolve) => setTimeout(resolve, 20));
			const before = performance.now();
			controller.abort();
			expect((await running).result).toMatchObject({ ok: false, error: { kind: "aborted", retryable: false } });
			took.push(performance.now() - before);
		}
		expect(Math.min(...took)).toBeLessThan(100);
	});

	test("a call whose signal has aborted before makes no call", async () => {
		const { result, text } = await hear(await answering(), {}, { signal: AbortSignal.abort() });
		expect(result).toMatchObject({ ok: false, error: { kind: "aborted" } });
		expect(text).toBe("");
	});

	test("calls at the same time do not mix", async () => {
		const backend = await answering();
		const heard = await Promise.all([hear(backend), hear(backend, { tools: [answerTool] }), hear(backend)]);
		for (const { result, text } of heard) expect(result.ok && result.reply.text).toBe(text);
	});

	test("closing never fails", async () => {
		const backend = await answering();
		await hear(backend);
		await backend.close?.();
	});
}
