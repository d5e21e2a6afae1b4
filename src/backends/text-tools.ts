import { createHash } from "node:crypto";
import type { Message, ToolCall, ToolSpec } from "../core/conversation.ts";
import { isRecord } from "./keys.ts";
import { streamedArgument } from "./streamed-argument.ts";

/**
 * Tools for those that cannot call any: a call is a fenced JSON block in the text. The fence carries a marker that only
 * this agent is told, so that a block in somebody else's text, quoted in a reply, is never taken for a call. Without the
 * marker a block counts only if it is the whole reply.
 */
export type TextTools = { readonly tools: readonly ToolSpec[]; readonly marker: string };

/** The agent's marker: always the same for it, so that its conversation goes on, and not guessable from outside. */
export function callMarker(secret: string): string {
	return `call-${createHash("sha256").update(secret).digest("hex").slice(0, 8)}`;
}

/** What is told to the model: its tools and how to call one. Empty without tools. */
export function toolInstructions({ tools, marker }: TextTools): string {
	if (tools.length === 0) return "";
	const list = tools.map((tool) => `- ${tool.name}: ${tool.description}\n  Arguments (JSON Schema): ${JSON.stringify(tool.inputSchema)}`);
	return [
		"# Tools",
		"",
		"You call a tool by ending your reply with a fenced block that has the name given here after its three backticks, and one JSON object in it:",
		"",
		renderCall(marker, '{"name": "the tool", "arguments": {"an argument": "its value"}}'),
		"",
		"Write line breaks inside JSON strings as \\n. Text before the block is for you; whoever reads the result sees the arguments only.",
		"",
		...list,
	].join("\n");
}

/** One line that keeps the form in mind, for later messages of a conversation that has the instructions already. */
export function toolReminder({ tools, marker }: TextTools): string {
	if (tools.length === 0) return "";
	return `(End your reply with one \`\`\`${marker} block to call a tool: ${tools.map((tool) => tool.name).join(", ")}.)`;
}

/** A message as text, for a model that has seen calls only as text. */
export function messageText(message: Message, marker: string): string {
	switch (message.role) {
		case "user":
			return message.text;
		case "assistant":
			return [
				message.text,
				...message.toolCalls.map((call) => renderCall(marker, JSON.stringify({ name: call.name, arguments: call.input ?? call.raw }))),
			]
				.filter((part) => part !== "")
				.join("\n\n");
		case "tool":
			return message.results
				.map((result) => `Result of ${result.name}${result.isError ? " (failed)" : ""}:\n${result.output}`)
				.join("\n\n");
	}
}

function renderCall(marker: string, json: string): string {
	return `\`\`\`${marker}\n${json}\n\`\`\``;
}

/** What a complete reply says before its first call, and its calls. `idPrefix` makes their ids unique. */
export function readCalls(
	reply: string,
	{ tools, marker }: TextTools,
	idPrefix: string,
): { readonly text: string; readonly toolCalls: readonly ToolCall[] } {
	if (tools.length === 0) return { text: reply.trim(), toolCalls: [] };
	const bodies: string[] = [];
	let text = "";
	let rest = reply;
	for (let found = nextBlock(rest, marker); found; found = nextBlock(rest, marker)) {
		text += rest.slice(0, found.start);
		bodies.push(found.body);
		rest = rest.slice(found.end);
	}
	if (bodies.length > 0)
		return { text: (text + rest).trim(), toolCalls: bodies.map((body, at) => toolCall(body, `${idPrefix}.${at + 1}`)) };
	const whole = wholeCall(reply.trim(), tools);
	return whole ? { text: "", toolCalls: [toolCall(whole, `${idPrefix}.1`)] } : { text: reply.trim(), toolCalls: [] };
}

