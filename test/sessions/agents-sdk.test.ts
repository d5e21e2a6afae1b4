import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
	Agent,
	type AgentInputItem,
	isSessionHistoryRewriteAwareSession,
	isSessionHistoryTransactionAwareSession,
	Runner,
	MemorySession as SdkMemorySession,
	type Session,
	tool,
} from "@openai/agents";
import { assistantMessage, functionCall, type RecordedModelCall, ScriptedModel } from "@openai/agents/testing";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { MemorySession } from "../../src/sessions/memory-session.ts";
import { SqliteSession } from "../../src/sessions/sqlite-session.ts";

const runner = new Runner({ tracingDisabled: true });
const answers = (...texts: string[]): ScriptedModel => new ScriptedModel(texts.map((text) => [assistantMessage(text)]));
const assistant = (model: ScriptedModel, name = "Assistant"): Agent => new Agent({ name, instructions: "Reply concisely.", model });

/** What a model was given in one call, as `role: text`. */
function seen(call: RecordedModelCall | undefined): string[] {
	const input: unknown = call?.request.input;
	return Array.isArray(input)
		? input.map((item: AgentInputItem) => ("role" in item ? `${item.role}: ${text(item.content)}` : String(item.type)))
		: [`user: ${String(input)}`];
}

function text(content: unknown): string {
	if (typeof content === "string") return content;
	return Array.isArray(content) ? content.map((part: { text?: string }) => part.text ?? "").join("") : "";
}

function file(): string {
	return join(mkdtempSync(join(tmpdir(), "massgen-sdk-")), "conversations.db");
}

const kinds: readonly [string, () => Session][] = [
	["SqliteSession in a file", () => new SqliteSession("conversation_123", file())],
	["SqliteSession in a file that Python may go on with", () => new SqliteSession("conversation_123", file(), { dialect: "responses" })],
	["SqliteSession in memory", () => new SqliteSession("conversation_123")],
	["MemorySession", () => new MemorySession({ sessionId: "conversation_123" })],
];

