import type { Message } from "../core/conversation.ts";
import { dollars, figure } from "../displays/words.ts";
import type { Preview, Range } from "../library/preview.ts";

/** The prompts that would be sent, and what the turn may cost, for a person to read. */
export function previewText({ requests, calls, tokens, costUsd, unpriced, replyTokens, pricesDate }: Preview): string {
	const [first] = requests;
	const same = requests.every(({ request }) => JSON.stringify(request) === JSON.stringify(first?.request));
	const shown = same ? requests.slice(0, 1) : requests;
	const prompts = shown.flatMap(({ agent, request }) => [
		"",
		`First request to ${same ? `every agent (${requests.map(({ agent: id }) => id).join(", ")})` : agent}:`,
		...(request.system === "" ? [] : ["  system:", indented(request.system)]),
		...request.messages.flatMap((message) => [`  ${message.role}:`, indented(textOf(message))]),
		...(request.tools.length === 0 ? [] : [`  tools: ${request.tools.map(({ name }) => name).join(", ")}`]),
	]);
	const cost = costUsd
		? `Cost: ${range(costUsd, dollars)}, at the prices of ${pricesDate}.`
		: `Cost: unknown, because nobody knows the prices of ${unpriced.join(", ")}.`;
	return [
		...prompts,
		"",
		`A turn without failures takes ${range(calls, figure)} model calls and about ${range(tokens, figure)} tokens.`,
		cost,
		`A reply is taken to have ${replyTokens} tokens where max_tokens does not say it. Nothing was called.`,
	].join("\n");
}

function range({ least, most }: Range, text: (value: number) => string): string {
	return text(least) === text(most) ? text(least) : `${text(least)} to ${text(most)}`;
}

function textOf(message: Message): string {
	return message.role === "tool" ? message.results.map(({ output }) => output).join("\n") : message.text;
}

function indented(text: string): string {
	return text.replaceAll(/^/gm, "    ");
}
