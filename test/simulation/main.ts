/**
 * Plays simulated worlds: npm run simulate -- --seeds 100000 [--from 1], or one of them: npm run simulate -- --seed 4711.
 * Prints every seed whose world breaks a promise, and what it broke; exits 1 if there is one.
 */
import { parseArgs } from "node:util";
import { complaints } from "./check.ts";
import { play } from "./play.ts";
import { newSight, simulate } from "./simulate.ts";
import { worldOf } from "./world.ts";

const { values } = parseArgs({
	options: { seeds: { type: "string", default: "10000" }, from: { type: "string", default: "1" }, seed: { type: "string" } },
});

async function many(from: number, count: number): Promise<boolean> {
	const sight = newSight();
	const broken: number[] = [];
	const began = performance.now();
	for (let seed = from; seed < from + count; seed++) {
		const found = await simulate(seed, sight);
		if (found.length === 0) continue;
		broken.push(seed);
		console.log(`seed ${seed}:\n  ${found.join("\n  ")}`);
	}
	const seconds = (performance.now() - began) / 1000;
	console.log(`${count} seeds from ${from} in ${seconds.toFixed(1)} s: ${sight.processes} processes, ${sight.events} events.`);
	console.log(`${sight.compared} were played without interruption too, and ended the same.`);
	console.log(
		`Outcomes: ${Object.entries(sight.outcomes)
			.map(([outcome, times]) => `${outcome} ${times}`)
			.join(", ")}.`,
	);
	console.log(
		broken.length === 0
			? "No promise was broken."
			: `Broken: ${broken.slice(0, 20).join(", ")}. Look: npm run simulate -- --seed ${broken[0]}`,
	);
	return broken.length === 0;
}

async function one(seed: number): Promise<boolean> {
	const world = worldOf(seed);
	console.log(
		JSON.stringify(
			{ ...world, team: { agents: world.team.agents.map(({ options }) => options), ...world.team.rules, ...world.team.limits } },
			null,
			1,
		),
	);
	const tell = (title: string, story: Awaited<ReturnType<typeof play>>) => {
		console.log(`\n${title}`);
		for (const { v: _v, session: _session, turn: _turn, seq, at, epoch, ...event } of story.events)
			console.log(`${seq} epoch ${epoch} ${at - 1_700_000_000_000} ms ${JSON.stringify(event).slice(0, 240)}`);
		const found = complaints(story);
		console.log(found.length === 0 ? "No promise was broken." : found.join("\n"));
		return found.length === 0;
	};
	const disturbed = tell("As it happens", await play(world));
	return world.isCalm ? tell("Without interruption", await play(world, [])) && disturbed : disturbed;
}

process.exitCode = (await (values.seed === undefined ? many(Number(values.from), Number(values.seeds)) : one(Number(values.seed)))) ? 0 : 1;
