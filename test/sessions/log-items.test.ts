import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { SessionStore } from "../../src/checkpoint/log.ts";
import { createMemoryStore } from "../../src/checkpoint/memory.ts";
import { createSession, openSession, sessionPath, sessionsIn } from "../../src/checkpoint/session-directory.ts";
import { logItems } from "../../src/sessions/log-items.ts";
import { itemStoreContract } from "../contracts/item-store.ts";

let tick = 1_000;
const now = (): number => tick++;

function memoryLogs() {
	const stores = new Map<string, SessionStore>();
	return {
		stores,
		now,
		async open(id: string, how: "find" | "make") {
			if (!stores.has(id) && how === "make") stores.set(id, createMemoryStore(id));
			return stores.get(id);
		},
		async ids() {
			return [...stores.keys()];
		},
	};
}

function fileLogs() {
	const root = mkdtempSync(join(tmpdir(), "massgen-log-items-"));
	return {
		now,
		async open(id: string, how: "find" | "make") {
			const found = sessionsIn(root).find((session) => session.id === id);
			if (found !== undefined) return await openSession(sessionPath(root, id));
			return how === "make" ? await createSession(root, { home: root, id }) : undefined;
		},
		async ids() {
			return sessionsIn(root).map((session) => session.id);
		},
	};
}

itemStoreContract("logs in memory", async () => logItems(memoryLogs()));
itemStoreContract("logs in files", async () => logItems(fileLogs()));

test("A21, M18: clearing is an event: the items are hidden for good, and stay in the log", async () => {
	const logs = memoryLogs();
	const items = logItems(logs);
	await items.add("a", [{ role: "user", content: "Hello" }]);
	await items.clear("a");
	expect(await logItems(logs).get("a")).toEqual([]);
	const events = [];
	for await (const page of logs.stores.get("a")?.read() ?? []) events.push(...page.map(({ type }) => type));
	expect(events).toEqual(["session.opened", "items.added", "session.cleared"]);
});

test("what another reader of the log adds is seen", async () => {
	const logs = memoryLogs();
	const [one, two] = [logItems(logs), logItems(logs)];
	await one.add("a", [{ role: "user", content: "1" }]);
	expect(await two.get("a")).toHaveLength(1);
	await two.add("a", [{ role: "user", content: "2" }]);
	expect(await one.get("a")).toEqual([
		{ role: "user", content: "1" },
		{ role: "user", content: "2" },
	]);
});

test("a session that is being driven can be read and not be changed", async () => {
	const logs = memoryLogs();
	const items = logItems(logs);
	await items.add("a", [{ role: "user", content: "1" }]);
	const lease = await logs.stores.get("a")?.acquire();
	await expect(items.add("a", [{ role: "user", content: "2" }])).rejects.toMatchObject({ code: "session_busy" });
	expect(await items.get("a")).toHaveLength(1);
	await lease?.release();
	expect(await items.pop("a")).toEqual({ role: "user", content: "1" });
});
