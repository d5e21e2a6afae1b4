import { isBallot, type Verdict, verdictOf } from "./ballot.ts";
import type { Command, EndReason, Event } from "./events.ts";
import { evolve } from "./evolve.ts";
import { answersBy, candidates, isBusy, isOver, numberOf, takingPart, versionOf } from "./queries.ts";
import { agentBudgetUsed, budgetUsed } from "./spending.ts";
import { anonymous } from "./text.ts";
import type { Agent, Assignment, Outcome, Protocol, Turn, Work } from "./types.ts";

/** Wrong replies that an agent may give in a row before its assignment has failed. */
const maxRejections = 2;
/** Deaths of the process during the same model call after which that call counts as failed. */
const maxLosses = 3;
/** Part of the budget after which no new answers are asked for. */
const softPart = 0.8;

/**
 * What happens next. First the command's own consequences, then whatever the protocol now wants. A report from an
 * assignment that is no longer open means nothing: it was unneeded, or it comes from a process that lost its lease.
 */
export function decide(turn: Turn, command: Command, protocol: Protocol): Event[] {
	return chain(
		turn,
		(state) => consequences(state, command),
		(state) => failures(state),
		(state) => followUps(state, protocol),
	);
}

/** The events of several deciders, each seeing what the ones before it have brought. */
function chain(turn: Turn, ...deciders: ((turn: Turn) => readonly Event[])[]): Event[] {
	const events: Event[] = [];
	for (const decider of deciders) events.push(...decider(events.reduce(evolve, turn)));
	return events;
}

function consequences(turn: Turn, command: Command): readonly Event[] {
	if (command.type === "start")
		return [
			{ type: "turn.started", terms: command.terms },
			{ type: "attempt.started", attempt: 1 },
			{ type: "round.opened", round: 1 },
		];
	if (isOver(turn)) return [];

	switch (command.type) {
		case "interrupt":
			return turn.interrupted ? [] : [...drafts(command.drafts), { type: "turn.interrupted", by: command.by }];
		case "resume":
			return resume(turn, command);
		case "cancel":
			return end(turn, "cancelled", command.why);
		case "say":
			return say(turn, command.text, command.to);
		case "retire":
			return turn.agents.some(({ id }) => id === command.agent) ? retire(turn, command.agent, command.why) : [];
		case "change-limits":
			return [{ type: "limits.changed", limits: command.limits }];
		case "reach-limit":
			return reachLimit(turn, command.kind, command.hard);
		case "compact":
			return [{ type: "conversation.compacted", agent: command.agent, summary: command.summary }];
		case "complete-call":
			return completeCall(turn, command);
		case "complete-step":
			return completeStep(turn, command);
		case "fail-step":
			return failStep(turn, command);
	}

	const assignment = turn.open.find(({ id }) => id === command.assignment);
	if (!assignment) return [];

	switch (command.type) {
		case "begin-step":
			return beginStep(turn, assignment, command);
		case "bookmark":
			return [{ type: "assignment.bookmarked", assignment: assignment.id, bookmark: command.bookmark }];
		case "urge":
			return assignment.urged ? [] : [{ type: "assignment.closing", assignment: assignment.id }];
		case "time-out":
			return [close(assignment, "timed-out", "out of time")];
	}
}

function resume(turn: Turn, { agents, limits, drafts: texts }: Extract<Command, { type: "resume" }>): readonly Event[] {
	const interrupted = turn.open.flatMap(({ id: assignment, agent, calls }) =>
		calls
			.filter(({ readOnly }) => !readOnly)
			.map(
				({ id: call, name }): Event => ({
					type: "tool.completed",
					call,
					assignment,
					agent,
					name,
					output: "Interrupted: the machine stopped while this ran. It may or may not have taken effect; look before doing it again.",
					isError: true,
				}),
			),
	);
	const missing = agents ? takingPart(turn).filter(({ id }) => !agents.some((agent) => agent.id === id)) : [];
	return chain(
		turn,
		() => [...drafts(texts), { type: "turn.resumed", ...(agents ? { agents } : {}), ...(limits ? { limits } : {}) }, ...interrupted],
		(state) => missing.flatMap(({ id }) => retire(state, id, "no longer in the configuration")),
		(state) => state.open.filter((a) => changed(turn, state, a.agent)).map((a) => close(a, "unneeded")),
		(state) =>
			state.open
				.filter(({ losses }) => losses >= maxLosses)
				.map((a) => close(a, "failed", `The process stopped ${maxLosses} times during the same call.`)),
		(state) => state.open.flatMap((a) => settle(state, a)),
	);
}

