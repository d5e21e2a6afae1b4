import { describe, expect, test } from "vitest";
import { commonCause, deviation, majority, plurality, split, votesCast, within99 } from "./formulas.ts";
import { type Panel, poll } from "./panel.ts";

// A small form of `npm run theory`, which prints the whole table.
const turns = 150;

async function expectShare(panel: Panel, expected: number): Promise<void> {
	const { right } = await poll(panel, turns);
	expect(Math.abs(deviation(right / turns, expected, turns))).toBeLessThan(within99);
}

test.each([
	{ agents: 1, accuracy: 0.7 },
	{ agents: 3, accuracy: 0.6 },
	{ agents: 4, accuracy: 0.7 },
	{ agents: 5, accuracy: 0.7 },
	{ agents: 7, accuracy: 0.8 },
])("$agents independent agents of accuracy $accuracy are right as often as Condorcet says", async (panel) => {
	await expectShare(panel, majority(panel.agents, panel.accuracy));
});

test("agents with a common cause are right as often as the formula says, which is less often", async () => {
	const expected = commonCause(5, 0.7, 0.8);
	expect(expected).toBeLessThan(majority(5, 0.7));
	await expectShare({ agents: 5, accuracy: 0.7, correlation: 0.8 }, expected);
});

test("with three options the plurality decides", async () => {
	await expectShare({ agents: 5, accuracy: 0.5, options: 3 }, plurality(5, 3, 0.5));
});

test("ties are as frequent as they should be, and the draw between them is fair", async () => {
	const { drawn, drawnFirst, drawnRight } = await poll({ agents: 2, accuracy: 0.6 }, 2 * turns);
	expect(Math.abs(deviation(drawn / (2 * turns), split(2, 0.6), 2 * turns))).toBeLessThan(within99);
	expect(Math.abs(deviation(drawnFirst / drawn, 0.5, drawn))).toBeLessThan(within99);
	expect(Math.abs(deviation(drawnRight / drawn, 0.5, drawn))).toBeLessThan(within99);
});

test("a poll stops when it is decided: fewer votes than agents, as many as the formula says", async () => {
	const { votes } = await poll({ agents: 5, accuracy: 0.7 }, turns);
	expect(votesCast(5, 0.7)).toBeLessThan(5);
	expect(Math.abs(votes / turns - votesCast(5, 0.7))).toBeLessThan(0.35);
});

describe("the formulas", () => {
	test("agree with values that can be counted by hand", () => {
		expect(majority(3, 0.6)).toBeCloseTo(0.6 ** 3 + 3 * 0.6 ** 2 * 0.4);
		expect(majority(2, 0.6)).toBeCloseTo(0.6);
		expect(commonCause(3, 0.7, 0)).toBeCloseTo(majority(3, 0.7));
		expect(commonCause(3, 0.7, 1)).toBeCloseTo(0.7);
		expect(plurality(3, 2, 0.6)).toBeCloseTo(majority(3, 0.6));
		expect(plurality(4, 2, 0.6)).toBeCloseTo(majority(4, 0.6));
		// Two voters, three options: both right, or one right and drawn.
		expect(plurality(2, 3, 0.5)).toBeCloseTo(0.25 + 0.5 / 2);
		// Three voters, three options: right if two are, or if all differ and it is drawn.
		expect(plurality(3, 3, 0.5)).toBeCloseTo(0.5 + (3 * 0.5 * (0.5 ** 2 / 2)) / 3);
	});
});
