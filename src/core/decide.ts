import { chain, close, retire } from "./chain.ts";
import type { Command, Event } from "./events.ts";
import { end, failures, followUps } from "./follow-ups.ts";
import { reachLimit, warnings } from "./limits.ts";
import { isOver, takingPart } from "./queries.ts";
import { resume } from "./resume.ts";
import { beginStep, completeCall, completeStep, failStep } from "./steps.ts";
import type { Protocol, Turn } from "./types.ts";

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
			return end(turn, "cancelled", command.why);
		case "say":
			return say(turn, command.text, command.to);
		case "retire":
			return turn.agents.some(({ id }) => id === command.agent) ? retire(turn, command.agent, command.why) : [];
		case "change-limits":
			return [{ type: "limits.changed", limits: command.limits }];
		case "reach-limit":
			return reachLimit(turn, command.kind, command.hard);
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
			return [close(assignment, "timed-out", "out of time")];
	}
}

function say(turn: Turn, text: string, to: readonly string[] | undefined): readonly Event[] {
	const addressed = takingPart(turn).filter(({ id }) => to === undefined || to.includes(id));
	return text.trim() === "" || addressed.length === 0 ? [] : [{ type: "message.added", text, to: addressed.map(({ id }) => id) }];
}

function saved(drafts: Extract<Command, { type: "resume" }>["drafts"] = []): readonly Event[] {
	return drafts.map(({ step, agent, text }) => ({ type: "draft.saved", step, agent, text }));
}
