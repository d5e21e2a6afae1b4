import type { EndReason, Event } from "./events.ts";
import { evolve } from "./evolve.ts";
import type { AgentId, Assignment, Turn } from "./types.ts";

/** The events of several deciders, each seeing what the ones before it have brought. */
export function chain(turn: Turn, ...deciders: ((turn: Turn) => readonly Event[])[]): readonly Event[] {
	const [first, ...rest] = deciders;
	const events = first?.(turn) ?? [];
	return rest.length === 0 ? events : [...events, ...chain(events.reduce(evolve, turn), ...rest)];
}

export function close({ id, agent }: Assignment, reason: EndReason, error?: string): Event {
	return { type: "assignment.ended", assignment: id, agent, reason, ...(error === undefined ? {} : { error }) };
}

export function closeAll(turn: Turn): readonly Event[] {
	return turn.open.map((assignment) => close(assignment, "unneeded"));
}

/** The agent takes part no more; what it has written stays. */
export function retire(turn: Turn, agent: AgentId, why: string): readonly Event[] {
	if (turn.retired[agent] !== undefined) return [];
	return [...turn.open.filter((a) => a.agent === agent).map((a) => close(a, "unneeded")), { type: "agent.retired", agent, why }];
}