/** The next marked block: from its fence to the closing one. An answer may hold fences of its own, inside a JSON string. */
function nextBlock(text: string, marker: string): { readonly start: number; readonly end: number; readonly body: string } | undefined {
	const opening = new RegExp(`^[ \\t]*\`{3,}[ \\t]*${marker}[ \\t]*$`, "m").exec(text);
	if (!opening) return undefined;
	const from = opening.index + opening[0].length;
	const object = endOfObject(text, from);
	const closing = /^[ \t]*`{3,}[ \t]*$/gm;
	closing.lastIndex = object ?? from;
	const close = closing.exec(text);
	const until = close?.index ?? text.length;
	return { start: opening.index, end: close ? until + close[0].length : until, body: text.slice(from, until).trim() };
}

/** A reply that is nothing but one call of a tool there is, with or without a fence. */
function wholeCall(reply: string, tools: readonly ToolSpec[]): string | undefined {
	const body = /^```[a-z]*\s*\n([\s\S]*)\n\s*```$/.exec(reply)?.[1]?.trim() ?? reply;
	if (!body.startsWith("{") || endOfObject(body, 0) !== body.length) return undefined;
	const { name } = named(parsed(body));
	return tools.some((tool) => tool.name === name) ? body : undefined;
}

function toolCall(body: string, id: string): ToolCall {
	const { name, input } = named(parsed(body));
	const inner = typeof input === "string" ? parsed(input) : input;
	return { id, name: name ?? "", ...(isRecord(inner) ? { input: inner, raw: JSON.stringify(inner) } : { raw: body }) };
}

/** The words that models use for the two keys. */
function named(value: unknown): { readonly name?: string; readonly input?: unknown } {
	if (!isRecord(value)) return {};
	const name = value.name ?? value.tool ?? value.tool_name;
	return { ...(typeof name === "string" ? { name } : {}), input: value.arguments ?? value.input ?? value.parameters };
}

function parsed(json: string): unknown {
	for (const candidate of [json, withEscapedBreaks(json)]) {
		try {
			return JSON.parse(candidate);
		} catch {
			// Not JSON as it stands: the next candidate, or no arguments at all, which the caller reports to the model.
		}
	}
	return undefined;
}

/** Where the first JSON object after `from` ends: a scan that knows strings, so that braces and fences in them do not count. */
function endOfObject(text: string, from: number): number | undefined {
	let depth = 0;
	let inString = false;
	for (let at = text.indexOf("{", from); at >= 0 && at < text.length; at++) {
		const character = text[at];
		if (inString) {
			if (character === "\\") at++;
			else if (character === '"') inString = false;
		} else if (character === '"') inString = true;
		else if (character === "{") depth++;
		else if (character === "}" && --depth === 0) return at + 1;
	}
	return undefined;
}

/** Models often break lines inside a JSON string, which JSON forbids. */
function withEscapedBreaks(json: string): string {
	const escapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
	return json.replace(/"(?:[^"\\]|\\[\s\S])*"/g, (string) => string.replace(/[\n\r\t]/g, (character) => escapes[character] ?? character));
}

/**
 * Lets a stream of text through without its calls: from a marked fence on nothing is shown, and what could become one is
 * held back. Also without blanks at both ends. What it has let through is the text of the reply.
 */
export function visibleText({ tools, marker }: TextTools): { push(chunk: string): string; end(): string } {
	let held = "";
	let shown = false;
	let hidden = false;
	const release = (text: string): string => {
		const visible = shown ? text : text.trimStart();
		shown ||= visible !== "";
		return visible;
	};
	return {
		push(chunk) {
			if (hidden) return "";
			held += chunk;
			const block = tools.length > 0 ? nextBlock(held, marker) : undefined;
			hidden = block !== undefined;
			if (block) return release(held.slice(0, block.start).trimEnd());
			const safe = safeLength(held, shown, tools.length > 0);
			const visible = release(held.slice(0, safe));
			held = held.slice(safe);
			return visible;
		},
		end() {
			if (hidden) return "";
			return tools.length > 0 && !shown && wholeCall(held.trim(), tools) ? "" : release(held.trimEnd());
		},
	};
}

/** The answer that a stream of text is writing into its call, as far as it has come. Other calls, and other forms of this one, give nothing. */
export function answerBeingWritten({ tools, marker }: TextTools): { push(chunk: string): string } {
	const opening = new RegExp(
		`(^|\\n)[ \\t]*\`{3,}[ \\t]*${marker}[ \\t]*\\n\\s*\\{\\s*"name"\\s*:\\s*"new_answer"\\s*,\\s*"arguments"\\s*:\\s*(?=\\{)`,
	);
	const content = streamedArgument("content");
	let held = "";
	let isInside = false;
	return {
		push(chunk) {
			if (isInside) return content.push(chunk);
			if (tools.length === 0) return "";
			held += chunk;
			const match = opening.exec(held);
			if (!match) return "";
			isInside = true;
			return content.push(held.slice(match.index + match[0].length));
		},
	};
}

/** How much of it cannot be part of a call or a blank at the end. */
function safeLength(held: string, shown: boolean, mayCall: boolean): number {
	const lineStart = held.lastIndexOf("\n") + 1;
	// A reply that begins like a call may be one as a whole: it waits for its end.
	if (mayCall && !shown && /^\s*[`{]/.test(held)) return 0;
	const upToFence = mayCall && /^[ \t]*`/.test(held.slice(lineStart)) ? lineStart : held.length;
	return held.slice(0, upToFence).trimEnd().length;
}
