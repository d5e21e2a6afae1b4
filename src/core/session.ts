import type { Recorded } from "./events.ts";
import { emptyTurn, evolve } from "./evolve.ts";
import { isOver } from "./queries.ts";
import { evolveSpoken, messageOf, type Spoken } from "./spoken.ts";
import type { Agent, AgentId, Turn } from "./types.ts";

/** A conversation: its turns in order, and what belongs to it as a whole. The fold of its whole log. */
export type Session = {
	readonly id: string;
	readonly name?: string;
	/** As stored: secrets stay `${VAR}`. */
	readonly config: Readonly<Record<string, unknown>>;
	readonly configPath?: string;
	/** Prompt of the whole conversation, shown as its first message. */
	readonly system?: string;
	/** Of the program that made it. */
	readonly metadata?: Readonly<Record<string, unknown>>;
	readonly aliases: Readonly<Record<AgentId, string>>;
	readonly isClosed: boolean;
	readonly turns: readonly TurnRecord[];
	/** What was said and was neither cleared nor taken back, oldest first. */
	readonly spoken: readonly Spoken[];
	readonly openedAt?: number;
	readonly lastAt?: number;
};

/** A turn and when it happened. */
export type TurnRecord = {
	readonly turn: Turn;
	readonly startedAt: number;
	readonly lastAt: number;
	/** Time in which a process drove it, in milliseconds. */
	readonly drivenMs: number;
	readonly lastEpoch: number;
};

/** A former question and what came of it, as later turns are told; empty where one of the two was never said. */
export type Past = { readonly question: string; readonly answer: string };

export const emptySession: Session = { id: "", config: {}, aliases: {}, isClosed: false, turns: [], spoken: [] };

export function evolveSession(session: Session, event: Recorded): Session {
	const spoken = evolveSpoken(session.spoken, event);
	const seen = { ...session, id: event.session, lastAt: event.at, spoken };
	switch (event.type) {
		case "session.opened": {
			const { config, configPath, aliases, system, metadata } = event;
			return {
				...seen,
				openedAt: event.at,
				config,
				aliases,
				...(configPath === undefined ? {} : { configPath }),
				...(system === undefined ? {} : { system }),
				...(metadata === undefined ? {} : { metadata }),
			};
		}
		case "session.renamed":
			return { ...seen, name: event.name };
		case "session.closed":
			return { ...seen, isClosed: true };
		case "aliases.added":
			return { ...seen, aliases: { ...session.aliases, ...event.aliases } };
		default:
			return event.turn === 0 ? seen : { ...seen, turns: withEvent(session.turns, event) };
	}
}

/** The same for many events at once: what concerns the last turn alone does not copy the list of all turns each time. */
export function foldSession(session: Session, events: readonly Recorded[]): Session {
	let whole = session;
	let last = whole.turns.at(-1);
	const settled = () =>
		last && last !== whole.turns.at(-1) ? { ...whole, lastAt: last.lastAt, turns: whole.turns.with(-1, last) } : whole;
	for (const event of events) {
		const isOfLast = event.turn > 0 && event.turn === last?.turn.number && event.type !== "turn.started";
		if (last && isOfLast && evolveSpoken(whole.spoken, event) === whole.spoken) {
			last = continued(last, event);
			continue;
		}
		whole = evolveSession(settled(), event);
		last = whole.turns.at(-1);
	}
	return settled();
}

function withEvent(turns: readonly TurnRecord[], event: Recorded): readonly TurnRecord[] {
	if (event.type === "turn.started") {
		return [...turns, { turn: evolve(emptyTurn, event), startedAt: event.at, lastAt: event.at, drivenMs: 0, lastEpoch: event.epoch }];
	}
	const index = turns.findLastIndex(({ turn }) => turn.number === event.turn);
	const record = turns[index];
	return record ? turns.with(index, continued(record, event)) : turns;
}

/** Time counts as driven from one event to the next of the same process, unless the turn stood still. */
function continued(record: TurnRecord, event: Recorded): TurnRecord {
	const isDriven = event.epoch === record.lastEpoch && !record.turn.interrupted && !isOver(record.turn);
	const driven = isDriven ? Math.max(0, event.at - record.lastAt) : 0;
	return {
		turn: evolve(record.turn, event),
		startedAt: record.startedAt,
		lastAt: event.at,
		drivenMs: record.drivenMs + driven,
		lastEpoch: event.epoch,
	};
}

/** The turn that has started and not ended, if there is one. */
export function openTurn(session: Session): TurnRecord | undefined {
	const last = session.turns.at(-1);
	return last && !isOver(last.turn) ? last : undefined;
}

/** What a turn is told of what was said before it. Nothing is cut. */
export function pastOf(session: Session, before = Number.POSITIVE_INFINITY): readonly Past[] {
	const past: Past[] = [];
	const answer = (text: string) => {
		const last = past.at(-1);
		if (last && last.answer === "") past[past.length - 1] = { ...last, answer: text };
		else past.push({ question: "", answer: text });
	};
	for (const entry of session.spoken) {
		if (entry.kind === "item") {
			const message = messageOf(entry.item);
			if (message?.role === "user") past.push({ question: message.text, answer: "" });
			if (message?.role === "assistant") answer(message.text);
			continue;
		}
		if (entry.turn >= before) break;
		const turn = session.turns.find((record) => record.turn.number === entry.turn)?.turn;
		if (!turn) continue;
		if (entry.kind === "answer") answer(turn.final ?? unfinished(turn));
		else past.push({ question: turn.question, answer: isOver(turn) ? "" : unfinished(turn) });
	}
	return past;
}

/** Everything that an unfinished turn has brought, under aliases. */
function unfinished(turn: Turn): string {
	const how = `This question was stopped before the team had decided (${turn.outcome ?? "interrupted"}, round ${turn.round}).`;
	return [how, ...turn.agents.flatMap((agent) => workOf(turn, agent))].join("\n\n");
}

function workOf(turn: Turn, { id, alias }: Agent): readonly string[] {
	const answer = turn.answers.findLast(({ by }) => by === id);
	const vote = turn.votes.findLast(({ by }) => by === id);
	const choice = turn.agents.find((agent) => agent.id === turn.answers.find(({ label }) => label === vote?.for)?.by);
	const draft = turn.drafts.findLast(({ agent }) => agent === id);
	const parts = [
		...(answer ? [`${alias} answered:\n${answer.text}`] : []),
		...(vote && choice ? [`${alias} voted for ${choice.alias}: ${vote.reason}`] : []),
		...(draft ? [`${alias} was still writing:\n${draft.text}`] : []),
	];
	return parts.length > 0 ? parts : [`${alias} was still working.`];
}
