import { decode, encode } from "@toon-format/toon";
import type { Recorded } from "../core/events.ts";
import { openTurn, type Session } from "../core/session.ts";
import { SessionError } from "../errors.ts";
import { textOf } from "./dialects-parts.ts";
import { type Item, isItem } from "./items.ts";
import { type RunStep, runSteps } from "./run-steps.ts";
import { type Run, runOf } from "./runs.ts";

/** `json` is a list of messages, `jsonl` one message a line, `toon` the list in TOON, `md` a text to read. */
export type ExportFormat = "json" | "jsonl" | "toon" | "md";

export function exportMessages(messages: readonly Item[], format: ExportFormat, title = "Conversation"): string {
	switch (format) {
		case "json":
			return `${JSON.stringify(messages, null, 2)}\n`;
		case "jsonl":
			return messages.map((message) => `${JSON.stringify(message)}\n`).join("");
		case "toon":
			return `${encode({ messages })}\n`;
		case "md":
			return `# ${title}\n\n${messages.map(section).join("\n")}`;
	}
}

/** Everything there is of a team's session, for machines: its messages, and its runs with their steps and events. */
export type FullExport = {
	readonly session_id: string;
	readonly name?: string;
	readonly created_at: string;
	readonly last_activity: string;
	readonly config: Session["config"];
	readonly messages: readonly Item[];
	readonly runs: readonly (Run & { readonly run_steps: readonly RunStep[] })[];
	readonly events: readonly Recorded[];
};

export function exportAll(session: Session, events: readonly Recorded[], messages: readonly Item[], isDriven = false): FullExport {
	const openNumber = openTurn(session)?.turn.number;
	const runs = session.turns.map((record) => {
		const { number } = record.turn;
		const own = events.filter(({ turn }) => turn === number);
		return { ...runOf(record, own, isDriven && number === openNumber), run_steps: runSteps(own) };
	});
	return {
		session_id: session.id,
		...(session.name === undefined ? {} : { name: session.name }),
		created_at: new Date(session.openedAt ?? 0).toISOString(),
		last_activity: new Date(session.lastAt ?? 0).toISOString(),
		config: session.config,
		messages,
		runs,
		events,
	};
}

/**
 * Messages from what was exported here or elsewhere: a list in JSON or JSON lines, an object with `messages`, or TOON.
 * Throws `SessionError` if it is something else, with what is wrong in it.
 */
export function importMessages(text: string): Item[] {
	return checkMessages(parse(text));
}

export function checkMessages(value: unknown): Item[] {
	const list: unknown = isItem(value) ? value.messages : value;
	if (!Array.isArray(list)) throw wrongImport("it holds no list of messages");
	return list.map((message: unknown, index) => {
		if (!isItem(message) || (typeof message.role !== "string" && typeof message.type !== "string")) {
			throw wrongImport(`entry ${index + 1} has neither a role nor a type`);
		}
		return message;
	});
}

function parse(text: string): unknown {
	const trimmed = text.trim();
	if (trimmed === "") throw wrongImport("it is empty");
	try {
		return /^[{[]/.test(trimmed) ? parseJson(trimmed) : decode(trimmed);
	} catch (cause) {
		throw wrongImport(cause instanceof Error ? cause.message : String(cause), cause);
	}
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		const lines = text.split("\n").filter((line) => line.trim() !== "");
		if (!lines.every((line) => line.trimStart().startsWith("{"))) throw error;
		return lines.map((line): unknown => JSON.parse(line));
	}
}

function wrongImport(problem: string, cause?: unknown): SessionError {
	return new SessionError("invalid_request", `This cannot be imported: ${problem.replace(/\.$/, "")}.`, {
		hint: 'Import a list of messages in JSON, JSON lines or TOON; one looks like {"role": "user", "content": "Hello"}.',
		cause,
	});
}

const names: Readonly<Record<string, string>> = { user: "You", assistant: "Assistant", system: "System", tool: "Tool" };

function section(message: Item): string {
	const calls = Array.isArray(message.tool_calls) ? message.tool_calls.filter(isItem) : [];
	const called = calls.map((call) => {
		const { name, arguments: input } = isItem(call.function) ? call.function : {};
		return `${fence(String(input))}json\n${String(name)}(${String(input)})\n${fence(String(input))}\n`;
	});
	const text = textOf(message.content);
	return [`## ${names[String(message.role)] ?? String(message.role)}\n`, ...(text === "" ? [] : [`${text}\n`]), ...called].join("\n");
}

/** Backquotes, more of them in a row than the text has. */
function fence(text: string): string {
	const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
	return "`".repeat(longest + 1);
}
