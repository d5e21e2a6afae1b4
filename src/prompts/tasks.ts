import { divider, fence, unchanged } from "../core/fence.ts";
import { board, textIsAnswer, versionOf } from "../core/queries.ts";
import { draw } from "../core/text.ts";
import type { AgentId, Candidate, Task, Turn } from "../core/types.ts";

/** The question, as an agent reads it first. What it is asked to do and the date come last: all before them stays the same. */
export function opening(turn: Turn, agent: AgentId, task: Task, round: number): string {
	const date = turn.date === undefined ? "" : `Today is ${turn.date}.`;
	const rest = paragraphs(restartNote(turn), nextTask(turn, agent, task, round, 0), date);
	const question = paragraphs(turn.question, turn.context === undefined ? "" : `Context:\n${turn.context}`);
	return rest === "" ? question : question + divider + rest;
}

/** What an agent reads when its next task begins: what is new since the round it has seen last, and what to do. */
export function nextTask(turn: Turn, agent: AgentId, task: Task, round: number, lastRound: number): string {
	switch (task) {
		case "answer":
		case "answer-or-vote":
		case "vote":
			return paragraphs(shown(turn, agent, round, lastRound), instruction(turn, task));
		case "rewrite":
			return paragraphs(result(turn, winning(turn)), instruction(turn, task));
		case "review":
			return paragraphs(result(turn, turn.rewrite ?? winning(turn)), instruction(turn, task));
	}
}

function instruction(turn: Turn, task: Task): string {
	switch (task) {
		case "answer":
			return textIsAnswer(turn) ? "" : "Nobody's answers are shown yet. Work on your own and call new_answer.";
		case "answer-or-vote":
			return "Call new_answer with a better answer, or vote for the best one.";
		case "vote":
			return "No more new answers are taken. Vote for the best answer.";
		case "rewrite":
			return "Your team has chosen this answer. Write the final text for the user: keep what it says, improve how it says it. Reply with the text alone, without any call.";
		case "review":
			return "Review this result as a strict editor: does it do what the user asked? Call submit if it does; else restart_orchestration with the reason and instructions for your team.";
	}
}

/** The board of a round in the reader's own order. What it has been shown before, under the same alias, is only named. */
function shown(turn: Turn, reader: AgentId, round: number, lastRound: number): string {
	const candidates = board(turn, round);
	if (candidates.length === 0) return "";
	const known = new Set(lastRound === 0 ? [] : board(turn, lastRound).map(nameOf));
	const aliases = new Map(turn.agents.map(({ id, alias }) => [id, alias]));
	const entries = candidates
		.map((candidate) => ({
			alias: aliases.get(firstAuthor(candidate)) ?? "",
			text: candidate.text,
			isKnown: known.has(nameOf(candidate)),
			place: draw(turn.seed, `${reader} reads ${firstAuthor(candidate)}`),
		}))
		.sort((a, b) => a.place - b.place);
	const nonce = draw(turn.seed, `fence ${turn.attempt} ${round}`).toString(36);
	const blocks = entries.filter(({ isKnown }) => !isKnown).map(({ alias, text }) => fence(alias, text, nonce));
	const same = unchanged(entries.filter(({ isKnown }) => isKnown).map(({ alias }) => alias));
	return paragraphs(blocks.length > 0 ? "The answers on the board:" : "The board is as before.", ...blocks, same);
}

function nameOf(candidate: Candidate): string {
	return `${candidate.label} by ${firstAuthor(candidate)}`;
}

/** Its alias is the one that the candidate goes by. */
function firstAuthor({ authors }: Candidate): AgentId {
	return authors[0] ?? "";
}

/** Why the team starts again, what it is told, and what it had answered. */
function restartNote(turn: Turn): string {
	const review = turn.reviews.find(({ attempt, verdict }) => attempt === turn.attempt - 1 && verdict === "restart");
	if (!review || turn.former === undefined) return "";
	return paragraphs(
		"Your team has answered this before and was asked to start again.",
		`Reason: ${review.reason}`,
		`Instructions: ${review.instructions}`,
		`The former answer:\n${fence("former", turn.former, draw(turn.seed, `fence ${turn.attempt} former`).toString(36))}`,
	);
}

function winning(turn: Turn): string {
	return versionOf(turn, turn.decision?.label)?.text ?? "";
}

function result(turn: Turn, text: string): string {
	return fence("result", text, draw(turn.seed, `fence ${turn.attempt} result`).toString(36));
}

function paragraphs(...parts: readonly string[]): string {
	return parts.filter((part) => part.trim() !== "").join("\n\n");
}
