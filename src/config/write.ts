import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { UsageError } from "../errors.ts";
import { userVariablesFile } from "./environment.ts";

/** Writes a new file; one that exists is only replaced on demand. */
export function writeConfig(path: string, text: string, options: { readonly replace: boolean }): void {
	if (existsSync(path) && !options.replace) throw new UsageError(`${path} exists already.`, "Name another file, or delete it first.");
	try {
		makeFolder(dirname(path), 0o777);
		writeWhole(path, text, 0o644);
	} catch (error) {
		throw unwritable(path, error, "Name a file in a folder that you may write to.");
	}
}

/** Stores a key in the user's own `.env`, readable by this user only. Returns the file. */
export function storeKey(home: string, name: string, value: string): string {
	if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new UsageError(`${name} is no name of a variable.`);
	if (value.trim() === "" || /[\r\n]/.test(value)) throw new UsageError(`The value for ${name} is empty or has several lines.`);
	const path = userVariablesFile(home);
	const line = `${name}=${quoted(value.trim())}`;
	try {
		makeFolder(dirname(path), 0o700);
		const before = existsSync(path) ? readFileSync(path, "utf8") : "";
		const kept = before.split("\n").filter((old) => old !== "" && !new RegExp(`^\\s*(export\\s+)?${name}\\s*=`).test(old));
		writeWhole(path, `${[...kept, line].join("\n")}\n`, 0o600);
	} catch (error) {
		throw unwritable(path, error, `Set it for this shell instead: export ${name}=...`);
	}
	return path;
}

function quoted(value: string): string {
	if (/^[\w.:/@+=-]+$/.test(value)) return value;
	const quote = ["'", '"', "`"].find((candidate) => !value.includes(candidate));
	if (quote === undefined) throw new UsageError("The value holds all three kinds of quotes, which a .env file cannot keep.");
	return quote + value + quote;
}

/** With those above it. Node's own way of doing that never ends where nothing can be made, as below /proc. */
function makeFolder(path: string, mode: number): void {
	if (existsSync(path)) return;
	makeFolder(dirname(path), mode);
	mkdirSync(path, { mode });
}

function unwritable(path: string, error: unknown, hint: string): UsageError {
	return new UsageError(`${path} cannot be written: ${error instanceof Error ? error.message : error}`, hint);
}

/** All or nothing: a reader never sees half a file. */
function writeWhole(path: string, text: string, mode: number): void {
	const temporary = `${path}.${process.pid}.tmp`;
	writeFileSync(temporary, text, { mode });
	chmodSync(temporary, mode);
	renameSync(temporary, path);
}
