/** A conversation that is remembered: in memory, and in a file that outlives the program. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemorySession, SqliteSession } from "massgen";
import { ask } from "./assistant.ts";

const directory = mkdtempSync(join(tmpdir(), "massgen-example-"));
const path = join(directory, "conversations.db");

// In memory: the second question is understood because of the first, and all is gone with the program.
const fleeting = new MemorySession({ sessionId: "conversation_123" });
assert.equal(await ask(fleeting, "What city is the Golden Gate Bridge in?"), "San Francisco");
assert.equal(await ask(fleeting, "What state is it in?"), "California");
console.log("In memory: the second question was understood.");

// Without a session nothing is remembered.
assert.equal(await ask(new MemorySession(), "What state is it in?"), "I do not know what you mean.");
console.log("Without the conversation: it was not.");

// In a file: closed, opened again, and still known.
const session = new SqliteSession("conversation_123", path);
await ask(session, "My name is Alice");
await ask(session, "I work as a developer");
await session.close();

const later = new SqliteSession("conversation_123", path);
assert.equal(await ask(later, "What's my name?"), "Alice");
assert.equal(await ask(later, "What do I do for work?"), "developer");
assert.equal((await later.getItems()).length, 8);
await later.close();
console.log("In a file: Alice, a developer, is known after the file was closed.");

rmSync(directory, { recursive: true });
