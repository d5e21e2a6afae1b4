import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openDatabase } from "../../src/checkpoint/driver.ts";
import { memoryItems } from "../../src/sessions/memory-items.ts";
import { MemorySession } from "../../src/sessions/memory-session.ts";
import { SqliteSession } from "../../src/sessions/sqlite-session.ts";
import { compiled } from "../fixtures/compiled.ts";

const hello = { role: "user", content: "Hello" };
const hi = { role: "assistant", content: "Hi!" };

function directory(): string {
	return mkdtempSync(join(tmpdir(), "massgen-sqlite-"));
}

test("O3: the same id in the same file is the same conversation, another id is another", async () => {
	const path = join(directory(), "conversations.db");
	const first = new SqliteSession("user_123", path);
	const again = new SqliteSession("user_123", path);
	const other = new SqliteSession("user_456", path);
	await first.addItems([hello]);
	await again.addItems([hi]);
	expect(await first.getItems()).toEqual([hello, hi]);
	expect(await other.getItems()).toEqual([]);
	expect(await first.getSessionId()).toBe("user_123");
});

test("O4, O18: without a file a session is in memory, and its own even under the same id", async () => {
	for (const open of [() => new SqliteSession("user_123"), () => new MemorySession({ sessionId: "user_123" })]) {
		const [one, two] = [open(), open()];
		await one.addItems([hello]);
		expect(await two.getItems()).toEqual([]);
	}
	expect(existsSync("conversations.db")).toBe(false);
});

test("O4: sessions in memory share a conversation if they share a store", async () => {
	const store = memoryItems();
	const one = new MemorySession({ sessionId: "a", store });
	const two = new MemorySession({ sessionId: "a", store });
	await one.addItems([hello]);
	expect(await two.getItems()).toEqual([hello]);
});

test("O4: a session in memory starts with the items it is given, and has an id of its own if it is given none", async () => {
	const session = new MemorySession({ initialItems: [hello, hi] });
	expect(await session.getItems()).toEqual([hello, hi]);
	expect(await session.getSessionId()).not.toBe(await new MemorySession().getSessionId());
});

test("O5: a conversation in a file is there after the session was closed", async () => {
	const path = join(directory(), "new", "conversations.db");
	const session = new SqliteSession("user_123", path);
	await session.addItems([hello, hi]);
	await session.close();
	expect(await new SqliteSession("user_123", path).getItems()).toEqual([hello, hi]);
});

test("O11: contexts of one user are kept apart by their ids", async () => {
	const path = join(directory(), "conversations.db");
	const ids = ["support_ticket_789", "sales_inquiry_101", "chatbot_session"];
	await Promise.all(ids.map((id) => new SqliteSession(id, path).addItems([{ role: "user", content: id }])));
	for (const id of ids) expect(await new SqliteSession(id, path).getItems()).toEqual([{ role: "user", content: id }]);
});

test("O14: several processes that write to one file lose nothing", { timeout: 60_000 }, async () => {
	const path = join(directory(), "conversations.db");
	const script = compiled("test/fixtures/sessions/add-items.ts");
	const children = [1, 2, 3].map((number) =>
		spawn(process.execPath, [script, path, String(number), "20"], { stdio: ["ignore", "inherit", "inherit"] }),
	);
	const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0]));
	expect(codes).toEqual([0, 0, 0]);
	const items = await new SqliteSession("shared", path).getItems<{ writer: number; number: number }>();
	expect(items).toHaveLength(120);
	for (const writer of [1, 2, 3]) {
		expect(items.filter((item) => item.writer === writer).map((item) => item.number)).toEqual(
			Array.from({ length: 40 }, (_, index) => index),
		);
	}
});

test("O19: an id that cannot name a session is refused with the reason", () => {
	for (const id of ["", "  ", ".", "..", "x".repeat(201), "\uD800"]) {
		expect(() => new SqliteSession(id)).toThrow(
			expect.objectContaining({ code: "invalid_request", hint: expect.stringContaining("support_ticket_789") }),
		);
	}
});

test("O20: a file that cannot be used is told of at once, with its name, and left as it is", () => {
	const place = directory();
	const text = join(place, "notes.txt");
	writeFileSync(text, "This is no database. ".repeat(100));
	expect(() => new SqliteSession("a", text)).toThrow(expect.objectContaining({ code: "corrupt_session", path: text }));
	expect(() => new SqliteSession("a", place)).toThrow(expect.objectContaining({ message: expect.stringContaining(place) }));
	expect(() => new SqliteSession("a", join(text, "below.db"))).toThrow(expect.objectContaining({ code: "store-error", exitCode: 74 }));
	if (process.getuid?.() !== 0) {
		chmodSync(place, 0o500);
		expect(() => new SqliteSession("a", join(place, "new.db"))).toThrow(expect.objectContaining({ code: "store-error" }));
		chmodSync(place, 0o700);
	}
});

test("a damaged row is skipped, does not count for a limit, and stays where it is", async () => {
	const path = join(directory(), "conversations.db");
	const session = new SqliteSession("a", path);
	await session.addItems([hello, hi]);
	const database = openDatabase(path);
	database.exec("INSERT INTO agent_messages (session_id, message_data) VALUES ('a', '{torn'), ('a', '5'), ('a', '[]')");
	expect(await session.getItems(1)).toEqual([hi]);
	expect(await session.getItems()).toEqual([hello, hi]);
	expect(await session.popItem()).toEqual(hi);
	await session.applyHistoryTransaction({ operationId: "op", transaction: { type: "append_items", items: [hi] } });
	expect(await session.getItems()).toEqual([hello, hi]);
	expect(database.prepare("SELECT count(*) AS n FROM agent_messages").get()).toEqual({ n: 5 });
});

