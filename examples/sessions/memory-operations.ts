/** Looking into a conversation, adding to it, taking back a mistake, and starting from nothing. */
import assert from "node:assert/strict";
import { SqliteSession } from "massgen";
import { ask } from "./assistant.ts";

const session = new SqliteSession("demo");

await ask(session, "My name is Alice");
await ask(session, "What is 2 + 2?");
const texts = async (limit?: number): Promise<unknown[]> => (await session.getItems(limit)).map((item) => item.content);

assert.deepEqual(await texts(), ["My name is Alice", "Noted.", "What is 2 + 2?", "4"]);
assert.deepEqual(await texts(3), ["Noted.", "What is 2 + 2?", "4"]);
console.log("Read: everything, and the last three.");

// A mistake is taken back: the answer first, then the question. Then it is asked as it was meant.
assert.equal((await session.popItem())?.content, "4");
assert.equal((await session.popItem())?.content, "What is 2 + 2?");
assert.equal(await ask(session, "What is 2 + 4?"), "6");
console.log("Corrected: 2 + 4 is 6.");

// What was said elsewhere can be added by hand, and counts as said.
await session.addItems([
	{ role: "user", content: "I work as a developer" },
	{ role: "assistant", content: "Noted." },
]);
assert.equal(await ask(session, "What do I do for work?"), "developer");
console.log("Added by hand, and remembered.");

await session.clearSession();
assert.deepEqual(await texts(), []);
assert.equal(await ask(session, "What's my name?"), "I do not know your name.");
console.log("Cleared: nothing is known any more.");
