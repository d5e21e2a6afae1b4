import type { Entry } from "./conversation.ts";
import type { Event, TurnEvent } from "./events.ts";
import { numberOf } from "./queries.ts";
import { charge, reserve } from "./spending.ts";
import { identity } from "./text.ts";
import type { Agent, AgentId, Assignment, Terms, Turn } from "./types.ts";

const nothing: Terms = {
	number: 0,
	question: "",
	protocol: "",
	agents: [],
	maxAnswers: 1,
	maxFailures: 0,
	maxSteps: 1,
	stop: "majority",
	presentation: "verbatim",
	maxRestarts: 0,
	ballot: true,
	seed: 0,
	limits: { onLimit: "wrap_up", graceMs: 0 },
	prompts: 1,
};

export const emptyTurn: Turn = {
	...nothing,
	phase: "coordinating",
	interrupted: false,
	attempt: 1,
	round: 1,
	answers: [],
	votes: [],
	open: [],
	assignmentCount: 0,
	stepCount: 0,
	failures: {},
	retired: {},
	sitting: {},
	conversations: {},
	unread: {},
	spending: {},
	warned: [],
	reviews: [],
	drafts: [],
};

export function replay(events: readonly Event[]): Turn {
	return events.reduce(evolve, emptyTurn);
}

/** The only place a turn changes. Total: any event is accepted, nothing is checked here. */
export function evolve(turn: Turn, event: Event): Turn {
	switch (event.type) {
		case "turn.started":
			return { ...emptyTurn, ...event.terms };
		case "message.added":
			return event.to.reduce((told, agent) => tell(told, agent, { kind: "said", text: event.text }), turn);
		case "turn.interrupted":
			return { ...turn, interrupted: true };
		case "turn.resumed":
			return resumed(turn, event);
		case "limits.changed":
			return relaxed({ ...turn, limits: event.limits });
		case "limit.reached":
			return limitReached(turn, event);
		case "turn.ended":
			return {
				...turn,
				phase: "ended",
				outcome: event.outcome,
				...(event.why === undefined ? {} : { why: event.why }),
				...(event.final === undefined ? {} : { final: event.final }),
			};
		case "attempt.started":
			return nextAttempt(turn, event.attempt);
		case "round.opened":
			return { ...turn, round: event.round, sitting: {} };
		case "winner.chosen":
			return { ...turn, phase: "presenting", decision: event.decision };
		case "answer.rewritten":
			return { ...turn, rewrite: event.text };
		case "review.given": {
			const { attempt, by, verdict, reason, instructions } = event;
			return { ...turn, reviews: [...turn.reviews, { attempt, by, verdict, reason, instructions }] };
		}
		case "agent.retired":
			return { ...turn, retired: { ...turn.retired, [event.agent]: event.why } };
		case "assignment.started":
			return assigned(turn, event);
		case "assignment.bookmarked":
			return change(turn, event.assignment, { bookmark: event.bookmark });
		case "assignment.closing": {
			const agent = turn.open.find(({ id }) => id === event.assignment)?.agent;
			return agent === undefined ? turn : tell(change(turn, event.assignment, { urged: true }), agent, { kind: "closing" });
		}
		case "assignment.ended":
			return ended(turn, event);
		case "step.started":
			return stepStarted(turn, event);
		case "step.completed":
			return stepCompleted(turn, event);
		case "step.rejected": {
			const assignment = turn.open.find(({ id }) => id === event.assignment);
			return write(change(turn, event.assignment, { rejections: (assignment?.rejections ?? 0) + 1 }), event.agent, {
				kind: "rejection",
				problem: event.problem,
			});
		}
		case "step.failed":
			return stepFailed(turn, event);
		case "draft.saved":
			return { ...turn, drafts: [...turn.drafts, { agent: event.agent, step: event.step, text: event.text }] };
		case "tool.started": {
			const { call: id, name, input, readOnly } = event;
			const calls = turn.open.find((assignment) => assignment.id === event.assignment)?.calls ?? [];
			return change(turn, event.assignment, { calls: [...calls, { id, name, input, readOnly }] });
		}
		case "tool.completed": {
			const { call: callId, name, output, isError } = event;
			const calls = turn.open.find((assignment) => assignment.id === event.assignment)?.calls ?? [];
			const rest = change(turn, event.assignment, { calls: calls.filter((call) => call.id !== callId) });
			return write(rest, event.agent, { kind: "result", result: { callId, name, output, isError } });
		}
		case "answer.submitted": {
			const { agent: by, label, text, snapshot } = event;
			const answer = {
				label,
				by,
				text,
				attempt: turn.attempt,
				round: turn.round,
				identity: identity(text, snapshot),
				...(snapshot === undefined ? {} : { snapshot }),
			};
			return { ...turn, answers: [...turn.answers, answer] };
		}
		case "vote.cast": {
			const { agent: by, for: choice, reason, implied } = event;
			return { ...turn, votes: [...turn.votes, { by, for: choice, reason, attempt: turn.attempt, round: turn.round, implied }] };
		}
		case "conversation.compacted":
			return compacted(turn, event);
		case "session.opened":
		case "session.renamed":
		case "session.cleared":
		case "session.closed":
		case "aliases.added":
		case "items.added":
		case "item.popped":
		case "process.started":
		case "process.ended":
		case "files.apply-started":
		case "files.applied":
			return turn;
	}
	return turn;
}

