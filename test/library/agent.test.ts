import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SessionError } from "../../src/errors.ts";
import { Agent } from "../../src/library/agent.ts";
import { agentTeam, defaultSystem } from "../../src/library/agent-team.ts";
import { SessionManager } from "../../src/sessions/manager.ts";
import { place, scripted } from "./place.ts";
import { talkingServer } from "./talking-server.ts";

const answering = scripted([{ say: "Paris." }]);

test("A1, S2: chat remembers by session id, and ids are kept apart", async () => {
	const agent = new Agent({ config: answering, ...place() });
	expect(await agent.chat("Capital of France?")).toContain("Paris.");
	await agent.chat("Hello", { sessionId: "my_project" });
	await agent.chat("Again", { sessionId: "my_project" });
	expect(agent.getSession().messages.map(({ role }) => role)).toEqual(["system", "user", "assistant"]);
	expect(agent.getSession("my_project").messages.map(({ content }) => content)).toEqual([
		defaultSystem,
		"Hello",
		expect.stringContaining("Paris."),
		"Again",
		expect.stringContaining("Paris."),
	]);
});

test("A2, A30: a session that nobody has spoken in holds the words of the system alone", () => {
	const agent = new Agent({ config: answering, systemMessage: "Be brief.", ...place() });
	expect(agent.getSession("fresh").messages).toEqual([{ role: "system", content: "Be brief." }]);
	expect(agent.getSession("fresh")).toBe(agent.getSession("fresh"));
	const configured = new Agent({ config: scripted([{ say: "x" }], { system_message: "From the file." }), ...place() });
	expect(configured.getSession().messages[0]?.content).toBe("From the file.");
});

test("A5: clearing keeps the words of the system, unless they are to go too", async () => {
	const agent = new Agent({ config: answering, ...place() });
	await agent.chat("Hello");
	agent.clearHistory();
	expect(agent.getSession().messages).toEqual([{ role: "system", content: defaultSystem }]);
	agent.clearHistory({ keepSystem: false });
	expect(agent.getSession().messages).toEqual([]);
});

test("A1: the model is shown what was said before, in the order in which it was said", async () => {
	const { url, requests, close } = await talkingServer();
	const agent = new Agent({ backend: "chatcompletion", model: "m", baseUrl: url, ...place(), env: { OPENAI_API_KEY: "k-123456" } });
	try {
		await agent.chat("My name is Alice");
		await Promise.all([agent.chat("And I work as a developer"), agent.chat("What's my name?")]);
		expect(requests.at(-1)?.map(({ role, content }) => `${role}: ${content}`)).toEqual([
			`system: ${defaultSystem}`,
			"user: My name is Alice",
			"assistant: answer 1",
			"user: And I work as a developer",
			"assistant: answer 2",
			"user: What's my name?",
		]);
		agent.getSession("other").messages = [{ role: "system", content: "Speak French." }];
		await agent.chat("Hello", { sessionId: "other" });
		expect(requests.at(-1)?.map(({ content }) => content)).toEqual(["Speak French.", "Hello"]);
	} finally {
		close();
	}
});

test("S3, A15, A23: saved with a manager and given back, a session goes on where it was", async () => {
	const at = place();
	const manager = new SessionManager(join(at.directory, "history"));
	const agent = new Agent({ config: answering, ...at });
	await agent.chat("Create a factorial function", { sessionId: "coding_task" });
	await manager.saveSession("coding_task", agent.getSession("coding_task").messages);
	const later = new Agent({ config: answering, ...at });
	const loaded = await manager.loadSession("coding_task");
	expect(loaded).toHaveLength(3);
	if (loaded) later.getSession("coding_task").messages = loaded;
	await later.chat("And its inverse", { sessionId: "coding_task" });
	expect(later.getSession("coding_task").messages).toHaveLength(5);
});

test("A24, A25, S12: with a history every answer is saved, and looking at a session first loses nothing", async () => {
	const at = place();
	const history = new SessionManager(join(at.directory, "history"));
	for (const id of ["project_a", "project_b", "research"])
		await new Agent({ config: answering, history, ...at }).chat("Status?", { sessionId: id });
	const later = new Agent({ config: answering, history, ...at });
	expect(later.getSession("project_a").messages).toHaveLength(1);
	await later.chat("And now?", { sessionId: "project_a" });
	const counts = (await history.listSessions()).map(({ id, messageCount }) => [id, messageCount]);
	expect(Object.fromEntries(counts)).toEqual({ project_a: 5, project_b: 3, research: 3 });
});

test("a chat that fails throws with its code, and leaves the messages as they were", async () => {
	const agent = new Agent({ config: scripted([{ fail: { kind: "auth", message: "wrong key" } }]), ...place() });
	const error = await agent.chat("Hello").catch((reason: unknown) => reason);
	expect(error).toBeInstanceOf(SessionError);
	expect(error).toMatchObject({ code: "provider_error", sessionId: "default", message: expect.stringContaining("wrong key") });
	expect(agent.getSession().messages).toHaveLength(1);
	await expect(agent.chat("  ")).rejects.toMatchObject({ code: "invalid_request" });
});

test("S1: an agent without arguments takes the default configuration", async () => {
	const at = place();
	mkdirSync(join(at.directory, ".massgen"));
	writeFileSync(join(at.directory, ".massgen/config.yaml"), JSON.stringify(answering));
	expect(await new Agent(at).chat("Capital of France?")).toContain("Paris.");
});

test("S1: without a configuration an agent takes a model server on this machine, else it says what to set up", async () => {
	const servers = async (input: string | URL | Request) =>
		String(input).includes(":11434") ? Response.json({ data: [{ id: "llama3.2" }] }) : new Response("", { status: 404 });
	const { team } = await agentTeam(place(), servers);
	expect(team.agents).toMatchObject([{ backend: "ollama", model: "llama3.2" }]);
	const nothing = async () => new Response("", { status: 404 });
	await expect(agentTeam(place(), nothing)).rejects.toMatchObject({ code: "config-none", hint: expect.stringContaining("Ollama") });
	await expect(agentTeam({ ...place(), env: { OPENAI_API_KEY: "k" } }, nothing)).rejects.toMatchObject({
		hint: expect.stringContaining("OPENAI_API_KEY is set"),
	});
	await expect(agentTeam({ ...place(), config: "missing.yaml" }, nothing)).rejects.toMatchObject({ code: "config-not-found" });
});
