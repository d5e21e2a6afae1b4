import { chain, close, retire } from "./chain.ts";
import type { Command, Event } from "./events.ts";
import { isAnotherModel, noLongerConfigured, takingPart } from "./queries.ts";
import { settle } from "./steps.ts";
import type { Turn } from "./types.ts";

/** Deaths of the process during the same model call after which that call counts as failed. */
const maxLosses = 3;

/**
 * Takes over a turn that was interrupted, or whose process died. What was open stays open and goes on; only tools that
 * may have taken effect are not run again.
 */
export function resume(turn: Turn, { agents, limits }: Extract<Command, { type: "resume" }>): readonly Event[] {
	const isGone = (id: string) => agents !== undefined && !agents.some((agent) => agent.id === id);
	const isChanged = (state: Turn, id: string) => isAnotherModel(find(turn, id), find(state, id));
	return chain(
		turn,
		() => [{ type: "turn.resumed", ...(agents ? { agents } : {}), ...(limits ? { limits } : {}) }],
		(state) =>
			takingPart(state)
				.filter(({ id }) => isGone(id))
				.flatMap(({ id }) => retire(state, id, noLongerConfigured)),
		(state) => state.open.filter(({ agent }) => isChanged(state, agent)).map((a) => close(a, "unneeded")),
		(state) =>
			state.open
				.filter(({ losses }) => losses >= maxLosses)
				.map((a) => close(a, "failed", `The process died ${maxLosses} times during the same call.`)),
		interruptedCalls,
		(state) => state.open.flatMap((a) => settle(state, a)),
	);
}

function interruptedCalls(turn: Turn): readonly Event[] {
	return turn.open.flatMap(({ id: assignment, agent, calls }) =>
		calls
			.filter(({ readOnly }) => !readOnly)
			.map(({ id: call, name }) => ({
				type: "tool.completed",
				call,
				assignment,
				agent,
				name,
				output: "Interrupted: the machine stopped while this ran. It may or may not have taken effect; look before doing it again.",
				isError: true,
			})),
	);
}

function find(turn: Turn, id: string) {
	return turn.agents.find((agent) => agent.id === id);
}