type Of<T extends TurnEvent["type"]> = Extract<TurnEvent, { type: T }>;

function assigned(turn: Turn, event: Of<"assignment.started">): Turn {
	const { assignment: id, agent, task, round } = event;
	const { attempt } = turn;
	const before = turn.conversations[agent] ?? [];
	const again = before.some((entry) => entry.kind === "task" && entry.attempt === attempt && entry.round === round && entry.task === task);
	const fresh: Assignment = {
		id,
		agent,
		task,
		attempt,
		round,
		begun: 0,
		steps: 0,
		rejections: 0,
		losses: 0,
		tries: 0,
		waitedMs: 0,
		urged: false,
		calls: [],
	};
	const next = { ...turn, open: [...turn.open, fresh], assignmentCount: turn.assignmentCount + 1 };
	return write(next, agent, { kind: "task", task, attempt, round, again });
}

function ended(turn: Turn, event: Of<"assignment.ended">): Turn {
	const assignment = turn.open.find(({ id }) => id === event.assignment);
	if (!assignment) return turn;
	const open = turn.open.filter((other) => other !== assignment);
	const sits = event.reason === "timed-out" || event.reason === "out-of-steps";
	const failures =
		event.reason === "done"
			? { ...turn.failures, [event.agent]: 0 }
			: event.reason === "failed"
				? { ...turn.failures, [event.agent]: (turn.failures[event.agent] ?? 0) + 1 }
				: turn.failures;
	return {
		...turn,
		open,
		failures,
		sitting: sits ? { ...turn.sitting, [event.agent]: event.reason } : turn.sitting,
		spending: assignment.step ? reserve(turn.spending, event.agent, assignment.step.estimate) : turn.spending,
		...(assignment.task === "rewrite" && event.reason !== "done" ? { rewrite: null } : {}),
		...(assignment.task === "review" && event.reason !== "done"
			? {
					reviews: [
						...turn.reviews,
						{ attempt: turn.attempt, by: event.agent, verdict: "submit" as const, reason: event.error ?? event.reason, instructions: "" },
					],
				}
			: {}),
	};
}

/** The step reads what was said since the last one: its request held it. */
function stepStarted(turn: Turn, event: Of<"step.started">): Turn {
	const next = change({ ...turn, stepCount: turn.stepCount + 1 }, event.assignment, {
		begun: (turn.open.find(({ id }) => id === event.assignment)?.begun ?? 0) + 1,
		step: { id: event.step, estimate: event.estimate },
		notBefore: undefined,
	});
	const unread = turn.unread[event.agent] ?? [];
	if (unread.length === 0) return next;
	return { ...unread.reduce((told, entry) => write(told, event.agent, entry), next), unread: { ...turn.unread, [event.agent]: [] } };
}

function stepCompleted(turn: Turn, event: Of<"step.completed">): Turn {
	const steps = (turn.open.find(({ id }) => id === event.assignment)?.steps ?? 0) + 1;
	const next = change(turn, event.assignment, { steps, losses: 0, tries: 0, step: undefined });
	const spending = charge(turn.spending, event.agent, event.reply.usage, event.costUsd, estimateOf(turn, event.step));
	return write({ ...next, spending }, event.agent, { kind: "reply", reply: event.reply });
}

