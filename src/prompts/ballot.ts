import type { ToolSpec } from "../core/conversation.ts";
import { textIsAnswer } from "../core/queries.ts";
import type { Turn } from "../core/types.ts";

/** The calls by which an agent decides. They stay the same as long as the team does, so that a provider's cache keeps them. */
export function ballotTools(turn: Turn): readonly ToolSpec[] {
	const review = turn.maxRestarts > 0 ? [submit, restart] : [];
	return textIsAnswer(turn) ? review : [newAnswer, vote(turn.agents.map(({ alias }) => alias)), ...review];
}

const newAnswer: ToolSpec = {
	name: "new_answer",
	description: "Give your answer to the question.",
	inputSchema: object({ content: { type: "string", description: "The complete answer, as the user shall read it." } }),
};

function vote(aliases: readonly string[]): ToolSpec {
	return {
		name: "vote",
		description: "Vote for the best answer on the board.",
		inputSchema: object({
			agent_id: { type: "string", enum: aliases, description: "Whose answer." },
			reason: { type: "string", description: "Why, in a sentence or two." },
		}),
	};
}

const submit: ToolSpec = {
	name: "submit",
	description: "In a review: the result is good enough for the user.",
	inputSchema: object({ confirmed: { type: "boolean", enum: [true] } }),
};

const restart: ToolSpec = {
	name: "restart_orchestration",
	description: "In a review: the result is not good enough, the team shall start again.",
	inputSchema: object({
		reason: { type: "string", description: "What is wrong with the result." },
		instructions: { type: "string", description: "What the team shall do differently." },
	}),
};

function object(properties: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
	return { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
}
