import type { Usage } from "../core/conversation.ts";

/** What a CLI agent is like: how it is started, and what its lines mean. Everything else is the same for all of them. */
export type Dialect = {
	/** As the user knows it: "Claude Code". */
	readonly title: string;
	/** The program, by name or path. */
	readonly command: string;
	/** What to type if it is not there, and if it is not logged in. */
	readonly install: string;
	readonly login: string;
	readonly invocation: (prompt: string, session: string | undefined) => Invocation;
	/** `json`: one object a line on stdout, read by `read`. `text`: all of stdout is the reply. */
	readonly output: "json" | "text";
	/** A reply is complete when it says so in a line, or when it exits with 0. */
	readonly completeOn: "line" | "exit";
	/** What one line tells. Called once per line, in order; knows nothing of other lines. */
	readonly read: (line: Readonly<Record<string, unknown>>) => readonly Sign[];
	/** Its usage is that of its whole session so far, not of one prompt. */
	readonly countsSession?: boolean;
	/** What it says when it is told to go on with a session that it does not have (any more). */
	readonly sessionLost?: RegExp;
};

export type Invocation = {
	readonly args: readonly string[];
	readonly stdin?: string;
	/** Added to the environment; `undefined` removes. */
	readonly env?: Readonly<Record<string, string | undefined>>;
};

/** What a line of its output tells. */
export type Sign =
	| { readonly kind: "session"; readonly id: string }
	/** A piece of a message that it is writing. */
	| { readonly kind: "chunk"; readonly text: string }
	/** A message it has written, complete. The last one before `done` is its reply; the others are notes on the way. */
	| { readonly kind: "message"; readonly text: string }
	/** A piece of text that belongs to the reply, whatever follows. */
	| { readonly kind: "text"; readonly text: string }
	| { readonly kind: "thought"; readonly text: string }
	/** One line for the user. */
	| { readonly kind: "progress"; readonly text: string }
	/** It uses a tool of its own: what it wrote before was a note on the way. While it runs there may be no word for long. */
	| { readonly kind: "tool"; readonly text: string; readonly isRunning: boolean }
	/** Spent in a part of its work; added up. */
	| { readonly kind: "spent"; readonly usage?: Usage; readonly costUsd?: number }
	/** It has finished what it was asked. `text` is the reply if it says so. */
	| { readonly kind: "done"; readonly text?: string; readonly truncated?: boolean }
	| { readonly kind: "failed"; readonly problem: string };

/** Fields of lines: read tolerantly, only what is used. */
export function text(value: unknown): string | undefined {
	return typeof value === "string" ? value : undefined;
}

export function count(value: unknown): number {
	return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;
}

/** One line of at most 160 characters, for the user. */
export function oneLine(value: string): string {
	const line = value.replace(/\s+/g, " ").trim();
	return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}

/** What a tool was called with, in a few words: the argument that says most. */
export function toolLine(name: string, input: unknown): string {
	if (typeof input !== "object" || input === null) return oneLine(name);
	const values = new Map(Object.entries(input));
	const telling = [
		"command",
		"cmd",
		"file_path",
		"filePath",
		"path",
		"dir_path",
		"absolute_path",
		"pattern",
		"query",
		"url",
		"description",
		"prompt",
	].map((key) => values.get(key));
	const argument = telling.find((value) => typeof value === "string");
	return oneLine(typeof argument === "string" ? `${name}: ${argument}` : name);
}
