import type { Message, Request, ToolSpec } from "../core/conversation.ts";
import { divider, type Fenced, readBoard } from "../core/fence.ts";
import { isRecord } from "./keys.ts";

/** What a simulated agent makes of a request: all it knows, since it remembers nothing. */
export type View = {
	/** What it was asked in this conversation, without the texts of others. */
	readonly question: string;
	/** Its own earlier replies in this conversation. */
	readonly position: number;
	readonly tools: readonly ToolSpec[];
	/** Whom it may vote for: all aliases, agents in config order. */
	readonly aliases: readonly string[];
	readonly board: readonly Fenced[];
	/** The team's result, if it is asked to review it or to write it anew. */
	readonly result?: { readonly text: string; readonly review: boolean };
	/** It has voted, and nothing new was shown since: the vote was refused. */
	readonly votedHere: boolean;
	/** It has answered, and nothing new was shown since: the answer was refused. */
	readonly answeredHere: boolean;
	/** What it has answered in this conversation, oldest first. */
	readonly own: readonly string[];
};

/** Every reply of a simulated agent carries this, so that it can tell its own from those of former turns. */
export type Mark = { readonly simulated: number };

export function view(request: Request): View {
	const { messages, tools } = request;
	const board = readBoard(messages);
	const aliases = aliasesOf(tools.find((tool) => tool.name === "vote"));
	const mine = messages.flatMap((message, at) =>
		message.role === "assistant" && isOwn(message) ? [{ at, calls: message.toolCalls }] : [],
	);
	const calls = mine.flatMap(({ at, calls }) => calls.map((call) => ({ at, call })));
	const since = calls.filter(({ at }) => at > (board?.at ?? -1));
	const result = board?.answers.find(({ alias }) => alias === "result");
	return {
		question: question(messages, mine[0]?.at ?? messages.length),
		position: Math.max(0, ...mine.map(({ at }) => position(messages[at]) + 1)),
		tools,
		aliases,
		board: board?.answers.filter(({ alias }) => aliases.includes(alias)) ?? [],
		...(board && result ? { result: { text: result.text, review: /\bsubmit\b/.test(afterBoard(textOf(messages[board.at]))) } } : {}),
		votedHere: since.some(({ call }) => call.name === "vote"),
		answeredHere: since.some(({ call }) => call.name === "new_answer"),
		own: calls.flatMap(({ call }) => (call.name === "new_answer" && typeof call.input?.content === "string" ? [call.input.content] : [])),
	};
}

export function offers(view: View, name: string): boolean {
	return view.tools.some((tool) => tool.name === name);
}

function isOwn(message: Message): boolean {
	return message.role === "assistant" && isRecord(message.opaque) && typeof message.opaque.simulated === "number";
}

function position(message: Message | undefined): number {
	const opaque = message?.role === "assistant" ? message.opaque : undefined;
	return isRecord(opaque) && typeof opaque.simulated === "number" ? opaque.simulated : -1;
}

/** What the user said after the former turns and before the agent's first reply. */
function question(messages: readonly Message[], first: number): string {
	const before = messages.slice(0, first);
	const history = before.findLastIndex((message) => message.role === "assistant");
	const text = before
		.slice(history + 1)
		.map(textOf)
		.join("\n");
	return (text.split(divider)[0] ?? "").trim();
}

function textOf(message: Message | undefined): string {
	if (!message) return "";
	return message.role === "tool" ? message.results.map(({ output }) => output).join("\n") : message.text;
}

/** What is asked after the texts of others, which may ask for anything. */
function afterBoard(text: string): string {
	return text.slice(text.lastIndexOf("\n</answer "));
}

function aliasesOf(vote: ToolSpec | undefined): readonly string[] {
	const properties = vote?.inputSchema.properties;
	const target = isRecord(properties) ? properties.agent_id : undefined;
	const names = isRecord(target) && Array.isArray(target.enum) ? target.enum : [];
	return names.filter((name) => typeof name === "string");
}
