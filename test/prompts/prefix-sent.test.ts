import { describe, expect, test } from "vitest";
import { type PrefixFormat, prefixFormats, recordPrefixes, sharedIn } from "../fixtures/prefix-run.ts";

describe.each(Object.keys(prefixFormats) as PrefixFormat[])("%s", (format) => {
	test("each request that the server gets begins with all of the agent's one before, tools and system included", async () => {
		const run = await recordPrefixes(format);
		expect(run.events.at(-1)).toMatchObject({ type: "turn.ended", outcome: "completed" });
		// It was a turn with all that makes a conversation grow.
		for (const type of ["tool.completed", "step.rejected", "message.added", "vote.cast"] as const)
			expect(run.events.filter((event) => event.type === type).length).toBeGreaterThan(0);
		expect(Object.keys(run.byAgent).sort()).toEqual(["ada", "bob", "cyd"]);
		for (const [agent, requests] of Object.entries(run.byAgent)) {
			expect(requests.length).toBeGreaterThanOrEqual(6);
			for (const [index, after] of requests.entries()) {
				const before = requests[index - 1] ?? { fixed: after.fixed, pieces: [] };
				expect({ agent, index, fixed: after.fixed }).toEqual({ agent, index, fixed: before.fixed });
				expect({ agent, index, pieces: after.pieces.slice(0, before.pieces.length) }).toEqual({ agent, index, pieces: before.pieces });
				expect(after.pieces.length).toBeGreaterThan(before.pieces.length);
			}
		}
		const shared = sharedIn(run);
		expect(shared.every(({ kept }) => kept)).toBe(true);
	});
});
