import type { Request, ToolSpec } from "../core/conversation.ts";
import { type Fenced, readBoard } from "../core/fence.ts";
import { isRecord } from "./keys.ts";

/** What a simulated agent makes of a request: all it knows, since it remembers nothing. */
export type View = {
	readonly question: string;
	/** Its own earlier replies in this conversation. */
	readonly position: number;
	readonly tools: readonly ToolSpec[];
	/** Whom it may vote for: all aliases, agents in config order. */
	readonly aliases: readonly string[];
	readonly board: readonly Fenced[];
	/** It has voted, and nothing new was shown since: the vote was refused. */
	readonly votedHere: boolean;
	/** It has answered, and nothing new was shown since: the answer was refused. */
	readonly answeredHere: boolean;
	/** What it has answered in this conversation, oldest first. */
	readonly own: readonly string[];
};

export function view(request: Request): View {
	const { messages, tools } = request;
	const board = readBoard(messages);
	const calls = messages.flatMap((message, at) => (message.role === "assistant" ? message.toolCalls.map((call) => ({ at, call })) : []));
	const since = calls.filter(({ at }) => at > (board?.at ?? -1));
	return {
		question: question(request),
		position: messages.filter((message) => message.role === "assistant").length,
		tools,
		aliases: aliasesOf(tools.find((tool) => tool.name === "vote")),
		board: board?.answers ?? [],
		votedHere: since.some(({ call }) => call.name === "vote"),
		answeredHere: since.some(({ call }) => call.name === "new_answer"),
		own: calls.flatMap(({ call }) => (call.name === "new_answer" && typeof call.input?.content === "string" ? [call.input.content] : [])),
	};
}

export function offers(view: View, name: string): boolean {
	return view.tools.some((tool) => tool.name === name);
}

/** What the user said before the agent said anything, without the texts of others. */
function question(request: Request): string {
	const first = request.messages.findIndex((message) => message.role === "assistant");
	const asked = first < 0 ? request.messages : request.messages.slice(0, first);
	const text = asked.flatMap((message) => (message.role === "user" ? [message.text] : [])).join("\n");
	return text.replace(/^<answer from="[^"\n]*" key="([^"\n]+)">\n[\s\S]*?\n<\/answer \1>/gm, "").trim();
}

function aliasesOf(vote: ToolSpec | undefined): readonly string[] {
	const properties = vote?.inputSchema.properties;
	const target = isRecord(properties) ? properties.agent_id : undefined;
	const names = isRecord(target) && Array.isArray(target.enum) ? target.enum : [];
	return names.filter((name) => typeof name === "string");
}
