/** A team tried out without models, files or waiting: an hour of work, an interruption and a night, in milliseconds. */
import assert from "node:assert/strict";
import { createMemoryStore, runTurn, simulatedTeam, virtualClock } from "massgen/testing";

// Two agents who answer at once, and one who thinks for an hour.
const team = simulatedTeam([
	{ id: "quick", script: [{ answer: "Oslo" }, { vote: "agent2" }] },
	{ id: "brief", script: [{ answer: "Rome" }, { vote: "own" }] },
	{ id: "slow", script: [{ wait: 3_600_000 }, { answer: "Lima" }, { vote: "agent2" }] },
]);
const store = createMemoryStore("session");
const patient = { idleMs: 7_200_000, callMs: 7_200_000 };
const began = Date.now();

// The user stops it after half an hour. `signal` is all it takes, as with any call of the library.
const clock = virtualClock();
const stop = new AbortController();
const interrupted = await runTurn({
	store,
	team,
	question: "Which city?",
	env: {},
	clock,
	callLimits: patient,
	signal: stop.signal,
	onDrive: () => void clock.sleep(1_800_000).then(() => stop.abort("the user")),
});
assert.equal(interrupted.turn.interrupted, true);
assert.equal(interrupted.turn.answers.length, 2);
console.log("Interrupted after half an hour, with two answers.");

// Eight hours later somebody goes on with it: without a question, the open turn is meant.
const morning = virtualClock(clock.wall() + 8 * 3_600_000);
const { turn, durationMs } = await runTurn({ store, team, env: {}, clock: morning, callLimits: patient });
assert.equal(turn.outcome, "completed");
assert.match(turn.final ?? "", /^Rome/);
// The two who had answered were not asked again, and the night does not count.
assert.equal(turn.answers.length, 3);
assert.ok(durationMs > 5_400_000 && durationMs < 5_500_000);
console.log(`${turn.decision?.label} wins: ${turn.decision?.rule}. An hour and a half of work took ${Date.now() - began} ms.`);
