import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { noFigures } from "./figures.ts";
import { Rack } from "./kill.ts";

// A short form of `npm run torture`, which dies at every append and prints the figures.
const directory = mkdtempSync(join(tmpdir(), "massgen-rack-"));
let rack: Rack;

beforeAll(async () => {
	rack = await Rack.build(join(directory, "journal.jsonl"), { ttft: 3, rate: 4000, tokens: 8, tools: 1, answers: 1 });
}, 60_000);

afterAll(() => {
	rack.stop();
	rmSync(directory, { recursive: true, force: true });
});

const nothingLost = { eventsLost: 0, completedRepeated: 0, otherWinner: 0, notFinished: 0 };

test("kill -9 before and after appends: nothing is lost, nothing completed is paid for again, the same answer wins", async () => {
	const figures = noFigures();
	for (const share of [0.1, 0.3, 0.5, 0.7, 1]) {
		const append = Math.max(1, Math.round(rack.baseline.appends * share));
		await rack.dieAt(figures, "before", append);
		await rack.dieAt(figures, "after", append);
	}
	expect(figures).toMatchObject({ points: 10, interruptions: 10, ...nothingLost });
	expect(figures.mostPerAgent).toBeLessThanOrEqual(1);
}, 120_000);

test.each(["SIGKILL", "SIGINT", "SIGTERM", "SIGHUP"] as const)(
	"%s again and again leaves a turn that goes on",
	async (signal) => {
		const figures = noFigures();
		await rack.signalOften(figures, signal, 3);
		expect(figures).toMatchObject({ interruptions: 3, ...nothingLost });
		expect(figures.mostPerAgent).toBeLessThanOrEqual(1);
	},
	60_000,
);