function stepFailed(turn: Turn, event: Of<"step.failed">): Turn {
	const assignment = turn.open.find(({ id }) => id === event.assignment);
	const waitedMs = (assignment?.waitedMs ?? 0) + (event.waitMs ?? 0);
	const next = change(turn, event.assignment, { tries: (assignment?.tries ?? 0) + 1, waitedMs, step: undefined, notBefore: event.retryAt });
	return event.usage ? { ...next, spending: charge(turn.spending, event.agent, event.usage, event.costUsd, undefined) } : next;
}

function limitReached(turn: Turn, event: Of<"limit.reached">): Turn {
	const warned = turn.warned.includes(event.kind) ? turn.warned : [...turn.warned, event.kind];
	if (event.hard) return { ...turn, warned, hard: event.kind };
	if (turn.closing || (event.kind === "budget" && turn.limits.onLimit === "stop")) return { ...turn, warned };
	return { ...turn, warned, closing: { kind: event.kind, round: turn.round } };
}

/** New limits replace the old ones, and what the old ones had brought about. */
function relaxed(turn: Turn): Turn {
	const { hard: _hard, closing, ...rest } = turn;
	return { ...rest, warned: turn.warned.filter((kind) => kind === "user"), ...(closing?.kind === "user" ? { closing } : {}) };
}

function resumed(turn: Turn, event: Of<"turn.resumed">): Turn {
	const lost = turn.open.filter(({ step }) => step !== undefined);
	const spending = lost.reduce((sum, { agent, step }) => (step ? reserve(sum, agent, step.estimate, 1) : sum), turn.spending);
	const open = turn.open.map((assignment) =>
		assignment.step ? { ...assignment, step: undefined, losses: assignment.losses + 1 } : assignment,
	);
	const back = { ...turn, interrupted: false, spending, open };
	const renewed = event.limits ? relaxed({ ...back, limits: event.limits }) : back;
	return event.agents ? withAgents(renewed, event.agents) : renewed;
}

/** Agents keep their numbers: new ones come last. One whose backend changed starts a conversation of its own. */
function withAgents(turn: Turn, agents: readonly Agent[]): Turn {
	const kept = turn.agents.map((agent) => agents.find(({ id }) => id === agent.id) ?? agent);
	const joined = agents.filter(({ id }) => numberOf(turn, id) === 0);
	const changed = kept.filter((agent, index) => agent.backend !== turn.agents[index]?.backend || agent.model !== turn.agents[index]?.model);
	const conversations = Object.fromEntries(Object.entries(turn.conversations).filter(([id]) => !changed.some((agent) => agent.id === id)));
	return { ...turn, agents: [...kept, ...joined], conversations };
}

/** Fresh conversations; versions, spending and clock run on. */
function nextAttempt(turn: Turn, attempt: number): Turn {
	const { decision, rewrite, ...rest } = turn;
	const former = rewrite ?? turn.answers.find(({ label }) => label === decision?.label)?.text;
	return {
		...rest,
		...(former === undefined ? {} : { former }),
		phase: "coordinating",
		attempt,
		round: 1,
		sitting: {},
		conversations: {},
		unread: {},
	};
}

function compacted(turn: Turn, event: Of<"conversation.compacted">): Turn {
	const entries = turn.conversations[event.agent] ?? [];
	const task = entries.findLast((entry) => entry.kind === "task");
	return {
		...turn,
		conversations: { ...turn.conversations, [event.agent]: [...(task ? [task] : []), { kind: "compaction", summary: event.summary }] },
	};
}

function tell(turn: Turn, agent: AgentId, entry: Entry): Turn {
	return { ...turn, unread: { ...turn.unread, [agent]: [...(turn.unread[agent] ?? []), entry] } };
}

function write(turn: Turn, agent: AgentId, entry: Entry): Turn {
	return { ...turn, conversations: { ...turn.conversations, [agent]: [...(turn.conversations[agent] ?? []), entry] } };
}

function change(turn: Turn, id: string, difference: Partial<Assignment>): Turn {
	return { ...turn, open: turn.open.map((assignment) => (assignment.id === id ? { ...assignment, ...difference } : assignment)) };
}

function estimateOf(turn: Turn, step: string) {
	return turn.open.find((assignment) => assignment.step?.id === step)?.step?.estimate;
}
