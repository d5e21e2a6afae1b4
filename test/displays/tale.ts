import type { Event, Recorded } from "../../src/core/events.ts";
import { emptyTurn, evolve } from "../../src/core/evolve.ts";
import type { Terms, Turn } from "../../src/core/types.ts";
import type { Sink } from "../../src/displays/display.ts";

export const terms: Terms = {
	number: 1,
	question: "What is a monad?",
	protocol: "vote",
	agents: [
		{ id: "ada", alias: "agent-x2bk", backend: "openai", model: "gpt-5" },
		{ id: "ben", alias: "agent-p9qr", backend: "simulated" },
		{ id: "cleo", alias: "agent-m4nt", backend: "simulated" },
	],
	maxAnswers: 2,
	maxFailures: 1,
	maxSteps: 50,
	stop: "majority",
	presentation: "verbatim",
	maxRestarts: 0,
	ballot: true,
	seed: 7,
	limits: { onLimit: "wrap_up", graceMs: 1000 },
	prompts: 1,
};

const usage = { input: 1000, output: 200, cached: 100, reasoning: 0 };
const reply = { text: "", reasoning: "", toolCalls: [], finish: "stop" as const, usage };

function answers(agent: string, number: number, text: string): Event[] {
	const assignment = `1.${number}`;
	return [
		{ type: "assignment.started", assignment, agent, task: "answer", round: 1 },
		{ type: "step.started", step: `${assignment}.1`, assignment, agent, hash: "h", estimate: { tokens: 10 } },
		{ type: "step.completed", step: `${assignment}.1`, assignment, agent, reply, costUsd: 0.001 },
		{ type: "assignment.ended", assignment, agent, reason: "done" },
		{ type: "answer.submitted", agent, label: `agent${number}.1`, text },
	];
}

function votes(agent: string, number: number, label: string, reason: string): Event[] {
	const assignment = `1.${number + 3}`;
	return [
		{ type: "assignment.started", assignment, agent, task: "answer-or-vote", round: 2 },
		{ type: "assignment.ended", assignment, agent, reason: "done" },
		{ type: "vote.cast", agent, for: label, reason, implied: false },
	];
}

/** Three agents draft, one stumbles on the way; two vote for the second. */
export const drafted: readonly Event[] = [
	{ type: "turn.started", terms },
	{ type: "attempt.started", attempt: 1 },
	{ type: "round.opened", round: 1 },
	...answers("ada", 1, "A monoid in the category of endofunctors."),
	...answers("ben", 2, "A way to chain steps."),
	{ type: "assignment.started", assignment: "1.3", agent: "cleo", task: "answer", round: 1 },
	{ type: "step.started", step: "1.3.1", assignment: "1.3", agent: "cleo", hash: "h", estimate: { tokens: 10 } },
	{
		type: "step.failed",
		step: "1.3.1",
		assignment: "1.3",
		agent: "cleo",
		failure: { kind: "rate-limit", message: "Too many requests.", status: 429 },
		retryAt: 4500,
		waitMs: 2500,
	},
];

export const decided: readonly Event[] = [
	...drafted,
	{ type: "step.started", step: "1.3.2", assignment: "1.3", agent: "cleo", hash: "h", estimate: { tokens: 10 } },
	{ type: "step.completed", step: "1.3.2", assignment: "1.3", agent: "cleo", reply, costUsd: 0.001 },
	{ type: "assignment.ended", assignment: "1.3", agent: "cleo", reason: "done" },
	{ type: "answer.submitted", agent: "cleo", label: "agent3.1", text: "A burrito." },
	{ type: "round.opened", round: 2 },
	...votes("ada", 1, "agent2.1", "It is\nshort and \u001b[31mright\u001b[0m."),
	...votes("cleo", 3, "agent2.1", "Clear."),
	{
		type: "winner.chosen",
		decision: {
			label: "agent2.1",
			rule: "majority",
			tally: [
				{ label: "agent2.1", votes: 2, others: 2 },
				{ label: "agent1.1", votes: 0, others: 0 },
			],
		},
	},
	{ type: "turn.ended", outcome: "completed", why: "majority", label: "agent2.1", final: "A way to chain steps." },
];

/** The events as a log gives them, each with the state after it. */
export function told(events: readonly Event[]): readonly { record: Recorded; turn: Turn }[] {
	let turn = emptyTurn;
	return events.map((event, index) => {
		turn = evolve(turn, event);
		const record: Recorded = { v: 1, seq: index + 1, at: 1000 + index, epoch: 1, session: "s1", turn: 1, attempt: 1, ...event };
		return { record, turn };
	});
}

export function turnAfter(events: readonly Event[]): Turn {
	return events.reduce(evolve, emptyTurn);
}

/** Keeps what is written. */
export function paper(options: { waiting?: number } = {}): Sink & { text(): string } {
	let all = "";
	return {
		write(text) {
			all += text;
		},
		waiting: () => options.waiting ?? 0,
		terminal: undefined,
		colors: false,
		columns: () => 80,
		text: () => all,
	};
}
