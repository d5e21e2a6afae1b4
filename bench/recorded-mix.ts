import type { Event, Unsaved } from "../src/core/events.ts";
import type { Agent } from "../src/core/types.ts";

const agents: readonly Agent[] = ["ada", "bob", "eve"].map((id) => ({ id, alias: `writer-${id}`, backend: "simulated" }));
const text = "Some words that a model has written, with a reason for each of them. ".repeat(25);

/** The events of one turn as they occur with three agents, two steps each with a tool call, then votes: 43 of them, about 1 kB each. */
export function turnEvents(number: number): readonly Unsaved[] {
	const at = 1_000_000 + number * 60_000;
	return sequence(number).map((event, index) => ({
		at: at + index * 50,
		turn: number,
		attempt: event.type === "turn.started" ? 0 : 1,
		...event,
	}));
}

function sequence(number: number): readonly Event[] {
	const ids = agents.map((agent) => agent.id);
	return [
		{
			type: "turn.started",
			terms: {
				number,
				question: "What is to be done?",
				protocol: "vote",
				agents,
				maxAnswers: 2,
				maxFailures: 1,
				maxSteps: 50,
				stop: "majority",
				presentation: "verbatim",
				maxRestarts: 0,
				ballot: true,
				seed: number,
				limits: { onLimit: "wrap_up", graceMs: 1_000 },
				prompts: 1,
			},
		},
		...ids.flatMap((agent, index) => writing(agent, index + 1, number)),
		{ type: "round.opened", round: 2 },
		...ids.flatMap((agent, index) => voting(agent, index + 4)),
		{ type: "winner.chosen", decision: { label: "agent1.1", rule: "majority", tally: [{ label: "agent1.1", votes: 3, others: 2 }] } },
		{ type: "turn.ended", outcome: "completed", label: "agent1.1", final: text },
	];
}

function writing(agent: string, index: number, number: number): readonly Event[] {
	const assignment = `a${index}`;
	const call = { id: `c${index}`, name: "read_file", input: { path: "notes.md" }, raw: '{"path":"notes.md"}' };
	return [
		{ type: "assignment.started", assignment, agent, task: "answer", round: 1 },
		...step(agent, assignment, 1, [call]),
		{ type: "tool.started", call: call.id, assignment, agent, name: call.name, input: call.input, readOnly: true },
		{ type: "tool.completed", call: call.id, assignment, agent, name: call.name, output: text, isError: false },
		...step(agent, assignment, 2, []),
		{ type: "answer.submitted", agent, label: `agent${index}.1`, text: `${text} ${number} ${agent}` },
		{ type: "assignment.ended", assignment, agent, reason: "done" },
	];
}

function voting(agent: string, index: number): readonly Event[] {
	const assignment = `a${index}`;
	return [
		{ type: "assignment.started", assignment, agent, task: "answer-or-vote", round: 2 },
		...step(agent, assignment, 1, []),
		{ type: "vote.cast", agent, for: "agent1.1", reason: "It says the most in the fewest words.", implied: false },
		{ type: "assignment.ended", assignment, agent, reason: "done" },
	];
}

function step(
	agent: string,
	assignment: string,
	number: number,
	toolCalls: readonly { id: string; name: string; input: Readonly<Record<string, unknown>>; raw: string }[],
): readonly Event[] {
	const id = `${assignment}.s${number}`;
	return [
		{ type: "step.started", step: id, assignment, agent, hash: "0123456789abcdef", estimate: { tokens: 2_000 } },
		{
			type: "step.completed",
			step: id,
			assignment,
			agent,
			reply: { text, reasoning: "", toolCalls, finish: "stop", usage: { input: 900, output: 400, cached: 0, reasoning: 0 } },
		},
	];
}