function changed(before: Turn, after: Turn, agent: string): boolean {
	const [a, b] = [before, after].map(({ agents }) => agents.find(({ id }) => id === agent));
	return a?.backend !== b?.backend || a?.model !== b?.model;
}

function say(turn: Turn, text: string, to: readonly string[] | undefined): readonly Event[] {
	const addressed = takingPart(turn).filter(({ id }) => to === undefined || to.includes(id));
	return text.trim() === "" || addressed.length === 0 ? [] : [{ type: "message.added", text, to: addressed.map(({ id }) => id) }];
}

function retire(turn: Turn, agent: string, why: string): readonly Event[] {
	if (turn.retired[agent] !== undefined) return [];
	return [...turn.open.filter((a) => a.agent === agent).map((a) => close(a, "unneeded")), { type: "agent.retired", agent, why }];
}

function reachLimit(turn: Turn, kind: "time" | "budget" | "user", hard: boolean): readonly Event[] {
	if (turn.hard !== undefined || (!hard && turn.warned.includes(kind))) return [];
	return [{ type: "limit.reached", kind, hard }];
}

/** A model call may begin if its assignment has steps left and the budget has room for what it may cost. */
function beginStep(turn: Turn, assignment: Assignment, { hash, estimate }: Extract<Command, { type: "begin-step" }>): readonly Event[] {
	if (assignment.step || assignment.calls.length > 0 || turn.hard !== undefined) return [];
	const { id, agent } = assignment;
	if (budgetUsed(turn, estimate) > 1) return reachLimit(turn, "budget", true);
	if (agentBudgetUsed(turn, agent, estimate) > 1) return retire(turn, agent, "its budget is used up");
	return [
		{
			type: "step.started",
			step: `${id}.${assignment.begun + 1}`,
			assignment: id,
			agent,
			hash,
			estimate,
		},
	];
}

function completeStep(turn: Turn, { step, reply, costUsd, readOnly }: Extract<Command, { type: "complete-step" }>): readonly Event[] {
	const assignment = turn.open.find((a) => a.step?.id === step);
	if (!assignment) return [];
	const { id, agent } = assignment;
	const calls = reply.toolCalls.filter((call) => !isBallot(call));
	return chain(
		turn,
		() => [{ type: "step.completed", step, assignment: id, agent, reply, ...(costUsd === undefined ? {} : { costUsd }) }],
		() =>
			calls.map((call) => ({
				type: "tool.started",
				call: call.id,
				assignment: id,
				agent,
				name: call.name,
				input: call.input ?? {},
				readOnly: readOnly?.includes(call.id) ?? false,
			})),
		(state) => (budgetUsed(state) >= softPart ? reachLimit(state, "budget", false) : []),
		(state) => state.open.filter((a) => a.id === id).flatMap((a) => settle(state, a)),
	);
}

function failStep(turn: Turn, command: Extract<Command, { type: "fail-step" }>): readonly Event[] {
	const { step, failure, draft, type: _type, ...rest } = command;
	const assignment = turn.open.find((a) => a.step?.id === step);
	if (!assignment) return [];
	const { id, agent } = assignment;
	return [
		...(draft ? [{ type: "draft.saved" as const, step, agent, text: draft }] : []),
		{ type: "step.failed", step, assignment: id, agent, failure, ...rest },
		...(command.retryAt === undefined ? [close(assignment, "failed", failure.message)] : []),
	];
}

