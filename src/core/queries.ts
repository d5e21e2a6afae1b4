import { noSpending } from "./spending.ts";
import type { Agent, AgentId, Answer, Assignment, Candidate, Seat, Task, Turn, Vote } from "./types.ts";

/** Position of an agent in the team, from 1; 0 if it is not in it. One numbering everywhere. */
export function numberOf(turn: Turn, agent: AgentId): number {
	return turn.agents.findIndex(({ id }) => id === agent) + 1;
}

export const emptySeat: Seat = { conversation: [], unread: [], spending: noSpending };

export function seatOf(turn: Turn, agent: AgentId): Seat {
	return turn.seats[numberOf(turn, agent) - 1] ?? emptySeat;
}

/** Agents taking part: those that have not been retired. */
export function takingPart(turn: Turn): readonly Agent[] {
	return turn.agents.filter(({ id }) => turn.retired[id] === undefined);
}

/** What everyone is shown in a round: each author's newest version from earlier rounds of the attempt. Frozen while the round is open. */
export function board(turn: Turn, round = turn.round): readonly Candidate[] {
	return grouped(newest(turn, (answer) => answer.attempt === turn.attempt && answer.round < round));
}

/** What may win now: the board, and what this round has brought. If this attempt has brought nothing, what an earlier one had. */
export function candidates(turn: Turn): readonly Candidate[] {
	const now = [...board(turn), ...grouped(written(turn))];
	return now.length > 0 ? now : grouped(newest(turn, () => true));
}

/** Versions written in the current round, in the order of the agents: nobody has seen them yet. */
export function written(turn: Turn): readonly Answer[] {
	return newest(turn, (answer) => isNow(turn, answer));
}

export function answersBy(turn: Turn, agent: AgentId): readonly Answer[] {
	return turn.answers.filter((answer) => answer.by === agent);
}

/** Votes of the current round, one per voter. Votes of earlier rounds were about an older board. */
export function liveVotes(turn: Turn): readonly Vote[] {
	return turn.votes.filter((vote) => isNow(turn, vote));
}

/** Agents that have done their part in the current round: answered, voted, or sat it out. */
export function acted(turn: Turn): ReadonlySet<AgentId> {
	const acts = [...turn.answers, ...turn.votes].filter((act) => isNow(turn, act));
	return new Set([...acts.map(({ by }) => by), ...Object.keys(turn.sitting)]);
}

/** May nothing but votes be given in this round? After the last round of answers, and after the round in which a soft limit was reached. */
export function isForVotesOnly(turn: Turn): boolean {
	if (isBoardEmpty(turn)) return false;
	return turn.round > turn.maxAnswers || (turn.closing !== undefined && turn.round > turn.closing.round);
}

/** What an agent that still has to act in this round is asked to do. */
export function dueTask(turn: Turn): Task {
	if (isBoardEmpty(turn)) return "answer";
	return isForVotesOnly(turn) ? "vote" : "answer-or-vote";
}

/** Is a reply's complete text the answer? So for an agent that is alone, and where nothing is voted on. */
export function textIsAnswer(turn: Turn): boolean {
	return turn.agents.length === 1 || !turn.ballot;
}

/** The candidate on the board that an alias or a label means; any of its authors will do. */
export function meant(turn: Turn, name: string): Candidate | undefined {
	const wanted = name.trim().toLowerCase();
	const author = turn.agents.find(({ alias }) => alias.toLowerCase() === wanted)?.id;
	return board(turn).find(({ authors, labels }) => (author === undefined ? labels.includes(wanted) : authors.includes(author)));
}

/** Does this agent now speak to another model? Then its conversation is not the new one's. */
export function isAnotherModel(before: Agent | undefined, after: Agent | undefined): boolean {
	return before?.backend !== after?.backend || before?.model !== after?.model;
}

/** Why an agent was retired that a new configuration lacks. If it comes back, it takes part again. */
export const noLongerConfigured = "no longer in the configuration";

export function isOver(turn: Turn): boolean {
	return turn.phase === "ended";
}

/** Assignments whose next act is a model call that has not begun. */
export function due(turn: Turn): readonly Assignment[] {
	if (turn.interrupted || isOver(turn) || turn.hard !== undefined) return [];
	return turn.open.filter(({ step, calls }) => step === undefined && calls.length === 0);
}

/** Is somebody in the middle of something that is already paid for? */
export function isBusy(turn: Turn): boolean {
	return turn.open.some(({ step, calls }) => step !== undefined || calls.length > 0);
}

export function versionOf(turn: Turn, label: string | undefined): Answer | undefined {
	return turn.answers.find((answer) => answer.label === label);
}

/** Has nobody written anything that the current round could be about? */
export function isBoardEmpty(turn: Turn): boolean {
	return !turn.answers.some((answer) => answer.attempt === turn.attempt && answer.round < turn.round);
}

function isNow(turn: Turn, { attempt, round }: { attempt: number; round: number }): boolean {
	return attempt === turn.attempt && round === turn.round;
}

/** Each author's newest version among those that count, in the order of the agents. */
function newest(turn: Turn, counts: (answer: Answer) => boolean): readonly Answer[] {
	const latest = new Map(turn.answers.filter(counts).map((answer) => [answer.by, answer]));
	return turn.agents.flatMap(({ id }) => latest.get(id) ?? []);
}

/** Versions with the same text and files are one candidate, under the label of the first. */
function grouped(answers: readonly Answer[]): readonly Candidate[] {
	const groups = new Map<string, Candidate & { labels: string[]; authors: AgentId[] }>();
	for (const { label, by, text, identity, first, round } of answers) {
		const group = groups.get(first);
		group?.labels.push(label);
		group?.authors.push(by);
		if (!group) groups.set(first, { label, labels: [label], authors: [by], text, identity, first, round });
	}
	return [...groups.values()];
}
