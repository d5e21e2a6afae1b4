import { expect, test } from "vitest";
import type { Script } from "../../src/backends/simulated-options.ts";
import type { Recorded } from "../../src/core/events.ts";
import type { Turn } from "../../src/core/types.ts";
import { run } from "../../src/library/run.ts";
import { place } from "./place.ts";

const fast = { time_to_first_token_ms: 0, tokens_per_second: 100_000 };
const again = { call: { tool: "restart_orchestration", input: { reason: "No prices.", instructions: "Add what each day costs." } } };

/** Two agents, and a critic that reviews and asks for a restart as often as it may. */
function criticised(restarts: number | undefined, verdicts: Script) {
	const scripts: Record<string, Script> = {
		ada: [{ answer: "A plan." }, { vote: "agent1" }, { answer: "A plan with prices." }, { vote: "agent1" }],
		critic: [{ answer: "Another plan." }, { vote: "agent1" }, ...verdicts],
	};
	return {
		agents: Object.entries(scripts).map(([id, script]) => ({ id, backend: { type: "simulated", script, profile: fast } })),
		orchestrator: {
			reviewer: "critic",
			...(restarts === undefined ? {} : { coordination: { max_orchestration_restarts: restarts } }),
		},
	};
}

async function play(config: object) {
	const events: Recorded[] = [];
	let last: Turn | undefined;
	const result = await run({
		query: "Plan a weekend.",
		config: { ...config },
		inMemory: true,
		...place(),
		onEvent(event, turn) {
			events.push(event);
			last = turn;
		},
	});
	return { result, events, turn: last, of: (type: Recorded["type"]) => events.filter((event) => event.type === type) };
}

test("M45, M49: a reviewer asks for a restart with reason and instructions, which the log shows with the attempt", async () => {
	const { result, of } = await play(criticised(1, [again]));
	expect(result).toMatchObject({ outcome: "completed", attempt: 2 });
	expect(of("review.given")).toMatchObject([
		{ attempt: 1, verdict: "restart", reason: "No prices.", instructions: "Add what each day costs." },
	]);
	expect(of("attempt.started")).toMatchObject([{ attempt: 1 }, { attempt: 2 }]);
});

test("M45: a restart without a reason is taken for agreement", async () => {
	const { result } = await play(criticised(1, [{ call: { tool: "restart_orchestration", input: { reason: "Why not." } } }]));
	expect(result).toMatchObject({ outcome: "completed", attempt: 1 });
});

test("M46: attempts are one and the restarts that are allowed; without the setting there is none, and a wrong one is refused", async () => {
	expect((await play(criticised(undefined, [again]))).result.attempt).toBe(1);
	expect((await play(criticised(0, [again]))).result.attempt).toBe(1);
	expect((await play(criticised(2, [again, again, again]))).result.attempt).toBe(3);
	for (const wrong of [-1, 1.5])
		await expect(run({ query: "?", config: criticised(wrong, []), inMemory: true, ...place() })).rejects.toMatchObject({
			name: "ConfigError",
		});
});

test("M47: a restart begins with round 1 and without votes, and keeps answers' numbers, the question and what was spent", async () => {
	const { events, turn } = await play(criticised(1, [again]));
	const restart = events.findIndex((event) => event.type === "attempt.started" && event.attempt === 2);
	expect(events[restart + 1]).toMatchObject({ type: "round.opened", round: 1, attempt: 2 });
	const [before = [], after = []] = [events.slice(0, restart), events.slice(restart)].map((part) =>
		part.flatMap((event) => (event.type === "answer.submitted" ? [event.label] : [])),
	);
	expect(before).toEqual(expect.arrayContaining(["agent1.1", "agent2.1"]));
	expect(after.length).toBeGreaterThan(0);
	expect(after.every((label) => !before.includes(label))).toBe(true);
	expect(turn?.question).toBe("Plan a weekend.");
});