function completeCall(turn: Turn, { call, output, isError }: Extract<Command, { type: "complete-call" }>): readonly Event[] {
	const assignment = turn.open.find(({ calls }) => calls.some(({ id }) => id === call));
	const open = assignment?.calls.find(({ id }) => id === call);
	if (!assignment || !open) return [];
	const { id, agent } = assignment;
	return chain(
		turn,
		() => [{ type: "tool.completed", call, assignment: id, agent, name: open.name, output, isError }],
		(state) => state.open.filter((a) => a.id === id).flatMap((a) => settle(state, a)),
	);
}

/** Once the tools that a reply asked for have run: its ballot counts. A reply with tools and no ballot goes on with another step. */
function settle(turn: Turn, assignment: Assignment): readonly Event[] {
	if (assignment.step || assignment.calls.length > 0) return [];
	const entries = turn.conversations[assignment.agent] ?? [];
	const last = entries.findLast(({ kind }) => kind === "reply" || kind === "rejection" || kind === "task");
	if (last?.kind !== "reply") return [];
	const { reply } = last;
	const usedTools = reply.toolCalls.some((call) => !isBallot(call));
	if (usedTools && !reply.toolCalls.some(isBallot))
		return assignment.steps >= turn.maxSteps ? [close(assignment, "out-of-steps", `used its ${turn.maxSteps} steps`)] : [];
	return apply(turn, assignment, verdictOf(turn, assignment, reply));
}

function apply(turn: Turn, assignment: Assignment, verdict: Verdict): readonly Event[] {
	const { id, agent, steps, rejections } = assignment;
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
				? [close(assignment, "failed", "The rewritten answer was empty.")]
				: [close(assignment, "done"), { type: "answer.rewritten", text, agent }];
		}
		case "review": {
			const { verdict: given, reason, instructions } = verdict;
			return [close(assignment, "done"), { type: "review.given", attempt: turn.attempt, by: agent, verdict: given, reason, instructions }];
		}
		case "problem": {
			const rejected: Event = { type: "step.rejected", step: `${id}.${steps}`, assignment: id, agent, problem: verdict.problem };
			if (rejections >= maxRejections) return [rejected, close(assignment, "failed", verdict.problem)];
			return steps >= turn.maxSteps ? [rejected, close(assignment, "out-of-steps", `used its ${turn.maxSteps} steps`)] : [rejected];
		}
	}
}

/** Agents that have failed too often in a row leave the team. */
function failures(turn: Turn): readonly Event[] {
	if (isOver(turn)) return [];
	return takingPart(turn)
		.filter(({ id }) => (turn.failures[id] ?? 0) > turn.maxFailures)
		.flatMap(({ id }) => retire(turn, id, `failed ${turn.failures[id]} times in a row`));
}

function followUps(turn: Turn, protocol: Protocol): readonly Event[] {
	if (turn.interrupted || isOver(turn)) return [];
	if (turn.phase === "presenting") return present(turn, protocol);
	if (turn.hard === "budget" && isBusy(turn))
		return turn.open.filter(({ step, calls }) => !step && calls.length === 0).map((a) => close(a, "unneeded"));

	const next = protocol(turn);
	switch (next.kind) {
		case "work":
			return reconcile(turn, next.work);
		case "next-round":
			return chain(
				turn,
				(state) => [...endAll(state), { type: "round.opened", round: turn.round + 1 }],
				(state) => followUps(state, protocol),
			);
		case "winner":
			return chain(
				turn,
				(state) => [...endAll(state), { type: "winner.chosen", decision: next.decision }],
				(state) => followUps(state, protocol),
			);
		case "none":
			return end(turn, emptyHanded(turn), next.why);
	}
}

