import { isBallot, type Verdict, verdictOf } from "./ballot.ts";
import { chain, close, retire } from "./chain.ts";
import type { Command, Event } from "./events.ts";
import { reachLimit } from "./limits.ts";
import { answersBy, numberOf, seatOf } from "./queries.ts";
import { agentBudgetUsed, budgetUsed } from "./spending.ts";
import { anonymous } from "./text.ts";
import type { Assignment, Turn } from "./types.ts";

/** Wrong replies after which an agent is asked again in the same conversation. */
const maxRejections = 2;

/**
 * A model call may begin if the budget has room for the most that it and all open calls may cost. If the open calls
 * may yet leave room for it, it waits; if not, the budget is used up.
 */
export function beginStep(
	turn: Turn,
	assignment: Assignment,
	{ hash, estimate }: Extract<Command, { type: "begin-step" }>,
): readonly Event[] {
	if (turn.interrupted || assignment.step || assignment.calls.length > 0) return [];
	const { id, agent, begun } = assignment;
	if (budgetUsed(turn, "spent", estimate) > 1) return reachLimit(turn, "budget", true);
	if (agentBudgetUsed(turn, seatOf(turn, agent), estimate) > 1) return retire(turn, agent, "its budget is used up");
	if (budgetUsed(turn, "committed", estimate) > 1) return [];
	return [{ type: "step.started", step: `${id}.${begun + 1}`, assignment: id, agent, hash, estimate }];
}

export function completeStep(
	turn: Turn,
	{ step, reply, costUsd, readOnly }: Extract<Command, { type: "complete-step" }>,
): readonly Event[] {
	const assignment = turn.open.find((a) => a.step?.id === step);
	if (!assignment) return [];
	const { id, agent } = assignment;
	return chain(
		turn,
		() => [{ type: "step.completed", step, assignment: id, agent, reply, ...(costUsd === undefined ? {} : { costUsd }) }],
		() =>
			reply.toolCalls
				.filter((call) => !isBallot(call))
				.map((call) => ({
					type: "tool.started",
					call: call.id,
					assignment: id,
					agent,
					name: call.name,
					input: call.input ?? {},
					readOnly: readOnly?.includes(call.id) ?? false,
				})),
		(state) => state.open.filter((a) => a.id === id).flatMap((a) => settle(state, a)),
	);
}

/** An interruption aborts the calls: a failure after it says nothing, and the call is made again. */
export function failStep(turn: Turn, command: Extract<Command, { type: "fail-step" }>): readonly Event[] {
	const { step, failure, draft, summary, type: _type, ...rest } = command;
	const assignment = turn.open.find((a) => a.step?.id === step);
	if (!assignment || turn.interrupted) return [];
	const { id, agent } = assignment;
	return [
		...(draft ? [{ type: "draft.saved" as const, step, agent, text: draft }] : []),
		{ type: "step.failed", step, assignment: id, agent, failure, ...rest },
		...(summary === undefined ? [] : [{ type: "conversation.compacted" as const, agent, summary }]),
		...(command.retryAt === undefined ? [close(assignment, "failed", failure.message)] : []),
	];
}

/** A call's id is the model's, so it is unique within its assignment and nowhere else. */
export function completeCall(
	turn: Turn,
	assignment: Assignment,
	{ call, output, isError }: Extract<Command, { type: "complete-call" }>,
): readonly Event[] {
	const open = assignment.calls.find(({ id }) => id === call);
	if (!open) return [];
	const { id, agent } = assignment;
	return chain(
		turn,
		() => [{ type: "tool.completed", call, assignment: id, agent, name: open.name, output, isError }],
		(state) => state.open.filter((a) => a.id === id).flatMap((a) => settle(state, a)),
	);
}

/** Once the tools that a reply asked for have run, its ballot counts. A reply with tools and no ballot goes on with another step. */
export function settle(turn: Turn, assignment: Assignment): readonly Event[] {
	if (assignment.step || assignment.calls.length > 0) return [];
	const last = seatOf(turn, assignment.agent).conversation.findLast(
		({ kind }) => kind === "reply" || kind === "rejection" || kind === "task" || kind === "compaction",
	);
	if (last?.kind !== "reply") return [];
	const { toolCalls } = last.reply;
	if (toolCalls.length > 0 && !toolCalls.some(isBallot)) return outOfSteps(turn, assignment);
	return apply(turn, assignment, verdictOf(turn, assignment, last.reply));
}

function outOfSteps(turn: Turn, assignment: Assignment): readonly Event[] {
	return assignment.steps >= turn.maxSteps ? [close(assignment, "out-of-steps", `used its ${turn.maxSteps} steps`)] : [];
}

function apply(turn: Turn, assignment: Assignment, verdict: Verdict): readonly Event[] {
	const { id, agent, begun, rejections } = assignment;
	switch (verdict.kind) {
		case "answer": {
			const label = `agent${numberOf(turn, agent)}.${answersBy(turn, agent).length + 1}`;
			return [
				close(assignment, "done"),
				{ type: "answer.submitted", agent, label, text: verdict.text, ...(verdict.truncated ? { truncated: true as const } : {}) },
			];
		}
		case "vote":
			return [
				close(assignment, "done"),
				{ type: "vote.cast", agent, for: verdict.candidate.label, reason: verdict.reason, implied: verdict.implied },
			];
		case "rewrite": {
			const text = anonymous(verdict.text, turn.agents);
			return text.trim() === ""
				? [close(assignment, "failed", "The rewritten answer was empty or cut short.")]
				: [close(assignment, "done"), { type: "answer.rewritten", text, agent }];
		}
		case "review": {
			const { verdict: given, reason, instructions } = verdict;
			return [close(assignment, "done"), { type: "review.given", attempt: turn.attempt, by: agent, verdict: given, reason, instructions }];
		}
		case "problem": {
			const rejected: Event = { type: "step.rejected", step: `${id}.${begun}`, assignment: id, agent, problem: verdict.problem };
			return [rejected, ...(rejections >= maxRejections ? [close(assignment, "failed", verdict.problem)] : outOfSteps(turn, assignment))];
		}
	}
}