test("O13: a transaction is applied once, and only if the end of the history is what it expects", async () => {
	for (const session of [new SqliteSession("a"), new MemorySession()]) {
		await session.addItems([hello]);
		const append = { operationId: "one", transaction: { type: "append_items" as const, items: [hi] } };
		await session.applyHistoryTransaction(append);
		await session.applyHistoryTransaction(structuredClone(append));
		expect(await session.getItems()).toEqual([hello, hi]);
		const replace = (operationId: string, expected: object) =>
			session.applyHistoryTransaction({
				operationId,
				transaction: { type: "replace_suffix", expectedSuffix: [expected], replacement: [{ ...hi, id: "m1" }] },
			});
		await expect(replace("two", hello)).rejects.toMatchObject({ code: "invalid_request" });
		await expect(replace("one", hi)).rejects.toMatchObject({ code: "invalid_request" });
		expect(await session.getItems()).toEqual([hello, hi]);
		await replace("two", { content: "Hi!", role: "assistant", id: undefined });
		expect(await session.getItems()).toEqual([hello, { ...hi, id: "m1" }]);
		await expect(replace(" ", hi)).rejects.toMatchObject({ code: "invalid_request" });
		await session.clearSession();
		await session.applyHistoryTransaction(append);
		expect(await session.getItems()).toEqual([hi]);
	}
});

test("O13: a stored function call is replaced wherever it stands, and a second one of the same id goes", async () => {
	const call = { type: "function_call" as const, callId: "c1", name: "add", arguments: "{}" };
	for (const session of [new SqliteSession("a"), new MemorySession()]) {
		await session.addItems([hello, call, hi, call]);
		await session.applyHistoryMutations({
			mutations: [{ type: "replace_function_call", callId: "c1", replacement: { ...call, arguments: '{"a":1}' } }],
		});
		expect(await session.getItems()).toEqual([hello, { ...call, arguments: '{"a":1}' }, hi]);
	}
});

test("O21: a compaction takes the place of the history in one change", async () => {
	const session = new SqliteSession("a");
	await session.addItems([hello, hi]);
	await session.replaceHistoryWithCompaction([{ type: "compaction", encrypted_content: "x" }, hello]);
	expect(await session.getItems()).toEqual([{ type: "compaction", encrypted_content: "x" }, hello]);
});

const python = process.env.PYTHON ?? "python3";
const hasPython = runs(python, ["-c", "import sqlite3"]);

/** What the Agents SDK for Python does, in the words of SQL. */
const pythonSession = `
import json, sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
def rows():
    return connection.execute("SELECT message_data FROM agent_messages WHERE session_id = ? ORDER BY id ASC", (sys.argv[2],)).fetchall()
`;

test.skipIf(!hasPython)("O5: Python reads what we wrote, adds to it, and we read what it added in our dialect", async () => {
	const path = join(directory(), "conversations.db");
	const session = new SqliteSession("user_123", path, { dialect: "responses" });
	await session.addItems([hello, { type: "function_call", callId: "c1", name: "add", arguments: "{}", status: "completed" }]);
	const read = execFileSync(python, ["-c", `${pythonSession}print(json.dumps([json.loads(row[0]) for row in rows()]))`, path, "user_123"], {
		encoding: "utf8",
	});
	expect(JSON.parse(read)).toEqual([hello, { type: "function_call", call_id: "c1", name: "add", arguments: "{}", status: "completed" }]);
	const add = `${pythonSession}
connection.execute("INSERT OR IGNORE INTO agent_sessions (session_id) VALUES (?)", (sys.argv[2],))
items = [{"type": "function_call_output", "call_id": "c1", "output": "3"}, {"role": "assistant", "content": "It is 3 \\u00e9"}]
connection.executemany("INSERT INTO agent_messages (session_id, message_data) VALUES (?, ?)", [(sys.argv[2], json.dumps(item)) for item in items])
connection.execute("UPDATE agent_sessions SET updated_at = CURRENT_TIMESTAMP WHERE session_id = ?", (sys.argv[2],))
connection.commit()`;
	execFileSync(python, ["-c", add, path, "user_123"]);
	expect((await session.getItems()).slice(1)).toEqual([
		{ type: "function_call", callId: "c1", name: "add", arguments: "{}", status: "completed" },
		{ type: "function_call_result", callId: "c1", name: "add", status: "completed", output: "3" },
		{ role: "assistant", content: "It is 3 é" },
	]);
});

test.skipIf(!hasPython)("O9: a session that Python cleared is empty here too, and its operations are forgotten", async () => {
	const path = join(directory(), "conversations.db");
	const session = new SqliteSession("user_123", path);
	const append = { operationId: "one", transaction: { type: "append_items" as const, items: [hello] } };
	await session.applyHistoryTransaction(append);
	const clear = `${pythonSession}
connection.execute("DELETE FROM agent_messages WHERE session_id = ?", (sys.argv[2],))
connection.execute("DELETE FROM agent_sessions WHERE session_id = ?", (sys.argv[2],))
connection.commit()`;
	execFileSync(python, ["-c", clear, path, "user_123"]);
	expect(await session.getItems()).toEqual([]);
	await session.applyHistoryTransaction(append);
	expect(await session.getItems()).toEqual([hello]);
});

function runs(command: string, options: string[]): boolean {
	try {
		execFileSync(command, options, { stdio: "ignore" });
		return true;
	} catch {
		return false;
	}
}