/** Starts the work that is wanted and missing, ends the assignments that are open and unwanted. */
function reconcile(turn: Turn, work: readonly Work[]): readonly Event[] {
	const serves = (a: Assignment, w: Work) =>
		a.agent === w.agent && a.task === w.task && a.round === turn.round && a.attempt === turn.attempt;
	const open = new Map(turn.open.map((a) => [a.agent, a]));
	const wanted = new Map(work.map((w) => [w.agent, w]));
	const unwanted = turn.open.filter((a) => !isServed(wanted.get(a.agent), (w) => serves(a, w)));
	const missing = work.filter((w) => !isServed(open.get(w.agent), (a) => serves(a, w)));
	return [...unwanted.map((a) => close(a, "unneeded")), ...missing.map((w, index) => begin(turn, w, index))];
}

function isServed<T>(item: T | undefined, test: (item: T) => boolean): boolean {
	return item !== undefined && test(item);
}

/** The winning version stands word for word; before that it may be rewritten by its author, and reviewed. */
function present(turn: Turn, protocol: Protocol): readonly Event[] {
	const { decision } = turn;
	const finish = () => end(turn, turn.hard === "time" ? "timeout" : turn.hard === "budget" ? "budget" : "completed", decision?.rule);
	if (turn.hard !== undefined) return turn.hard === "budget" && isBusy(turn) ? [] : finish();
	const review = turn.reviews.find(({ attempt }) => attempt === turn.attempt);
	if (review?.verdict === "restart") {
		const attempt = turn.attempt + 1;
		return chain(
			turn,
			(state) => [...endAll(state), { type: "attempt.started", attempt }, { type: "round.opened", round: 1 }],
			(state) => followUps(state, protocol),
		);
	}
	if (turn.presentation === "rewrite" && turn.rewrite === undefined) {
		const author = authorOf(turn);
		if (author) return reconcile(turn, [{ agent: author.id, task: "rewrite" }]);
	}
	if (turn.attempt <= turn.maxRestarts && !review && turn.closing === undefined) {
		const reviewer = takingPart(turn).find(({ id }) => id === turn.reviewer) ?? authorOf(turn);
		if (reviewer) return reconcile(turn, [{ agent: reviewer.id, task: "review" }]);
	}
	return finish();
}

/** The winner's first author that still takes part. */
function authorOf(turn: Turn): Agent | undefined {
	const won = candidates(turn).find(({ label }) => label === turn.decision?.label);
	return takingPart(turn).find(({ id }) => won?.authors.includes(id));
}

function end(turn: Turn, outcome: Outcome, why?: string): readonly Event[] {
	const label = outcome === "cancelled" ? undefined : turn.decision?.label;
	const final = label === undefined ? undefined : (turn.rewrite ?? versionOf(turn, label)?.text);
	return [
		...endAll(turn),
		{
			type: "turn.ended",
			outcome,
			...(why === undefined ? {} : { why }),
			...(label === undefined ? {} : { label }),
			...(final === undefined ? {} : { final }),
		},
	];
}

/** How a turn without any version ends. */
function emptyHanded(turn: Turn): Outcome {
	if (turn.hard === "time") return "timeout";
	if (turn.hard === "budget") return "budget";
	return Object.values(turn.sitting).includes("out-of-steps") ? "max-steps" : "failed";
}

function begin(turn: Turn, { agent, task }: Work, offset: number): Event {
	return { type: "assignment.started", assignment: `${turn.number}.${turn.assignmentCount + offset + 1}`, agent, task, round: turn.round };
}

function close({ id, agent }: Assignment, reason: EndReason, error?: string): Event {
	return { type: "assignment.ended", assignment: id, agent, reason, ...(error === undefined ? {} : { error }) };
}

function endAll(turn: Turn): Event[] {
	return turn.open.map((assignment) => close(assignment, "unneeded"));
}

function drafts(texts: Extract<Command, { type: "resume" }>["drafts"] = []): Event[] {
	return texts.map(({ step, agent, text }) => ({ type: "draft.saved", step, agent, text }));
}
