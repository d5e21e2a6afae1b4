import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { virtualClock } from "../src/agents/virtual-clock.ts";
import { createMemoryStore } from "../src/checkpoint/memory.ts";
import { exampleCatalogue } from "../src/config/catalogue.ts";
import { type Loaded, loadTeam, teamFromTree } from "../src/config/load.ts";
import { parseTree } from "../src/config/parse.ts";
import { simulateTeam } from "../src/config/rehearse.ts";
import { ConfigError } from "../src/errors.ts";
import { runTurn } from "../src/massgen.ts";

const examplesDirectory = join(import.meta.dirname, "../examples");
const catalogue = exampleCatalogue(examplesDirectory);
const names = catalogue.map((entry) => entry.name);
const options = { cwd: "/nowhere", home: "/nowhere", env: {}, examplesDirectory, purpose: "look" } as const;

function load(name: string): Loaded {
	return loadTeam({ ...options, config: `@examples/${name}` });
}

describe.each(names)("the example %s", (name) => {
	const path = join(examplesDirectory, `${name}.yaml`);

	it("loads without error or warning", () => {
		expect(load(name).warnings).toEqual([]);
	});

	it("says on its first lines what it shows and what to try", () => {
		const entry = catalogue.find((candidate) => candidate.name === name);
		expect(entry?.about).toMatch(/^.{20,}\.$/);
		expect(entry?.try).toContain(`massgen --config @examples/${name}`);
	});

	it("comes to an answer when every model is replaced by a simulated agent", async () => {
		const { team } = load(name);
		const request = { store: createMemoryStore("session"), team: simulateTeam(team), question: "Is this example in order?", env: {} };
		const { turn } = await runTurn({ ...request, clock: virtualClock(), random: draws() });
		expect(turn.outcome, turn.why).toBe("completed");
		expect(turn.final).toBeTruthy();
	});

	it("is refused with the right suggestion if any of its keys is mistyped", () => {
		const text = readFileSync(path, "utf8");
		for (const [keyPath, place] of parseTree(text, path).keys) {
			if (isFree(keyPath)) continue;
			const key = text.slice(place.from, place.to);
			const broken = text.slice(0, place.from) + mistyped(key) + text.slice(place.to);
			const hints = complaintsAbout(broken, path);
			expect(hints, `${mistyped(key)} for ${keyPath}`).toContain(`Did you mean ${key}?`);
		}
	});
});

/** The same numbers for every run: a test that fails fails again. */
function draws(): () => number {
	let state = 7;
	return () => {
		state = (state * 48_271) % 2_147_483_647;
		return state / 2_147_483_647;
	};
}

/** Keys that are the user's or a provider's own, so that there is no right one. */
function isFree(path: string): boolean {
	return /^x-[^.]*$|\.<<$|^<<$|(^|\.)(extra_body|headers|env|input)\.|^(prices|rate_limits)\.[^.]*$|^include/.test(path);
}

/** Two letters change places. */
function mistyped(key: string): string {
	const at = [...key].findIndex((letter, index) => index > 0 && letter !== key[index - 1] && /[a-z]/.test(letter));
	return key.slice(0, at - 1) + (key[at] ?? "") + (key[at - 1] ?? "") + key.slice(at + 1);
}

function complaintsAbout(text: string, path: string): string {
	try {
		teamFromTree(parseTree(text, path), undefined, options);
		return "nothing";
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error;
		return error.problems.map((problem) => `${problem.message} ${problem.hint}`).join("\n");
	}
}

it("three jurors who disagree, a failing provider and a restart end as their examples say", async () => {
	const run = async (name: string) => {
		const request = { store: createMemoryStore("session"), team: load(name).team, question: "?", env: {}, clock: virtualClock() };
		return (await runTurn({ ...request, random: draws() })).turn;
	};
	const contrary = await run("offline/always_disagrees");
	expect(contrary.votes.filter((vote) => vote.by === "contrary").every((vote) => vote.for.startsWith("agent3"))).toBe(true);
	expect(contrary.decision?.label).not.toMatch(/^agent3/);
	expect(Object.keys((await run("offline/one_fails")).retired)).toEqual(["broken"]);
	const restarted = await run("offline/restart_after_review");
	expect({ attempt: restarted.attempt, reviews: restarted.reviews.map(({ by, verdict }) => `${by}: ${verdict}`) }).toEqual({
		attempt: 2,
		reviews: ["critic: restart"],
	});
});
