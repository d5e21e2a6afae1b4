import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { AgentSession } from "../../src/sessions/agent-session.ts";
import { SessionManager } from "../../src/sessions/manager.ts";

test("A3: a session has an id, messages, free metadata and two times", () => {
	const now = new Date("2025-11-22T20:30:15Z");
	const session = new AgentSession("my_project", "You are helpful", () => now);
	expect({ ...session }).toEqual({
		sessionId: "my_project",
		messages: [{ role: "system", content: "You are helpful" }],
		metadata: {},
		createdAt: now,
	});
	expect(session.lastActivity).toEqual(now);
	expect(new AgentSession("bare").messages).toEqual([]);
});

test("A4: adding a message moves the last activity forward, whatever the clock does", () => {
	const session = new AgentSession("a", undefined, () => new Date(0));
	session.addMessage({ role: "user", content: "Hello" });
	expect(session.messages).toEqual([{ role: "user", content: "Hello" }]);
	expect(session.lastActivity.getTime()).toBeGreaterThan(session.createdAt.getTime());
	expect(() => Reflect.apply(session.addMessage, session, [{ content: "no role" }])).toThrow(TypeError);
});

test("A5: clearing keeps what the system said, or nothing", () => {
	const session = new AgentSession("a", "S");
	session.addMessage({ role: "user", content: "Hello" });
	const before = session.lastActivity;
	session.clearHistory();
	expect(session.messages).toEqual([{ role: "system", content: "S" }]);
	expect(session.lastActivity.getTime()).toBeGreaterThan(before.getTime());
	session.clearHistory({ keepSystem: false });
	expect(session.messages).toEqual([]);
});

test("A15: messages that were saved are put back into a session", async () => {
	const manager = new SessionManager(mkdtempSync(join(tmpdir(), "massgen-agent-session-")));
	const session = new AgentSession("my_project", "S");
	session.addMessage({ role: "user", content: "Hello" });
	await manager.saveSession(session.sessionId, session.messages);
	const again = new AgentSession("my_project");
	const loaded = await manager.loadSession<{ role: string }>("my_project");
	if (loaded !== null) again.messages = loaded;
	expect(again.messages).toEqual(session.messages);
});
