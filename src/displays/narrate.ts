/**
 * A turn told in lines: who answered, who voted for what and why, what went wrong and how it goes on, which rule decided.
 * Pure; every display that shows text takes its words from here.
 */

import type { Recorded } from "../core/events.ts";
import { board, isForVotesOnly, takingPart } from "../core/queries.ts";
import type { AgentId, Entry, Limits, Turn } from "../core/types.ts";
import { oneLine } from "./clean.ts";
import { detail, fact, type Line, problem } from "./line.ts";
import { narrateDecision } from "./narrate-decision.ts";
import { count, dollars, figure, list, seconds } from "./words.ts";

/** What one event means, `turn` being the state after it. */
export function narrate(record: Recorded, turn: Turn | undefined): readonly Line[] {
	switch (record.type) {
		case "turn.started":
			return [fact(opening(record.terms)), ...asked(record.terms)];
		case "turn.interrupted":
			return [problem(`Interrupted (${oneLine(record.by, 60)}). Everything so far is saved.`)];
		case "turn.resumed":
			return [fact(`Going on with turn ${record.turn}${turn ? `: ${standing(turn)}` : ""}.`)];
		case "message.added":
			return [fact(`You to ${list(record.to)}: ${oneLine(record.text)}`)];
		case "limits.changed":
			return [fact(`New limits: ${limits(record.limits)}.`)];
		case "limit.reached":
			return [problem(limitReached(record.kind, record.hard, turn))];
		case "attempt.started":
			return record.attempt > 1 ? [fact(`Attempt ${record.attempt}: the team starts again.`)] : [];
		case "round.opened":
			return [fact(round(record.round, turn))];
		case "agent.retired":
			return [problem(`${record.agent} takes part no more: ${oneLine(record.why)}`)];
		case "assignment.started":
			return [detail(`${record.agent} begins: ${tasks[record.task]}.`)];
		case "assignment.ended":
			return ended(record, turn);
		case "assignment.closing":
			return [detail(`Assignment ${record.assignment} is told to submit now.`)];
		case "step.completed":
			return [detail(stepText(record))];
		case "step.rejected":
			return [fact(`${record.agent} is asked again: ${oneLine(record.problem)}`)];
		case "step.failed":
			return failed(record);
		case "tool.started":
			return [detail(`${record.agent} uses ${oneLine(record.name, 60)}: ${oneLine(JSON.stringify(record.input), 120)}`)];
		case "tool.completed":
			return [
				detail(
					`${record.agent} got from ${oneLine(record.name, 60)}${record.isError ? " (an error)" : ""}: ${oneLine(record.output, 120)}`,
				),
			];
		case "answer.submitted":
			return [
				fact(
					`${record.agent} ${record.label.endsWith(".1") ? "answered" : "answered anew"} (${record.label}, ${size(record.text)}).${record.truncated ? " The text was cut at the model's limit." : ""}`,
				),
			];
		case "vote.cast":
		case "winner.chosen":
		case "answer.rewritten":
		case "review.given":
		case "turn.ended":
			return narrateDecision(record, turn);
		case "conversation.compacted":
			return [fact(`${record.agent}'s conversation was summarised, because it no longer fitted.`)];
		case "files.apply-started":
			return [detail(`${count(record.plan.length, "file")} to write.`)];
		case "files.applied":
			return [fact(`Wrote ${count(record.paths.length, "file")}: ${oneLine(record.paths.join(", "))}`)];
		case "process.started":
			return [detail(`${record.agent} started process ${record.pid}: ${oneLine(record.command, 120)}`)];
		case "process.ended":
			return [detail(`Process ${record.pid} ended${record.exitCode === null ? "" : ` with ${record.exitCode}`}.`)];
		case "draft.saved":
			return [detail(`${record.agent}'s unfinished text is kept (${size(record.text)}).`)];
		case "session.opened":
		case "session.renamed":
		case "session.cleared":
		case "session.closed":
		case "aliases.added":
		case "items.added":
		case "item.popped":
		case "step.started":
		case "assignment.bookmarked":
			return [];
	}
}

const tasks = {
	answer: "answer",
	"answer-or-vote": "answer or vote",
	vote: "vote",
	rewrite: "write the final answer",
	review: "review the result",
} as const;

