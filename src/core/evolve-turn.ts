import type { EventOf } from "./events.ts";
import { seated } from "./evolve-assignment.ts";
import { emptySeat, isAnotherModel, noLongerConfigured, numberOf, seatOf } from "./queries.ts";
import { reserve } from "./spending.ts";
import type { Agent, AgentId, Entry, Seat, Turn } from "./types.ts";

/** How limits, resumption, restarts and compaction change the turn. */
export function limitReached(turn: Turn, { kind, hard }: EventOf<"limit.reached">): Turn {
	const warned = turn.warned.includes(kind) ? turn.warned : [...turn.warned, kind];
	if (hard && kind !== "user") return { ...turn, warned, hard: kind };
	if (turn.closing || (kind === "budget" && turn.limits.onLimit === "stop")) return { ...turn, warned };
	return { ...turn, warned, closing: { kind, round: turn.round } };
}

/** New limits replace the old ones and what these have brought about, but a round for votes that has begun is finished. */
export function limitsChanged(turn: Turn, limits: Turn["limits"]): Turn {
	const { hard: _hard, closing, ...rest } = turn;
	const stays = closing !== undefined && (closing.kind === "user" || turn.round > closing.round);
	return { ...rest, limits, warned: turn.warned.filter((kind) => kind === "user"), ...(stays ? { closing } : {}) };
}

/** Calls that were open are lost and may have been paid. Only if nobody had interrupted them did the process die of something. */
export function resumed(turn: Turn, { agents, limits }: EventOf<"turn.resumed">): Turn {
	const paid = turn.open.reduce(
		(next, { agent, step }) => (step ? seated(next, agent, ({ spending }) => ({ spending: reserve(spending, step.estimate, 1) })) : next),
		turn,
	);
	const death = turn.interrupted ? 0 : 1;
	const open = turn.open.map((a) => (a.step ? { ...a, step: undefined, losses: a.losses + death } : a));
	const back = { ...paid, interrupted: false, open };
	const renewed = limits ? limitsChanged(back, limits) : back;
	return agents ? withAgents(renewed, agents) : renewed;
}

/**
 * Agents keep their numbers and aliases: new ones come last. One that now speaks to another model starts a conversation
 * of its own; it and one that was missing before take part again.
 */
function withAgents(turn: Turn, agents: readonly Agent[]): Turn {
	const kept = turn.agents.map((before) => ({ ...(agents.find(({ id }) => id === before.id) ?? before), alias: before.alias }));
	const joined = agents.filter(({ id }) => numberOf(turn, id) === 0);
	const fresh = new Set(kept.filter((agent, index) => isAnotherModel(turn.agents[index], agent)).map(({ id }) => id));
	const isBack = (id: AgentId) => turn.retired[id] === noLongerConfigured && agents.some((agent) => agent.id === id);
	return {
		...turn,
		agents: [...kept, ...joined],
		seats: [...kept.map(({ id }) => (fresh.has(id) ? cleared(seatOf(turn, id)) : seatOf(turn, id))), ...joined.map(() => emptySeat)],
		retired: without(turn.retired, (id) => fresh.has(id) || isBack(id)),
		failures: without(turn.failures, (id) => fresh.has(id)),
	};
}

/** Fresh conversations, in which only the user's words are kept; versions, spending and clock run on. */
export function attemptStarted(turn: Turn, { attempt }: EventOf<"attempt.started">): Turn {
	const { decision, rewrite, ...rest } = turn;
	const former = rewrite ?? turn.answers.find(({ label }) => label === decision?.label)?.text;
	return {
		...rest,
		...(former === undefined ? {} : { former }),
		phase: "coordinating",
		attempt,
		round: 1,
		sitting: {},
		seats: turn.seats.map(cleared),
	};
}

/** The summary stands for everything but the task at hand and the user's words. */
export function compacted(turn: Turn, { agent, summary }: EventOf<"conversation.compacted">): Turn {
	return seated(turn, agent, ({ conversation }) => {
		const task = conversation.findLast(({ kind }) => kind === "task");
		return { conversation: [...(task ? [task] : []), { kind: "compaction", summary }, ...conversation.filter(isSaid)] };
	});
}

/** Without its conversation, but for what the user has said to the agent: that it is told again. */
function cleared({ conversation, unread, spending }: Seat): Seat {
	return { conversation: [], unread: [...conversation, ...unread].filter(isSaid), spending };
}

function isSaid({ kind }: Entry): boolean {
	return kind === "said";
}

function without<T>(record: Readonly<Record<AgentId, T>>, goes: (agent: AgentId) => boolean): Readonly<Record<AgentId, T>> {
	return Object.fromEntries(Object.entries(record).filter(([id]) => !goes(id)));
}
