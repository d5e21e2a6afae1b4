import type { Reply, ToolCall } from "./conversation.ts";
import { board, isBoardEmpty, isForVotesOnly, meant, textIsAnswer } from "./queries.ts";
import { anonymous, identity } from "./text.ts";
import type { Assignment, Candidate, Turn } from "./types.ts";

/**
 * What a reply means. A reply must hold exactly one ballot call: an answer, a vote, or in a review a verdict. All else
 * is a problem, told to the model in the same conversation.
 */
export type Verdict =
	| { readonly kind: "answer"; readonly text: string; readonly truncated: boolean }
	| { readonly kind: "vote"; readonly candidate: Candidate; readonly reason: string; readonly implied: boolean }
	| { readonly kind: "rewrite"; readonly text: string }
	| { readonly kind: "review"; readonly verdict: "submit" | "restart"; readonly reason: string; readonly instructions: string }
	| { readonly kind: "problem"; readonly problem: string };

const ballots = ["new_answer", "vote", "submit", "restart_orchestration"];

/** Is this call for the core, and not for a tool? */
export function isBallot({ name }: Pick<ToolCall, "name">): boolean {
	return ballots.includes(name);
}

export function verdictOf(turn: Turn, assignment: Assignment, reply: Reply): Verdict {
	const calls = reply.toolCalls.filter(isBallot);
	switch (assignment.task) {
		case "rewrite":
			return { kind: "rewrite", text: reply.finish === "stop" ? reply.text : "" };
		case "review":
			return review(calls);
		case "answer":
		case "answer-or-vote":
		case "vote":
			return textIsAnswer(turn) && calls.length === 0
				? answer(turn, assignment, reply.text, reply.finish === "length")
				: ballot(turn, assignment, calls);
	}
}

function ballot(turn: Turn, assignment: Assignment, calls: readonly ToolCall[]): Verdict {
	const [call, ...more] = calls;
	if (!call) return problem(`The reply called neither new_answer nor vote. ${expected(turn)}`);
	if (more.length > 0)
		return problem(`The reply called ${calls.map(({ name }) => name).join(" and ")}: exactly one call is allowed. ${expected(turn)}`);
	if (!call.input) return problem(`The arguments of ${call.name} were not a JSON object. ${expected(turn)}`);
	if (call.name === "new_answer") {
		const { content } = call.input;
		return typeof content === "string"
			? answer(turn, assignment, content, false)
			: problem(`new_answer needs "content", a text. ${expected(turn)}`);
	}
	if (call.name !== "vote") return problem(`${call.name} is not asked for now. ${expected(turn)}`);
	const { agent_id: name, reason } = call.input;
	if (isBoardEmpty(turn)) return problem("There is nothing to vote for yet: give your own answer with new_answer.");
	const candidate = typeof name === "string" ? meant(turn, name) : undefined;
	if (!candidate) return problem(`vote named ${JSON.stringify(name ?? null)}, which has no answer on the board. ${expected(turn)}`);
	return { kind: "vote", candidate, reason: typeof reason === "string" ? anonymous(reason, turn.agents) : "", implied: false };
}

function answer(turn: Turn, assignment: Assignment, written: string, truncated: boolean): Verdict {
	const text = anonymous(written, turn.agents);
	const own = identity(text);
	const same = board(turn).find((candidate) => candidate.identity === own);
	if (same) return { kind: "vote", candidate: same, reason: "gave the same answer", implied: true };
	if (text.trim() === "") return problem("The answer was empty. Give the complete answer.");
	if (assignment.task === "vote") return problem(`No new answers are taken any more. ${expected(turn)}`);
	return { kind: "answer", text, truncated };
}

function review(calls: readonly ToolCall[]): Verdict {
	const restart = calls.find(({ name }) => name === "restart_orchestration");
	const { reason, instructions } = restart?.input ?? {};
	if (calls.length !== 1 || typeof reason !== "string" || typeof instructions !== "string")
		return { kind: "review", verdict: "submit", reason: "", instructions: "" };
	return { kind: "review", verdict: "restart", reason, instructions };
}

function expected(turn: Turn): string {
	if (textIsAnswer(turn)) return "Reply with your complete answer as text, without such a call.";
	const authors = new Set(board(turn).flatMap((candidate) => candidate.authors));
	const aliases = turn.agents.filter(({ id }) => authors.has(id)).map(({ alias }) => alias);
	if (aliases.length === 0) return "Call new_answer once, with your complete answer.";
	const vote = `vote once, with agent_id one of: ${aliases.join(", ")}`;
	return isForVotesOnly(turn) ? `Call ${vote}.` : `Call new_answer once with your complete answer, or ${vote}.`;
}

function problem(text: string): Verdict {
	return { kind: "problem", problem: text };
}
