import { chain, close, retire } from "./chain.ts";
import type { Command, Draft, Event } from "./events.ts";
import { end, failures, followUps } from "./follow-ups.ts";
import { reachLimit, warnings } from "./limits.ts";
import { isOver, takingPart } from "./queries.ts";
import { resume } from "./resume.ts";
import { beginStep, completeCall, completeStep, failStep } from "./steps.ts";
import type { AgentId, Assignment, Protocol, Turn } from "./types.ts";

/**
 * What happens next. First the command's own consequences, then whatever the protocol now wants. A report from an
 * assignment that is no longer open means nothing: it was unneeded, or it comes from a process that lost its lease.
 */
export function decide(turn: Turn, command: Command, protocol: Protocol): readonly Event[] {
	return chain(
		turn,
		(state) => consequences(state, command),
		warnings,
		failures,
		(state) => followUps(state, protocol),
	);
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
			return turn.interrupted ? [] : [...saved(command.drafts), { type: "turn.interrupted", by: command.by }];
		case "resume":
			return [...saved(command.drafts), ...resume(turn, command)];
		case "cancel":
			return [...unfinished(turn.open, command), ...end(turn, "cancelled", command.why)];
		case "say":
			return say(turn, command.text, command.to);
		case "retire":
			return turn.agents.some(({ id }) => id === command.agent)
				? [...unfinished(ofAgent(turn, command.agent), command), ...retire(turn, command.agent, command.why)]
				: [];
		case "change-limits":
			return [{ type: "limits.changed", limits: command.limits }];
		case "reach-limit":
			return [...(stopsCalls(turn, command) ? unfinished(turn.open, command) : []), ...reachLimit(turn, command.kind, command.hard)];
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
		case "complete-call":
			return completeCall(turn, assignment, command);
		case "bookmark":
			return [{ type: "assignment.bookmarked", assignment: assignment.id, bookmark: command.bookmark }];
		case "urge":
			return assignment.urged ? [] : [{ type: "assignment.closing", assignment: assignment.id }];
		case "time-out":
			return [...unfinished([assignment], command), close(assignment, "timed-out", "out of time")];
	}
}

function say(turn: Turn, text: string, to: readonly string[] | undefined): readonly Event[] {
	const addressed = takingPart(turn).filter(({ id }) => to === undefined || to.includes(id));
	return text.trim() === "" || addressed.length === 0 ? [] : [{ type: "message.added", text, to: addressed.map(({ id }) => id) }];
}

/** What was being written in calls that end now; not what came to its end meanwhile. */
function unfinished(ending: readonly Assignment[], { drafts = [] }: { readonly drafts?: readonly Draft[] }): readonly Event[] {
	return saved(drafts.filter(({ step }) => ending.some((assignment) => assignment.step?.id === step)));
}

function ofAgent(turn: Turn, agent: AgentId): readonly Assignment[] {
	return turn.open.filter((assignment) => assignment.agent === agent);
}

/** At the end of a budget the calls that were begun go on. */
function stopsCalls(turn: Turn, { kind, hard }: Extract<Command, { type: "reach-limit" }>): boolean {
	return hard && kind === "time" && turn.hard !== "time";
}

function saved(drafts: Extract<Command, { type: "resume" }>["drafts"] = []): readonly Event[] {
	return drafts.map(({ step, agent, text }) => ({ type: "draft.saved", step, agent, text }));
}
