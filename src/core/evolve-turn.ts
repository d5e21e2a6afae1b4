import type { Entry } from "./conversation.ts";
import type { EventOf } from "./events.ts";
import { isAnotherModel, noLongerConfigured, numberOf } from "./queries.ts";
import { reserve } from "./spending.ts";
import type { Agent, AgentId, Turn } from "./types.ts";

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
	const lost = turn.open.filter(({ step }) => step !== undefined);
	const spending = lost.reduce((sum, { agent, step }) => (step ? reserve(sum, agent, step.estimate, 1) : sum), turn.spending);
	const death = turn.interrupted ? 0 : 1;
	const open = turn.open.map((a) => (a.step ? { ...a, step: undefined, losses: a.losses + death } : a));
	const back = { ...turn, interrupted: false, spending, open };
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
		conversations: without(turn.conversations, (id) => fresh.has(id)),
		unread: { ...turn.unread, ...said(turn, (id) => fresh.has(id)) },
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
		conversations: {},
		unread: said(turn, () => true),
	};
}

/** The summary stands for everything but the task at hand and the user's words. */
export function compacted(turn: Turn, { agent, summary }: EventOf<"conversation.compacted">): Turn {
	const before = turn.conversations[agent] ?? [];
	const task = before.findLast(({ kind }) => kind === "task");
	const entries: Entry[] = [...(task ? [task] : []), { kind: "compaction", summary }, ...before.filter(({ kind }) => kind === "said")];
	return { ...turn, conversations: { ...turn.conversations, [agent]: entries } };
}

/** What the user has told these agents while the turn ran, for those that lose their conversations. */
function said(turn: Turn, concerns: (agent: AgentId) => boolean): Readonly<Record<AgentId, readonly Entry[]>> {
	const entries = (id: AgentId) => [...(turn.conversations[id] ?? []), ...(turn.unread[id] ?? [])].filter(({ kind }) => kind === "said");
	const lists = turn.agents.flatMap(({ id }) => (concerns(id) ? [[id, entries(id)] as const] : []));
	return Object.fromEntries(lists.filter(([, list]) => list.length > 0));
}

function without<T>(record: Readonly<Record<AgentId, T>>, goes: (agent: AgentId) => boolean): Readonly<Record<AgentId, T>> {
	return Object.fromEntries(Object.entries(record).filter(([id]) => !goes(id)));
}
