import { expect, test } from "vitest";
import { newSight, simulate } from "./simulate.ts";

// npm run simulate -- --seed N plays one of them again; --seeds N plays more.
const seeds = 2000;

test(`${seeds} worlds with failures, limits, interruptions and crashes keep every promise`, async () => {
	const sight = newSight();
	for (let seed = 1; seed <= seeds; seed++) {
		expect({ seed, complaints: await simulate(seed, sight) }).toEqual({ seed, complaints: [] });
	}
	expect(sight.compared).toBeGreaterThan(seeds / 5);
	expect(Object.keys(sight.outcomes).sort()).toEqual(["budget", "cancelled", "completed", "failed", "max-steps", "timeout"]);
}, 120_000);