describe.each(kinds)("%s in the OpenAI Agents SDK", (_name, open) => {
	test("O1, O17: a run is given what was said before, and its own items are stored after it", async () => {
		const session = open();
		const model = answers("San Francisco", "California");
		await runner.run(assistant(model), "What city is the Golden Gate Bridge in?", { session });
		const result = await runner.run(assistant(model), "What state is it in?", { session });
		expect(result.finalOutput).toBe("California");
		expect(seen(model.calls[0])).toEqual(["user: What city is the Golden Gate Bridge in?"]);
		expect(seen(model.calls[1])).toEqual([
			"user: What city is the Golden Gate Bridge in?",
			"assistant: San Francisco",
			"user: What state is it in?",
		]);
		expect(await session.getItems()).toHaveLength(4);
	});

	test("O2: a run with tools stores the call and its result, in order, and the next run is given both", async () => {
		const session = open();
		const add = tool({
			name: "add",
			description: "Adds",
			parameters: z.object({ a: z.number(), b: z.number() }),
			execute: async ({ a, b }) => String(a + b),
		});
		const model = new ScriptedModel([
			[functionCall("add", { a: 1, b: 2 }, { callId: "call_1" })],
			[assistantMessage("3")],
			[assistantMessage("still 3")],
		]);
		const agent = new Agent({ name: "Calculator", model, tools: [add] });
		await runner.run(agent, "1 + 2?", { session });
		await runner.run(agent, "Sure?", { session });
		const kinds = (await session.getItems()).map((item) => item.type ?? "message");
		expect(kinds).toEqual(["message", "function_call", "function_call_result", "message", "message", "message"]);
		expect(seen(model.calls[2])).toEqual(
			["user: 1 + 2?", "function_call", "function_call_result", "assistant: 3", "user: Sure?", "assistant: still 3"].slice(0, 5),
		);
	});

	test("O2: a streamed run stores its items too", async () => {
		const session = open();
		const model = answers("Hello there");
		const result = await runner.run(assistant(model), "Hello", { session, stream: true });
		for await (const _event of result.toTextStream()) void _event;
		await result.completed;
		expect((await session.getItems()).map((item) => ("role" in item ? item.role : item.type))).toEqual(["user", "assistant"]);
	});

	test("O7: plain messages that were added by hand are understood by the next run", async () => {
		const session = open();
		await session.addItems([{ role: "user", content: "My name is Alice" }, plainReply("Hello Alice")]);
		const model = answers("Alice");
		await runner.run(assistant(model), "What's my name?", { session });
		expect(seen(model.calls[0])).toEqual(["user: My name is Alice", "assistant: Hello Alice", "user: What's my name?"]);
	});

	test("O8: a question is corrected by taking back the answer and the question", async () => {
		const session = open();
		const model = answers("4", "6");
		await runner.run(assistant(model), "2 + 2?", { session });
		const answer = await session.popItem();
		const question = await session.popItem();
		expect([answer, question].map((item) => (item !== undefined && "role" in item ? item.role : undefined))).toEqual(["assistant", "user"]);
		await runner.run(assistant(model), "2 + 4?", { session });
		expect(seen(model.calls[1])).toEqual(["user: 2 + 4?"]);
	});

	test("O9: a cleared session starts from nothing", async () => {
		const session = open();
		const model = answers("noted", "I do not know");
		await runner.run(assistant(model), "I work as a developer", { session });
		await session.clearSession();
		await runner.run(assistant(model), "What do I do for work?", { session });
		expect(seen(model.calls[1])).toEqual(["user: What do I do for work?"]);
	});

	test("O12: another agent on the same session sees what the first discussed", async () => {
		const session = open();
		const support = answers("Ticket opened");
		const sales = answers("I see the ticket");
		await runner.run(assistant(support, "Support"), "My router is broken", { session });
		await runner.run(assistant(sales, "Sales"), "Which one should I buy?", { session });
		expect(seen(sales.calls[0])).toEqual(["user: My router is broken", "assistant: Ticket opened", "user: Which one should I buy?"]);
	});

	test("O13: it has the capabilities of the SDK's own memory session and ends in the same history", async () => {
		const session = open();
		expect(isSessionHistoryRewriteAwareSession(session)).toBe(true);
		expect(isSessionHistoryTransactionAwareSession(session)).toBe(true);
		const own = new SdkMemorySession({ sessionId: "conversation_123" });
		for (const each of [session, own]) {
			const model = answers("one", "two");
			await runner.run(assistant(model), "1?", { session: each });
			await runner.run(assistant(model), "2?", { session: each });
		}
		expect(strip(await session.getItems())).toEqual(strip(await own.getItems()));
	});
});

test("O22: a run without a session remembers nothing", async () => {
	const model = answers("Hello Alice", "I do not know");
	await runner.run(assistant(model), "My name is Alice");
	await runner.run(assistant(model), "What's my name?");
	expect(seen(model.calls[1])).toEqual(["user: What's my name?"]);
});

test("O21: a session with a limit shows a run only the newest items, and keeps all", async () => {
	const session = new SqliteSession("long", ":memory:", { limit: 2 });
	const model = answers("one", "two", "three");
	for (const question of ["1?", "2?", "3?"]) await runner.run(assistant(model), question, { session });
	expect(seen(model.calls[2])).toEqual(["user: 2?", "assistant: two", "user: 3?"]);
	expect(await session.getItems(99)).toHaveLength(6);
});

/** The protocol asks for parts; the tutorial and many users give a text. */
function plainReply(content: string): AgentInputItem {
	return JSON.parse(JSON.stringify({ role: "assistant", content }));
}

/** Items without the ids that a provider gave and the defaults of one dialect. */
function strip(items: readonly AgentInputItem[]): unknown[] {
	return items.map((item) => ("role" in item ? { role: item.role, text: text(item.content) } : item));
}
