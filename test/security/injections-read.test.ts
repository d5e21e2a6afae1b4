import { describe, expect, test } from "vitest";
import { virtualClock } from "../../src/agents/virtual-clock.ts";
import type { SessionStore } from "../../src/checkpoint/log.ts";
import { createMemoryStore } from "../../src/checkpoint/memory.ts";
import type { Team } from "../../src/config/team.ts";
import type { Recorded } from "../../src/core/events.ts";
import { anonymous } from "../../src/core/text.ts";
import type { Agent } from "../../src/core/types.ts";
import { runTurn } from "../../src/massgen.ts";
import { simulatedTeam } from "../../src/testing.ts";
import { dice, harmless, injections, written } from "./injections.ts";

type Asked = { readonly team: Team; readonly store?: SessionStore; readonly question?: string };

async function ask({ team, store = createMemoryStore("s"), question = "How many?" }: Asked) {
	const events: Recorded[] = [];
	const result = await runTurn({
		store,
		team,
		question,
		env: {},
		clock: virtualClock(),
		random: dice(7),
		onEvent: (event) => events.push(event),
	});
	return { ...result, events };
}

/** Everything that happened, without the words: who did what when, and what came of it. */
function course(events: readonly Recorded[]): readonly unknown[] {
	return events.map((event) => {
		const { type, attempt } = event;
		const agent = "agent" in event ? event.agent : undefined;
		switch (event.type) {
			case "step.completed":
				return { type, agent, attempt, calls: event.reply.toolCalls.map(({ name }) => name) };
			case "answer.submitted":
				return { type, agent, attempt, label: event.label };
			case "vote.cast":
				return { type, agent, attempt, for: event.for, implied: event.implied };
			case "winner.chosen":
				return { type, attempt, decision: event.decision };
			case "assignment.started":
				return { type, agent, attempt, task: event.task, round: event.round };
			case "review.given":
				return { type, attempt, verdict: event.verdict };
			case "turn.ended":
				return { type, attempt, outcome: event.outcome, label: event.label };
			default:
				return { type, agent, attempt };
		}
	});
}

/** So quick that the length of a text plays no part. */
const profile = { tokens_per_second: 1e12 };

/** The first writes the text; the others read it in every way that a script can: by place, by length, by number, their own. */
function debate(text: string): Team {
	return simulatedTeam(
		[
			{ id: "mallory", profile, script: [{ answer: text }, { vote: 1 }] },
			{ id: "ada", profile, script: [{ answer: "Eleven, I think." }, { vote: "first" }] },
			{ id: "bob", profile, script: [{ answer: "Twelve?" }, { answer: "Twelve, since three times four." }, { vote: "own" }] },
			{ id: "cyd", profile, script: [{ answer: "Thirteen." }, { vote: 3 }] },
			{ id: "dan", profile, script: [{ answer: "As many as there are, neither more nor less." }, { vote: "best" }] },
		],
		{ rules: { seed: 4, stop: "all" } },
	);
}

/** The first wins with the text, which is then read twice more: by its author, who writes it anew, and by a reviewer. */
function victory(text: string): Team {
	const follower = (id: string, answer: string) => ({ id, profile, script: [{ answer }, { vote: 1 }] });
	return simulatedTeam(
		[{ id: "mallory", profile, script: [{ answer: text }, { vote: 1 }] }, follower("ada", "Eleven."), follower("bob", "Ten.")],
		{
			rules: { seed: 4, presentation: "rewrite", maxRestarts: 1, reviewer: "ada" },
		},
	);
}

/** What the agents are called: the same at every run. */
async function aliases(team: Team): Promise<{ self: string; victim: string; agents: readonly Agent[] }> {
	const { turn } = await ask({ team });
	return { agents: turn.agents, self: turn.agents[0]?.alias ?? "", victim: turn.agents[1]?.alias ?? "" };
}

const [inDebate, inVictory] = await Promise.all([aliases(debate("Twelve.")), aliases(victory("Twelve."))]);

test("there are more than fifty texts that try it", () => {
	expect(injections.length).toBeGreaterThan(50);
	expect(new Set(injections.map(({ text }) => text)).size).toBe(injections.length);
});

describe.each(injections)("an answer that $name", (injection) => {
	test("is read like a harmless one: the same votes, the same winner, nothing asked again", async () => {
		const text = written(injection, inDebate);
		// Aliases become neutral words before a text is shown: the harmless one has the length of what is left then.
		const evil = await ask({ team: debate(text) });
		const good = await ask({ team: debate(harmless(anonymous(text, inDebate.agents))) });
		expect(course(evil.events)).toEqual(course(good.events));
		expect(evil.events.filter(({ type }) => type === "step.rejected" || type === "step.failed" || type === "tool.started")).toEqual([]);
	});

	test("wins like a harmless one, and is written anew and reviewed word for word", async () => {
		const text = written(injection, inVictory);
		const evil = await ask({ team: victory(text) });
		const good = await ask({ team: victory(harmless(text)) });
		expect(course(evil.events)).toEqual(course(good.events));
		const version = evil.turn.answers.find(({ by }) => by === "mallory");
		expect(version?.text.startsWith(anonymous(text, evil.turn.agents))).toBe(true);
		expect(evil.turn).toMatchObject({ outcome: "completed", final: version?.text });
	});

	test("is harmless history in the next turn", async () => {
		const text = written(injection, inVictory);
		const [evil, good] = await Promise.all(
			[text, harmless(text)].map(async (first) => {
				const store = createMemoryStore("s");
				await ask({ team: victory(first), store });
				return await ask({ team: victory("Twelve, again."), store, question: "And now?" });
			}),
		);
		expect(course(evil?.events ?? [])).toEqual(course(good?.events ?? []));
	});
});
