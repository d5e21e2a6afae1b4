/** Many runs at a time: in the background, cancelled, in conversations, and in numbers. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, createClient } from "massgen";

const directory = mkdtempSync(join(tmpdir(), "massgen-example-"));
const place = { directory, home: directory };
const patient = { agents: [{ id: "thinker", backend: { type: "simulated", script: [{ wait: 60_000 }, { say: "At last." }] } }] };
const client = createClient({
	agents: [
		new Agent({ id: "analyst", config: "@examples/offline/three_agents", ...place }),
		new Agent({ id: "thinker", config: patient, ...place }),
	],
	...place,
});

// Three at a time; each is waited for by itself.
const made = await Promise.all(["sales", "costs", "staff"].map((goal) => client.sessions.create({ agentId: "analyst", goal })));
const done = await Promise.all(made.map(({ id }) => client.sessions.wait(id)));
assert.deepEqual(
	done.map(({ status }) => status),
	["completed", "completed", "completed"],
);
console.log("Three sessions at a time, all completed.");

// One that takes too long is cancelled; what it had done stays.
const { id } = await client.sessions.create({ agentId: "thinker", goal: "Something that takes a minute" });
for await (const event of client.sessions.events(id)) if (event.type === "step_start") break;
assert.equal((await client.sessions.cancel(id)).status, "cancelled");
assert.equal((await client.sessions.list({ status: "cancelled" })).length, 1);
console.log("One was cancelled while it was thinking.");

const conversation = await client.conversations.create({ agentId: "analyst", maxHistory: 10, context: { user_name: "Alice" } });
await conversation.send("What is machine learning?");
await conversation.send("Can you give me an example?");
assert.equal(conversation.messages.length, 4);
await conversation.close();
await assert.rejects(conversation.send("One more?"), { code: "conversation_closed" });
console.log("A conversation of two questions, and closed for good.");

const numbers = await client.metrics.get({ metrics: ["sessions_total", "success_rate"] });
assert.deepEqual(numbers, { sessions_total: 6, success_rate: (100 * 5) / 6 });
console.log("Five of six runs were completed.");

await client.close();
rmSync(directory, { recursive: true });
