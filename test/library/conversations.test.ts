import { expect, test } from "vitest";
import { Agent } from "../../src/library/agent.ts";
import { createClient } from "../../src/library/client.ts";
import { endless, place, scripted } from "./place.ts";
import { talkingServer } from "./talking-server.ts";

const quick = scripted([{ say: "An answer." }]);

test("R23, R24, R25: a conversation keeps what was said, two messages with every send", async () => {
	const client = createClient({ config: quick, ...place() });
	const conversation = await client.conversations.create();
	expect(conversation.messages).toEqual([]);
	const first = await conversation.send("What is machine learning?");
	expect(first).toMatchObject({ session_id: conversation.id, turn: 1, status: "completed", output: expect.stringContaining("An answer.") });
	await conversation.send("Can you give me an example?");
	expect(conversation.messages.map(({ role }) => role)).toEqual(["user", "assistant", "user", "assistant"]);
	expect(await client.sessions.get(conversation.id)).toMatchObject({ kind: "chat", turns: 2, goal: "Can you give me an example?" });
});

test("R26: a closed conversation can be read, and nothing more is said in it", async () => {
	const client = createClient({ config: quick, ...place() });
	const conversation = await client.conversations.create();
	await conversation.send("Hello");
	await conversation.close();
	await conversation.close();
	await expect(conversation.send("Still there?")).rejects.toMatchObject({ code: "conversation_closed", sessionId: conversation.id });
	expect(conversation.messages).toHaveLength(2);
	expect((await client.conversations.get(conversation.id)).messages).toHaveLength(2);
	expect((await client.sessions.get(conversation.id)).lifecycle).toBe("closed");
});

test("R24, R29, R30, R31: the model is told the override, the context every time, and the newest messages", async () => {
	const server = await talkingServer();
	try {
		const at = { ...place(), env: { OPENAI_API_KEY: "k-123456" } };
		const agent = new Agent({ id: "a", backend: "chatcompletion", model: "m", baseUrl: server.url, systemMessage: "As usual.", ...at });
		const client = createClient({ agents: [agent], ...at });
		const conversation = await client.conversations.create({
			agentId: "a",
			systemOverride: "You are a helpful coding assistant.",
			maxHistory: 3,
			context: { user_name: "Alice" },
		});
		for (const text of ["One", "Two", "Three"]) await conversation.send(text);
		const context = '\n\nContext:\n{\n  "user_name": "Alice"\n}';
		expect(server.requests.map((messages) => messages.map(({ content }) => content))).toEqual([
			["You are a helpful coding assistant.", `One${context}`],
			["You are a helpful coding assistant.", "One", "answer 1", `Two${context}`],
			["You are a helpful coding assistant.", "answer 1", "Two", "answer 2", `Three${context}`],
		]);
		expect(conversation.messages).toHaveLength(7);
		expect(conversation.messages[0]).toEqual({ role: "system", content: "You are a helpful coding assistant." });

		const plain = await client.conversations.create({ maxHistory: 0 });
		await plain.send("One");
		await plain.send("Two");
		expect(server.requests.at(-1)?.map(({ content }) => content)).toEqual(["As usual.", "Two"]);
	} finally {
		server.close();
	}
});

test("R24: a conversation goes on in another process, as it was begun", async () => {
	const at = place();
	const { id } = await createClient({ config: quick, ...at }).conversations.create();
	const later = await createClient({ config: quick, ...at }).conversations.get(id);
	await later.send("Hello");
	expect(later.messages).toHaveLength(2);
});

test("while an answer is worked on nothing else is taken, and what is wrong is refused", async () => {
	const client = createClient({ config: endless, ...place() });
	const conversation = await client.conversations.create();
	const stop = new AbortController();
	const work = conversation.send("Hello", { signal: stop.signal });
	for await (const { type } of client.sessions.events(conversation.id)) if (type === "step_start") break;
	await until(async () => (await client.sessions.get(conversation.id)).status === "running");
	await expect(conversation.send("Hurry")).rejects.toMatchObject({ code: "session_busy", sessionId: conversation.id });
	stop.abort("the test");
	expect(await work).toMatchObject({ status: "interrupted", output: null });
	await expect(conversation.send(" ")).rejects.toMatchObject({ code: "invalid_request" });
	await expect(client.conversations.create({ maxHistory: -1 })).rejects.toMatchObject({ code: "invalid_request" });
	await expect(client.conversations.create({ agentId: "x" })).rejects.toMatchObject({ code: "not_found" });
	await expect(client.conversations.get("x")).rejects.toMatchObject({ code: "not_found" });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
	while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}
