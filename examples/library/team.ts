/** A team answers a question, is watched while it does, and remembers it in a session. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, stream } from "massgen";

// A real team would name models: { models: ["gpt-5.4", "claude-sonnet-5"] }. This one needs no key.
const config = "@examples/offline/three_agents";
const directory = mkdtempSync(join(tmpdir(), "massgen-example-"));
const place = { directory, home: directory };

const first = await run({ query: "Which three rivers are the longest?", config, session: "rivers", ...place });
assert.equal(first.outcome, "completed");
assert.equal(first.answers.length >= 3, true);
console.log(`Decided by ${first.rule}: everybody's answer was read by everybody.`);

// The same session, watched: the team knows what was asked before.
const seen = new Map<string, number>();
for await (const record of stream({ query: "And the shortest?", session: "rivers", ...place })) {
	seen.set(record.type, (seen.get(record.type) ?? 0) + 1);
	if (record.type === "result") assert.equal(record.turn, 2);
}
assert.equal(seen.get("turn.ended"), 1);
console.log("Watched: answers, votes, one end, and the result as the last record.");

// Stopped by a signal, and gone on with: what was paid for is not paid for again.
const stopped = await run({ query: "And the widest?", session: "rivers", signal: AbortSignal.timeout(60), ...place });
assert.equal(stopped.outcome, "interrupted");
const resumed = await run({ session: "rivers", ...place });
assert.equal(resumed.outcome, "completed");
assert.equal(resumed.turn, 3);
console.log("Interrupted, and completed later in the same turn.");

rmSync(directory, { recursive: true });
