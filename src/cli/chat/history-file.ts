/** What was typed in earlier conversations, for the arrow keys: `~/.massgen/history`, one JSON text a line, for its owner only. */
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const most = 1000;
const longest = 10_000;

export function historyPath(home: string): string {
	return join(home, ".massgen", "history");
}

/** Newest first. A history that cannot be read is none. */
export function readHistory(path: string): readonly string[] {
	try {
		const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
		const texts = lines.flatMap(textOf);
		if (texts.length > 2 * most) rewrite(path, texts.slice(-most));
		return [...new Set(texts.reverse())].slice(0, most);
	} catch {
		return [];
	}
}

/** A history that cannot be written is no reason to stop. */
export function addToHistory(path: string, text: string): void {
	if (text.length > longest || text.trim() === "") return;
	try {
		mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
		appendFileSync(path, `${JSON.stringify(text)}\n`, { mode: 0o600 });
	} catch {
		// The disk is full or may not be written: what was typed is in the session anyway.
	}
}

function rewrite(path: string, texts: readonly string[]): void {
	const fresh = `${path}.${process.pid}.new`;
	writeFileSync(fresh, texts.map((text) => `${JSON.stringify(text)}\n`).join(""), { mode: 0o600 });
	chmodSync(fresh, 0o600);
	renameSync(fresh, path);
}

function textOf(line: string): string[] {
	try {
		const value: unknown = JSON.parse(line);
		return typeof value === "string" ? [value] : [];
	} catch {
		return [];
	}
}
