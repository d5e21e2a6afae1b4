import type { EventOf } from "./events.ts";
import { numberOf, seatOf } from "./queries.ts";
import { charge, reserve } from "./spending.ts";
import type { AgentId, Assignment, Entry, Seat, Turn } from "./types.ts";

/** How the events of an agent's work change the turn: its assignment, its conversation, what it has spent. */
export function assigned(turn: Turn, event: EventOf<"assignment.started">): Turn {
	const { assignment: id, agent, task, round } = event;
	const { attempt } = turn;
	const before = seatOf(turn, agent).conversation;
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

/** A rewrite or a review that has failed is not tried again; one that was not needed may be. */
export function ended(turn: Turn, { assignment: id, agent: by, reason, error }: EventOf<"assignment.ended">): Turn {
	const assignment = find(turn, id);
	if (!assignment) return turn;
	const sits = reason === "timed-out" || reason === "out-of-steps";
	const isVain = reason === "failed" || sits;
	const before = turn.failures[by] ?? 0;
	const failures = reason === "failed" ? before + 1 : reason === "done" ? 0 : before;
	const review = { attempt: turn.attempt, by, verdict: "submit" as const, reason: error ?? reason, instructions: "" };
	const { step } = assignment;
	return {
		...(step ? seated(turn, by, ({ spending }) => ({ spending: reserve(spending, step.estimate) })) : turn),
		open: turn.open.filter((other) => other !== assignment),
		...(reason === "done" ? { drafts: turn.drafts.filter(({ agent }) => agent !== by) } : {}),
		...(failures === before ? {} : { failures: { ...turn.failures, [by]: failures } }),
		...(reason === "failed" && error !== undefined ? { lastErrors: { ...turn.lastErrors, [by]: error } } : {}),
		...(sits ? { sitting: { ...turn.sitting, [by]: reason } } : {}),
		...(isVain && assignment.task === "rewrite" ? { rewrite: null } : {}),
		...(isVain && assignment.task === "review" ? { reviews: [...turn.reviews, review] } : {}),
	};
}

export function closing(turn: Turn, event: EventOf<"assignment.closing">): Turn {
	const agent = find(turn, event.assignment)?.agent;
	return agent === undefined
		? turn
		: tell(
				change(turn, event.assignment, () => ({ urged: true })),
				agent,
				{ kind: "closing" },
			);
}

/** The step reads what was said since the last one: its request held it. */
export function stepStarted(turn: Turn, { step: id, assignment, agent, estimate }: EventOf<"step.started">): Turn {
	const next = change(turn, assignment, ({ begun }) => ({ begun: begun + 1, step: { id, estimate }, notBefore: undefined }));
	return seated(next, agent, ({ conversation, unread }) =>
		unread.length === 0 ? {} : { conversation: [...conversation, ...unread], unread: [] },
	);
}

export function stepCompleted(turn: Turn, { assignment: id, agent, reply, costUsd }: EventOf<"step.completed">): Turn {
	const estimate = find(turn, id)?.step?.estimate;
	const next = change(turn, id, ({ steps }) => ({ steps: steps + 1, losses: 0, tries: 0, step: undefined }));
	return seated(next, agent, ({ conversation, spending }) => ({
		conversation: [...conversation, { kind: "reply", reply }],
		spending: charge(spending, reply.usage, costUsd, estimate),
	}));
}

export function stepRejected(turn: Turn, { assignment, agent, problem }: EventOf<"step.rejected">): Turn {
	const next = change(turn, assignment, ({ rejections }) => ({ rejections: rejections + 1 }));
	return write(next, agent, { kind: "rejection", problem });
}

export function stepFailed(turn: Turn, { assignment, agent, retryAt, waitMs = 0, usage, costUsd }: EventOf<"step.failed">): Turn {
	const next = change(turn, assignment, ({ tries, waitedMs }) => ({
		tries: tries + 1,
		waitedMs: waitedMs + waitMs,
		step: undefined,
		notBefore: retryAt,
	}));
	return usage ? seated(next, agent, ({ spending }) => ({ spending: charge(spending, usage, costUsd) })) : next;
}

export function toolStarted(turn: Turn, { call: id, assignment, name, input, readOnly }: EventOf<"tool.started">): Turn {
	return change(turn, assignment, ({ calls }) => ({ calls: [...calls, { id, name, input, readOnly }] }));
}

export function toolCompleted(turn: Turn, { call: callId, assignment, agent, name, output, isError }: EventOf<"tool.completed">): Turn {
	const next = change(turn, assignment, ({ calls }) => ({ calls: calls.filter(({ id }) => id !== callId) }));
	return write(next, agent, { kind: "result", result: { callId, name, output, isError } });
}

/** For the agent to read at its next step. */
export function tell(turn: Turn, agent: AgentId, entry: Entry): Turn {
	return seated(turn, agent, ({ unread }) => ({ unread: [...unread, entry] }));
}

function write(turn: Turn, agent: AgentId, entry: Entry): Turn {
	return seated(turn, agent, ({ conversation }) => ({ conversation: [...conversation, entry] }));
}

/** Of an agent that is not in the team nothing is kept. */
export function seated(turn: Turn, agent: AgentId, difference: (seat: Seat) => Partial<Seat>): Turn {
	const index = numberOf(turn, agent) - 1;
	const seat = turn.seats[index];
	return seat ? { ...turn, seats: turn.seats.with(index, { ...seat, ...difference(seat) }) } : turn;
}

export function change(turn: Turn, id: string, difference: (assignment: Assignment) => Partial<Assignment>): Turn {
	return {
		...turn,
		open: turn.open.map((assignment) => (assignment.id === id ? { ...assignment, ...difference(assignment) } : assignment)),
	};
}

function find(turn: Turn, id: string): Assignment | undefined {
	return turn.open.find((assignment) => assignment.id === id);
}
