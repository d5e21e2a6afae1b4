/** Files that a question names with `@path`: their text goes with the question, fenced. */
import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { UsageError } from "../../errors.ts";

const longestFile = 1_000_000;

/** The question with the text of every file it names, and of `more`. Throws what the user has to change. */
export function withFiles(question: string, more: readonly string[], cwd: string, say: (text: string) => void): string {
	const named = [...question.matchAll(/(?<=^|\s)@("[^"\n]+"|\S+)/g)].flatMap(([, word = ""]) => pathIn(word, cwd, say));
	const parts = [...new Set([...named, ...more])].map((path) => fenced(path, readText(path, cwd)));
	return [question, ...parts].join("\n\n");
}

/** A word that is no file stays a word: not everything that begins with @ is a path. */
function pathIn(word: string, cwd: string, say: (text: string) => void): string[] {
	const bare = word.replace(/^"|"$/g, "");
	const choices = [bare, bare.replace(/[.,;:!?)\]]+$/, "")];
	const path = choices.find((choice) => choice !== "" && exists(choice, cwd));
	if (path !== undefined) return [path];
	const writable = /^(.+):w$/.exec(bare)?.[1];
	if (writable !== undefined && exists(writable, cwd)) {
		throw new UsageError(
			`@${bare}: agents have no workspace in which they could write files yet.`,
			`Leave out :w to give them the text of ${writable}.`,
		);
	}
	say(`There is no file ${bare}: the word stays as it is.`);
	return [];
}

/** The text of a file, if it is text and not too long. */
export function readText(path: string, cwd: string): string {
	const file = resolvePath(path, cwd);
	const found = statSync(file, { throwIfNoEntry: false });
	if (!found) throw new UsageError(`There is no file ${path}.`, "Paths begin in the directory where massgen was started.");
	if (found.isDirectory()) throw new UsageError(`@${path} is a directory.`, "Name the files in it that the agents should read.");
	if (!found.isFile()) throw new UsageError(`@${path} is no file that can be read as a whole.`, "Name a regular file.");
	if (found.size > longestFile)
		throw new UsageError(`@${path} has ${found.size} bytes; a file of a question may have ${longestFile}.`, "Name a part of it.");
	const bytes = readFileSync(file);
	try {
		const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
		if (!text.includes("\0")) return text;
	} catch {
		// Told below.
	}
	throw new UsageError(`@${path} is no text.`, "Only text files can go with a question.");
}

function fenced(path: string, text: string): string {
	const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
	const fence = "`".repeat(longest + 1);
	return `File ${path}:\n${fence}\n${text.replace(/\n?$/, "\n")}${fence}`;
}

function exists(path: string, cwd: string): boolean {
	return statSync(resolvePath(path, cwd), { throwIfNoEntry: false }) !== undefined;
}

export function resolvePath(path: string, cwd: string): string {
	return path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : resolve(cwd, path);
}
