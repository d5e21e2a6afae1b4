import type { Event, EventOf } from "./events.ts";
import {
	assigned,
	change,
	closing,
	ended,
	stepCompleted,
	stepFailed,
	stepRejected,
	stepStarted,
	tell,
	toolCompleted,
	toolStarted,
} from "./evolve-assignment.ts";
import { attemptStarted, compacted, limitReached, limitsChanged, resumed } from "./evolve-turn.ts";
import { emptySeat } from "./queries.ts";
import { identity } from "./text.ts";
import type { Terms, Turn } from "./types.ts";

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
	failures: {},
	retired: {},
	sitting: {},
	seats: [],
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
			return { ...emptyTurn, ...event.terms, seats: event.terms.agents.map(() => emptySeat) };
		case "message.added":
			return event.to.reduce((told, agent) => tell(told, agent, { kind: "said", text: event.text }), turn);
		case "turn.interrupted":
			return { ...turn, interrupted: true };
		case "turn.resumed":
			return resumed(turn, event);
		case "limits.changed":
			return limitsChanged(turn, event.limits);
		case "limit.reached":
			return limitReached(turn, event);
		case "turn.ended": {
			const { outcome, why, final } = event;
			return { ...turn, phase: "ended", outcome, ...(why === undefined ? {} : { why }), ...(final === undefined ? {} : { final }) };
		}
		case "attempt.started":
			return attemptStarted(turn, event);
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
			return change(turn, event.assignment, () => ({ bookmark: event.bookmark }));
		case "assignment.closing":
			return closing(turn, event);
		case "assignment.ended":
			return ended(turn, event);
		case "step.started":
			return stepStarted(turn, event);
		case "step.completed":
			return stepCompleted(turn, event);
		case "step.rejected":
			return stepRejected(turn, event);
		case "step.failed":
			return stepFailed(turn, event);
		case "draft.saved":
			return { ...turn, drafts: [...turn.drafts, { agent: event.agent, step: event.step, text: event.text }] };
		case "tool.started":
			return toolStarted(turn, event);
		case "tool.completed":
			return toolCompleted(turn, event);
		case "answer.submitted":
			return submitted(turn, event);
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
	// A newer version's event: it may be shown, and changes nothing here.
	return turn;
}

function submitted(turn: Turn, { agent: by, label, text, snapshot }: EventOf<"answer.submitted">): Turn {
	const own = identity(text, snapshot);
	const first = turn.answers.find((answer) => answer.identity === own)?.first ?? label;
	const version = { label, by, text, attempt: turn.attempt, round: turn.round, identity: own, first };
	return { ...turn, answers: [...turn.answers, snapshot === undefined ? version : { ...version, snapshot }] };
}
