import type { Recorded } from "../../src/core/events.ts";
import { emptyTurn, evolve } from "../../src/core/evolve.ts";
import { board, takingPart } from "../../src/core/queries.ts";
import type { Turn } from "../../src/core/types.ts";
import type { Story } from "./play.ts";

/** Everything that must hold of any turn, whatever befell it: the complaints, none if all is well. */
export function complaints({ events, turn, runs }: Story): readonly string[] {
	const found: string[] = [];
	const complain = (text: string, at?: Recorded) => found.push(at ? `${text} (event ${at.seq}, ${at.type})` : text);
	const ofTurn = events.filter((event) => event.turn === 1);
	checkEnvelopes(events, complain);
	checkWalk(ofTurn, complain);
	checkEnd(ofTurn, turn, complain);
	checkBounds(ofTurn, turn, complain);
	checkTools(ofTurn, runs, complain);
	return found;
}

type Complain = (text: string, at?: Recorded) => void;

function checkEnvelopes(events: readonly Recorded[], complain: Complain): void {
	for (const [index, event] of events.entries()) {
		if (event.seq !== index + 1) complain(`Its number should be ${index + 1}`, event);
		const before = events[index - 1];
		if (before && event.at < before.at) complain("Time goes back", event);
		if (before && event.epoch < before.epoch) complain("An earlier holder writes", event);
	}
}

/** What somebody asked for at the same moment is still heard; nothing is worked on. */
const allowedInterrupted: ReadonlySet<string> = new Set([
	"turn.resumed",
	"turn.ended",
	"limits.changed",
	"limit.reached",
	"message.added",
	"agent.retired",
	"assignment.ended",
	"step.completed",
]);

/** Goes through the log with the state before each event. */
function checkWalk(events: readonly Recorded[], complain: Complain): void {
	let turn: Turn = emptyTurn;
	const labels = new Set<string>();
	const started = new Set<string>();
	const finished = new Set<string>();
	const paidFor = new Set<string>();
	const hashes = new Map<string, string>();
	for (const event of events) {
		if (turn.phase === "ended") complain("Something happens after the end", event);
		if (turn.interrupted && !allowedInterrupted.has(event.type)) complain("Something happens while it is interrupted", event);
		switch (event.type) {
			case "assignment.started":
				if (turn.open.some(({ agent }) => agent === event.agent)) complain("An agent has two assignments", event);
				if (turn.retired[event.agent] !== undefined) complain("An agent works that takes part no more", event);
				break;
			case "step.started": {
				if (started.has(event.step)) complain("A step starts twice", event);
				started.add(event.step);
				hashes.set(event.step, `${event.agent} ${event.hash}`);
				if (paidFor.has(`${event.agent} ${event.hash}`)) complain("A completed call is made again", event);
				const notBefore = turn.open.find(({ id }) => id === event.assignment)?.notBefore ?? 0;
				if (event.at < notBefore) complain("A call is made before its time", event);
				if (turn.hard !== undefined) complain("A call begins after the hard limit", event);
				const { tokens } = turn.limits;
				if (tokens !== undefined && spent(turn) + event.estimate.tokens > tokens)
					complain("A call begins that the budget has no room for", event);
				break;
			}
			case "step.completed":
			case "step.failed":
				if (!started.has(event.step) || finished.has(event.step)) complain("A step ends that did not start, or twice", event);
				finished.add(event.step);
				if (event.type === "step.completed") paidFor.add(hashes.get(event.step) ?? "");
				break;
			case "answer.submitted": {
				const mine = turn.answers.filter(({ by }) => by === event.agent).length;
				if (labels.has(event.label) || !event.label.endsWith(`.${mine + 1}`)) complain(`${event.label} is not the next label`, event);
				labels.add(event.label);
				break;
			}
			case "vote.cast":
				if (!board(turn).some(({ label }) => label === event.for)) complain("A vote is for something that is not on the board", event);
				if (turn.votes.some(({ by, attempt, round }) => by === event.agent && attempt === turn.attempt && round === turn.round))
					complain("An agent votes twice in a round", event);
				break;
			default:
				break;
		}
		turn = evolve(turn, event);
	}
}

/** What was paid or may have been, counted from the state. */
function spent(turn: Turn): number {
	return turn.seats.reduce((sum, { spending }) => sum + spending.input + spending.output + spending.uncertain.tokens, 0);
}

/** A version that exists is never thrown away, and the answer is a version word for word. */
function checkEnd(events: readonly Recorded[], turn: Turn, complain: Complain): void {
	const end = events.at(-1);
	if (end?.type !== "turn.ended") complain("The last event is not the end", end);
	if (turn.outcome === "cancelled") return;
	if (turn.answers.length > 0 && turn.final === undefined) complain("There is a version and no answer", end);
	if (turn.answers.length === 0 && turn.final !== undefined) complain("There is an answer and no version", end);
	if (turn.final === undefined) {
		if (turn.outcome === "completed") complain("It is completed without an answer", end);
		return;
	}
	const version = turn.answers.find(({ label }) => label === turn.decision?.label);
	if (turn.final !== (turn.rewrite ?? version?.text)) complain("The answer is not the winning version", end);
}

/** A tool runs after its start is written, and one that may change something runs once. */
function checkTools(events: readonly Recorded[], runs: Story["runs"], complain: Complain): void {
	const started = new Set(events.flatMap((event) => (event.type === "tool.started" ? [`${event.name} ${event.call}`] : [])));
	for (const [call, times] of runs) {
		if (!started.has(call)) complain(`${call} runs without having started`);
		if (times > 1 && !call.startsWith("look")) complain(`${call} runs ${times} times`);
	}
}

/** Design 6.13: rounds, assignments, steps and attempts are bounded. */
function checkBounds(events: readonly Recorded[], turn: Turn, complain: Complain): void {
	const assignments = new Map<string, number>();
	const failures = new Map<string, number>();
	const steps = new Map<string, number>();
	const of = new Map<string, string>();
	let attempt = 1;
	for (const event of events) {
		if (event.type === "attempt.started") attempt = event.attempt;
		if (event.type === "round.opened" && event.round > turn.maxAnswers + 1) complain("There are more rounds than answers allow", event);
		if (event.type === "assignment.started") {
			const key = `${attempt} ${event.round} ${event.agent} ${event.task}`;
			of.set(event.assignment, key);
			assignments.set(key, (assignments.get(key) ?? 0) + 1);
			if ((assignments.get(key) ?? 0) > 1 + (failures.get(key) ?? 0)) complain("An agent is asked again that has not failed", event);
			if ((assignments.get(key) ?? 0) > turn.maxFailures + 1) complain("An agent is asked more often than it may fail", event);
		}
		if (event.type === "assignment.ended" && event.reason === "failed") {
			const key = of.get(event.assignment) ?? "";
			failures.set(key, (failures.get(key) ?? 0) + 1);
		}
		if (event.type === "step.completed") {
			steps.set(event.assignment, (steps.get(event.assignment) ?? 0) + 1);
			if ((steps.get(event.assignment) ?? 0) > turn.maxSteps) complain("An assignment takes more steps than it may", event);
		}
	}
	if (attempt > turn.maxRestarts + 1) complain(`There are ${attempt} attempts`);
	const calls = [...of.keys()].length;
	const isSmooth = failures.size === 0 && turn.maxRestarts === 0 && turn.presentation === "verbatim";
	if (isSmooth && calls > turn.agents.length * (turn.maxAnswers + 1)) complain(`There are ${calls} assignments`);
	if (turn.outcome === "completed" && turn.decision === undefined && takingPart(turn).length > 0) complain("Nothing was decided");
}
