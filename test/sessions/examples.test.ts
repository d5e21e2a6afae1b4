import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compiled } from "../fixtures/compiled.ts";

/** Runs an example in a directory of its own; it checks itself, and exits with an error if something is not as it says. */
function run(name: string): string {
	const directory = mkdtempSync(join(tmpdir(), "massgen-examples-"));
	const output = execFileSync(process.execPath, [compiled(`examples/sessions/${name}.ts`)], { cwd: directory, encoding: "utf8", env: {} });
	expect(readdirSync(directory)).toEqual([]);
	return output;
}

test("O16, O17: the example of basic sessions runs by itself, and what is to be in memory leaves no file", () => {
	expect(run("basic")).toMatchInlineSnapshot(`
		"In memory: the second question was understood.
		Without the conversation: it was not.
		In a file: Alice, a developer, is known after the file was closed.
		"
	`);
});

test("O16: the example of memory operations runs by itself", () => {
	expect(run("memory-operations")).toMatchInlineSnapshot(`
		"Read: everything, and the last three.
		Corrected: 2 + 4 is 6.
		Added by hand, and remembered.
		Cleared: nothing is known any more.
		"
	`);
});

test("O16, O11: the example of several sessions runs by itself and does something", () => {
	expect(run("multi-sessions")).toMatchInlineSnapshot(`
		"Two users, two memories.
		Contexts are apart, assistants on one of them share it.
		The same in memory and in a directory of files.
		"
	`);
});
