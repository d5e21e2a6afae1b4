import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Agent, Runner, MemorySession as SdkSession } from "@openai/agents";
import { assistantMessage, ScriptedModel } from "@openai/agents/testing";
import { expect, test } from "vitest";
import type { SessionObject } from "../../src/library/remembering.ts";
import { run } from "../../src/library/run.ts";
import { stream } from "../../src/library/stream.ts";
import { MemorySession } from "../../src/sessions/memory-session.ts";
import { SqliteSession } from "../../src/sessions/sqlite-session.ts";
import { endless, place, scripted, team } from "./place.ts";
import { talkingServer } from "./talking-server.ts";

const quick = scripted([{ say: "An answer." }]);

/** An object of a program's own with the five methods, which notes what is asked of it. */
function own(items: object[] = []) {
	const calls: string[] = [];
	const note = <T>(name: string, value: T): Promise<T> => {
		calls.push(name);
		return Promise.resolve(value);
	};
	const session: SessionObject = {
		getSessionId: () => Promise.resolve("mine"),
		getItems: (...given) => note(`getItems(${given.join()})`, structuredClone(items)),
		addItems: (added) => note(`addItems(${added.length})`, void items.push(...added)),
		popItem: () => note("popItem", items.pop()),
		clearSession: () => note("clearSession", undefined),
	};
	return { session, items, calls };
}

test("O1, O3, O22: a session given to run is remembered by itself; without it nothing is", async () => {
	const server = await talkingServer();
	const model = {
		backend: "chatcompletion",
		model: "m",
		baseUrl: server.url,
		inMemory: true,
		...place(),
		env: { OPENAI_API_KEY: "k-123456" },
	};
	const session = new MemorySession({ sessionId: "conversation_123" });
	try {
		await run({ query: "My name is Alice", session, ...model });
		await run({ query: "What's my name?", session, ...model });
		await run({ query: "What's my name?", ...model });
		expect(server.requests.map((messages) => messages.map(({ role, content }) => `${role}: ${content}`))).toEqual([
			["user: My name is Alice"],
			["user: My name is Alice", "assistant: answer 1", "user: What's my name?"],
			["user: What's my name?"],
		]);
		expect(await session.getItems()).toHaveLength(4);
	} finally {
		server.close();
	}
});

test("O2, O13: any object with the five methods is a session: read once, added to once", async () => {
	const { session, items, calls } = own([
		{ role: "user", content: "Before" },
		{ role: "assistant", content: "Indeed." },
	]);
	const at = place();
	const result = await run({ query: "And now?", session, config: team(3), ...at });
	expect(result).toMatchObject({ outcome: "completed", session_id: "mine", log_directory: null, resume: null });
	expect(calls).toEqual(["getItems()", "addItems(2)"]);
	expect(items.slice(2)).toEqual([
		{ type: "message", role: "user", content: "And now?" },
		{ type: "message", role: "assistant", status: "completed", content: [{ type: "output_text", text: result.answer }] },
	]);
	expect(readdirSync(at.directory)).toEqual([]);
});

test("O2: a run that fails adds nothing, a stream that fails or is left adds the question alone", async () => {
	const failing = scripted([{ fail: { kind: "auth" } }]);
	const first = own();
	expect(await run({ query: "Q", session: first.session, config: failing, ...place() })).toMatchObject({ outcome: "failed" });
	expect(first.items).toEqual([]);
	for await (const _ of stream({ query: "Q", session: first.session, config: failing, ...place() }));
	expect(first.items).toEqual([{ type: "message", role: "user", content: "Q" }]);
	const left = own();
	for await (const { type } of stream({ query: "Q", session: left.session, config: endless, ...place() }))
		if (type === "step.started") break;
	expect(left.items).toEqual([{ type: "message", role: "user", content: "Q" }]);
	for await (const _ of stream({ query: "Q", session: left.session, config: quick, ...place() }));
	expect(left.items).toHaveLength(3);
});

test("what was paid for is returned also if the session cannot take it", async () => {
	const { session } = own();
	const broken = { ...session, addItems: () => Promise.reject(new Error("disk full")) };
	const result = await run({ query: "Q", session: broken, config: quick, ...place() });
	expect(result.answer).toContain("An answer.");
	expect(result.warnings).toEqual([expect.stringContaining("disk full")]);
	await expect(run({ query: "Q", session: 7 as never, config: quick, ...place() })).rejects.toThrow("neither an id nor an object");
	await expect(run({ session, config: quick, ...place() })).rejects.toThrow("needs a query");
});

test("O5, O12: what a team discussed in a SqliteSession, an agent of the OpenAI SDK goes on with, and the other way round", async () => {
	const at = place();
	const session = new SqliteSession("user_123", join(at.directory, "conversations.db"));
	await run({ query: "First?", session, config: team(2), ...at });
	const model = new ScriptedModel([[assistantMessage("Noted.")]]);
	await new Runner({ tracingDisabled: true }).run(new Agent({ name: "Assistant", model }), "Second?", { session });
	expect(model.calls[0]?.request.input).toMatchObject([{ role: "user" }, { role: "assistant" }, { role: "user" }]);
	const result = await run({ query: "Third?", session, config: quick, ...at });
	expect(result.outcome).toBe("completed");
	expect(await session.getItems()).toHaveLength(6);
	await session.close();
});

test("O13: the SDK's own memory session is taken as well", async () => {
	const session = new SdkSession({ sessionId: "theirs" });
	const result = await run({ query: "Hello", session, config: quick, ...place() });
	expect(result.session_id).toBe("theirs");
	expect(await session.getItems()).toHaveLength(2);
});
