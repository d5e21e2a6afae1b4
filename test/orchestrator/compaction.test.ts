import { expect, test } from "vitest";
import { createMemoryStore } from "../../src/checkpoint/memory.ts";
import type { Event } from "../../src/core/events.ts";
import { runTurn } from "../../src/massgen.ts";
import { simulatedTeam, virtualClock } from "../../src/testing.ts";

test("M55: a conversation that is too long is summed up once, as an event, and the call is made again", async () => {
	const script = [{ fail: { kind: "context-too-long" as const, times: 1 } }, { answer: "short enough now" }];
	const events: Event[] = [];
	const { turn } = await runTurn({
		store: createMemoryStore("s"),
		team: simulatedTeam([{ script }]),
		question: "A long question?",
		env: {},
		clock: virtualClock(),
		onEvent: (event) => void events.push(event),
	});
	expect(events.flatMap(({ type }) => (type === "conversation.compacted" || type === "step.failed" ? [type] : []))).toEqual([
		"step.failed",
		"conversation.compacted",
	]);
	expect(turn.final).toContain("short enough now");
});