function size(text: string): string {
	return count(text.trim() === "" ? 0 : text.trim().split(/\s+/).length, "word");
}

type Started = Extract<Recorded, { type: "turn.started" }>;

function opening({ number, agents, protocol }: Started["terms"]): string {
	const names = agents.map(({ id, model, backend }) => `${id} (${model ?? backend})`);
	return `Turn ${number}: ${list(names)}${agents.length > 1 ? `; they decide by ${protocol}` : ""}.`;
}

function asked({ question }: Started["terms"]): readonly Line[] {
	return [detail(`Question: ${oneLine(question)}`)];
}

function standing(turn: Turn): string {
	const parts = [`round ${turn.round}`, count(turn.answers.length, "answer"), count(turn.votes.length, "vote")];
	return `${list(parts)} so far`;
}

function round(number: number, turn: Turn | undefined): string {
	if (!turn || takingPart(turn).length === 1) return number === 1 ? "Round 1." : `Round ${number}.`;
	const shown = board(turn).length;
	if (shown === 0) return `Round ${number}: everybody drafts an answer, unseen.`;
	return `Round ${number}: everybody sees ${count(shown, "answer")} and ${isForVotesOnly(turn) ? "votes" : "answers anew or votes"}.`;
}

function limits({ timeMs, costUsd, tokens }: Limits): string {
	const parts = [
		...(timeMs === undefined ? [] : [seconds(timeMs)]),
		...(costUsd === undefined ? [] : [dollars(costUsd)]),
		...(tokens === undefined ? [] : [count(tokens, "token")]),
	];
	return parts.length > 0 ? list(parts) : "none";
}

function limitReached(kind: "time" | "budget" | "user", hard: boolean, turn: Turn | undefined): string {
	if (kind === "user") return "Finishing as you asked: no new answers after this round, then a vote.";
	if (!hard) return `80 % of the ${kind} is used: no new answers after this round, then a vote.`;
	const end = kind === "time" ? "The time is used up" : "The budget has no room for another call";
	return turn && turn.answers.length > 0 ? `${end}: the best answer so far stands.` : `${end}.`;
}

function ended({ agent, reason, error }: Extract<Recorded, { type: "assignment.ended" }>, turn: Turn | undefined): readonly Line[] {
	const because = error ? `: ${oneLine(error)}` : "";
	switch (reason) {
		case "done":
			return [];
		case "unneeded":
			return [detail(`${agent}'s work is not needed any more.`)];
		case "failed":
			// A model call that failed was told of when it did.
			return lastEntry(turn, agent) === "rejection" ? [problem(`${agent} failed${because}`)] : [];
		case "timed-out":
			return [problem(`${agent} sits this round out: out of time.`)];
		case "out-of-steps":
			return [problem(`${agent} sits this round out${because}`)];
	}
}

function lastEntry(turn: Turn | undefined, agent: AgentId): Entry["kind"] | undefined {
	const seat = turn?.agents.findIndex(({ id }) => id === agent) ?? -1;
	return turn?.seats[seat]?.conversation.at(-1)?.kind;
}

function failed({ agent, failure, waitMs, retryAt }: Extract<Recorded, { type: "step.failed" }>): readonly Line[] {
	const status = failure.status === undefined ? "" : ` (${failure.status})`;
	const next = retryAt === undefined ? "" : ` Trying again${waitMs === undefined ? "" : ` in ${seconds(waitMs)}`}.`;
	const hint = failure.hint && retryAt === undefined ? ` ${oneLine(failure.hint)}` : "";
	return [problem(`${agent}: ${failure.kind}${status}: ${sentence(oneLine(failure.message))}${hint}${next}`)];
}

function sentence(text: string): string {
	return /[.!?…]$/.test(text) ? text : `${text}.`;
}

function stepText({ agent, step, reply, costUsd }: Extract<Recorded, { type: "step.completed" }>): string {
	const usage = reply.usage ? `${count(reply.usage.input, "token")} in, ${figure(reply.usage.output)} out` : "no usage reported";
	return `${agent} finished step ${step} (${usage}${costUsd === undefined ? "" : `, ${dollars(costUsd)}`}).`;
}
