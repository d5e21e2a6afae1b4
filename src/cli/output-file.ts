/** `--output-file`: the result once more, in a file that is either the old one or the whole new one. */
import { accessSync, constants, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { ResultDocument } from "../displays/result.ts";
import { StoreError, UsageError } from "../errors.ts";

/** Said before anything is paid for. */
export function checkOutputFile(path: string): void {
	const folder = dirname(resolve(path));
	if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
		throw new UsageError(`--output-file ${path}: there is no directory ${folder}.`, "Make it first, or choose another path.");
	if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
		throw new UsageError(`--output-file ${path} is a directory.`, "Name a file in it.");
	try {
		accessSync(folder, constants.W_OK);
	} catch {
		throw new UsageError(`--output-file ${path}: ${folder} cannot be written.`, "Choose a directory that you may write to.");
	}
}

/** The answer, or the document where JSON was asked for. Without an answer there is no text to write. */
export function writeResult(path: string, output: string, document: ResultDocument): void {
	const text = output === "text" ? document.answer : JSON.stringify(document, null, 2);
	if (text === null) return;
	const draft = `${path}.${process.pid}.new`;
	try {
		writeFileSync(draft, text.endsWith("\n") ? text : `${text}\n`);
		renameSync(draft, path);
	} catch (cause) {
		rmSync(draft, { force: true });
		throw new StoreError(`${path} could not be written: ${cause instanceof Error ? cause.message : cause}`, {
			hint: "The answer is on stdout and in the session.",
			cause,
		});
	}
}
