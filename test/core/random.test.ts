import { expect, test } from "vitest";
import { decide } from "../../src/core/decide.ts";
import { emptyTurn, evolve, replay } from "../../src/core/evolve.ts";
import { board, isOver, liveVotes, takingPart } from "../../src/core/queries.ts";
import { vote } from "../../src/protocols/vote.ts";
import { Chaos, dice, each } from "./chaos.ts";
import { Table } from "./table.ts";

/** Checked after every command of thousands of turns, so it has to be quick. */
function holds(condition: boolean, promise: string): void {
	if (!condition) throw new Error(`broken: ${promise}`);
}

function check({ turn, terms: { maxAnswers } }: Chaos): void {
	holds(new Set(turn.open.map(({ agent }) => agent)).size === turn.open.length, "one assignment per agent");
	holds(new Set(turn.answers.map(({ label }) => label)).size === turn.answers.length, "labels are unique");
	const shown = new Set(board(turn).map(({ label }) => label));
	holds(
		liveVotes(turn).every((one) => shown.has(one.for)),
		"votes name what is on the board",
	);
	holds(turn.interrupted || turn.open.every(({ agent }) => turn.retired[agent] === undefined), "the retired do not work");
	holds(turn.round <= maxAnswers + 1, "rounds are bounded");
	holds(!isOver(turn) || turn.open.length === 0, "nothing is open at the end");
	holds(isOver(turn) || turn.interrupted || turn.open.length > 0, "somebody is at work");
}

function checkEnd({ turn, events, terms: given, outside }: Chaos): void {
	const started = events.filter(({ type }) => type === "assignment.started").length;
	const attempts = given.maxRestarts + 1;
	const perAttempt = turn.agents.length * (given.maxAnswers + 1) + 2;
	holds(started <= perAttempt * (given.maxFailures + 1) * attempts + outside * turn.agents.length, "assignments are bounded");
	holds(turn.attempt <= attempts, "attempts are bounded");
	const steps = events.flatMap((event) => (event.type === "step.started" ? [event.step] : []));
	holds(new Set(steps).size === steps.length, "every step has a name of its own");
	if (turn.outcome === "cancelled") return;
	holds(turn.answers.length > 0 === (turn.final !== undefined), "a version is never thrown away, and a draft never the answer");
	holds(turn.answers.length === 0 || (turn.outcome !== "failed" && turn.outcome !== "max-steps"), "who has a version has not failed");
	const won = turn.answers.find(({ label }) => label === turn.decision?.label);
	holds(turn.presentation === "rewrite" || turn.final === won?.text, "the winner stands word for word");
}

test("whatever happens, a turn ends, and keeps its promises on the way", () => {
	each(2500, (seed) => checkEnd(new Chaos(seed).play(check)));
});

test("a log cut after any append replays to the state it had then", () => {
	each(100, (seed) => {
		const { events, appends } = new Chaos(seed).play();
		for (const { length, turn } of appends)
			holds(JSON.stringify(replay(events.slice(0, length))) === JSON.stringify(turn), `cut at ${length}`);
	});
});

test("evolve takes any event in any order", () => {
	const stock = Array.from({ length: 40 }, (_, seed) => new Chaos(seed + 1).play().events).flat();
	each(300, (seed) => {
		const { pick, chance } = dice(seed);
		let turn = emptyTurn;
		for (let count = 0; count < 200; count++) {
			const event = pick(stock);
			if (event) turn = evolve(turn, event);
			if (chance(0.1)) decide(turn, { type: "resume" }, vote);
		}
	});
});

/** Every agent's mind is a function of its name and the round, whoever is quick and whatever breaks. */
function act(table: Table, seed: number, agent: string): void {
	const { task, round } = table.held(agent);
	const mind = dice(seed * 1009 + agent.charCodeAt(0) * 17 + round);
	const choice = mind.pick(board(table.turn));
	if (task !== "vote" && (!choice || mind.chance(0.4))) table.answer(agent, `${agent}${round}`);
	else table.vote(agent, choice?.label ?? "none");
}

test("who wins does not depend on who is quick", () => {
	each(300, (seed) => {
		const ends = new Set<string>();
		for (let order = 0; order < 5; order++) {
			const table = new Table(["a", "b", "c", "d"], { seed, stop: seed % 2 === 0 ? "majority" : "all" });
			const speed = dice(seed * 31 + order);
			while (!isOver(table.turn)) act(table, seed, speed.pick(table.turn.open)?.agent ?? "none");
			holds(table.count("assignment.started") <= 4 * 3, "n (K + 1) assignments at most without failures");
			ends.add(`${table.turn.decision?.label} ${table.turn.final}`);
		}
		expect(ends.size).toBe(1);
	});
});

test("interruptions and crashes add no calls but those that were in flight, and change nothing else", () => {
	each(300, (seed) => {
		const play = (breaks: number) => {
			const table = new Table(["a", "b", "c"], { seed });
			const fate = dice(seed);
			let lost = 0;
			while (!isOver(table.turn)) {
				const agent = table.turn.open[0]?.agent ?? "none";
				if (!fate.chance(breaks)) act(table, seed, agent);
				else {
					table.begin(agent);
					lost += 1;
					if (table.held(agent).losses === 2 || fate.chance(0.5)) table.interrupt();
					table.resume();
				}
			}
			return { decision: table.turn.decision, final: table.turn.final, calls: table.count("step.started") - lost };
		};
		expect(play(0.4)).toEqual(play(0));
	});
});

test("an agent that has left is asked again only if a resumption takes it back", () => {
	each(500, (seed) => {
		let before = new Chaos(seed).turn;
		let length = 0;
		new Chaos(seed).play((chaos) => {
			const fresh = chaos.events.slice(length);
			const left = (id: string) => before.agents.some((agent) => agent.id === id) && !takingPart(before).some((agent) => agent.id === id);
			const isResumed = fresh.some(({ type }) => type === "turn.resumed");
			holds(isResumed || !fresh.some((event) => event.type === "assignment.started" && left(event.agent)), "the retired are not asked");
			before = chaos.turn;
			length = chaos.events.length;
		});
	});
});
