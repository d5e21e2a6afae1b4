/** A team that remembers in a session of the OpenAI Agents SDK's kind: a file of your own, shared with other programs. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemorySession, run, SqliteSession } from "massgen";

const directory = mkdtempSync(join(tmpdir(), "massgen-example-"));
const path = join(directory, "conversations.db");
const team = { config: "@examples/offline/three_agents", directory, home: directory };

// The team is given what stands in the session, and question and answer are added to it.
const session = new SqliteSession("support_ticket_789", path);
await session.addItems([{ role: "user", content: "My printer is on fire." }]);
const { answer } = await run({ query: "What should I do?", session, ...team });
const items = await session.getItems();
assert.equal(items.length, 3);
assert.deepEqual(items.at(-1)?.content, [{ type: "output_text", text: answer }]);
await session.close();
console.log("In a file: what was there, the question, and the answer that the team chose.");

// A correction: the last exchange is taken back and asked again.
const fleeting = new MemorySession();
await run({ query: "What is 2 + 3?", session: fleeting, ...team });
await fleeting.popItem();
await fleeting.popItem();
await run({ query: "What is 2 + 4?", session: fleeting, ...team });
assert.equal((await fleeting.getItems()).length, 2);
console.log("In memory: corrected, and asked again.");

rmSync(directory, { recursive: true });
