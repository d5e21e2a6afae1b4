import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { SessionError } from "../errors.ts";

/** What belongs to a goal: a text, data, or a file that is read. */
export type Context = string | { readonly file_path: string; readonly file_type?: string } | { readonly [key: string]: unknown };

/** A longer text is too much for most models. */
const mostBytes = 1_000_000;

/** The context as the agents read it; undefined if there is nothing in it. Throws `SessionError` (`invalid_request`) for what cannot be read. */
export async function contextText(context: unknown, directory: string): Promise<string | undefined> {
	if (context === undefined || context === null || context === "") return undefined;
	if (typeof context === "string") return context;
	if (typeof context !== "object" || Array.isArray(context))
		throw wrong(`The context is ${Array.isArray(context) ? "a list" : `a ${typeof context}`}.`, "Give a text, or an object.");
	if ("file_path" in context) return fileText(context.file_path, "file_type" in context ? context.file_type : undefined, directory);
	return Object.keys(context).length === 0 ? undefined : json(context);
}

async function fileText(path: unknown, type: unknown, directory: string): Promise<string> {
	if (typeof path !== "string" || path === "")
		throw wrong("The context's file_path is not the name of a file.", 'For example: { file_path: "report.md" }');
	const bytes = await bytesOf(resolve(directory, path));
	const text = bytes.toString("utf8");
	if (bytes.includes(0) || !bytes.equals(Buffer.from(text)))
		throw wrong(`${path} is not a text file.`, "Only text can be read. Extract the text first and give it as the context.");
	return `The file ${path}${typeof type === "string" ? ` (${type})` : ""}:\n${text}`;
}

async function bytesOf(path: string): Promise<Buffer> {
	try {
		const stats = await stat(path);
		if (!stats.isFile()) throw wrong(`${path} is no file.`, "Name a text file.");
		if (stats.size > mostBytes) throw wrong(`${path} has ${stats.size} bytes; ${mostBytes} are allowed.`, "Give the part that matters.");
		return await readFile(path);
	} catch (error) {
		if (error instanceof SessionError) throw error;
		throw wrong(`The file of the context cannot be read: ${error instanceof Error ? error.message : String(error)}`, "Check the path.");
	}
}

function json(context: object): string {
	try {
		return JSON.stringify(context, undefined, 2);
	} catch {
		throw wrong("The context cannot be written as JSON.", "Use plain values: texts, numbers, lists, objects.");
	}
}

function wrong(message: string, hint: string): SessionError {
	return new SessionError("invalid_request", message, { hint });
}
