/** Many conversations side by side: users, contexts, assistants that share one, and a store of your own. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ItemSession, memoryItems, SessionManager, SqliteSession, toonItems } from "massgen";
import { ask } from "./assistant.ts";

const directory = mkdtempSync(join(tmpdir(), "massgen-example-"));
const path = join(directory, "conversations.db");

// Users in one file do not mix, even if they talk at the same time.
const alice = new SqliteSession("user_123", path);
const bob = new SqliteSession("user_456", path);
await Promise.all([ask(alice, "My name is Alice"), ask(bob, "My name is Bob")]);
assert.deepEqual(await Promise.all([alice, bob].map((session) => ask(session, "What's my name?"))), ["Alice", "Bob"]);
console.log("Two users, two memories.");

// Clearing one leaves the other.
await alice.clearSession();
assert.equal((await alice.getItems()).length, 0);
assert.equal((await bob.getItems()).length, 4);

// Contexts of one user are kept apart by their ids; two assistants on one id share what was said.
const ticket = "support_ticket_789";
await ask(new SqliteSession(ticket, path), "My name is Carol");
assert.equal(await ask(new SqliteSession("sales_inquiry_101", path), "What's my name?"), "I do not know your name.");
assert.equal(await ask(new SqliteSession(ticket, path), "What's my name?"), "Carol");
console.log("Contexts are apart, assistants on one of them share it.");

// Any object that keeps items is a store: these conversations are files that can be read and compared.
const history = join(directory, "history");
for (const store of [memoryItems(), toonItems(history)]) {
	const session = new ItemSession(store, "chatbot_session");
	await ask(session, "My name is Dave");
	assert.equal(await ask(session, "What's my name?"), "Dave");
}
const saved = await new SessionManager(history).listSessions();
assert.deepEqual(
	saved.map(({ id, messageCount, userTurns }) => ({ id, messageCount, userTurns })),
	[{ id: "chatbot_session", messageCount: 4, userTurns: 2 }],
);
console.log("The same in memory and in a directory of files.");

await Promise.all([alice, bob].map((session) => session.close()));
rmSync(directory, { recursive: true });
