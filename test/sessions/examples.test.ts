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

test("O15: the demonstration sends, shows, adds, takes back and clears, and its memory tab leaves no file", () => {
	const directory = mkdtempSync(join(tmpdir(), "massgen-examples-"));
	const commands = [
		"send My name is Alice",
		"send What's my name?",
		"last 1",
		"last 21",
		"undo",
		"show",
		"tab memory",
		"add I work as a developer | Noted.",
		"last",
		"tab multi",
		"send My name is Bob",
		"user user_456",
		"send What's my name?",
		"clear",
		"user user_123",
		"show",
		"clear all",
		"show",
		"tab nowhere",
		"quit",
	];
	const output = execFileSync(process.execPath, [compiled("examples/sessions/demo.ts")], {
		cwd: directory,
		encoding: "utf8",
		env: { TMPDIR: directory },
		input: commands.map((command) => `${command}\n`).join(""),
	});
	expect(readdirSync(directory)).toEqual([]);
	expect(output.slice(output.indexOf("[basic"))).toMatchInlineSnapshot(`
		"[basic/conversation_123]   assistant: Noted.
		[basic/conversation_123]   assistant: Alice
		[basic/conversation_123]   assistant: Alice
		[basic/conversation_123] A number from 1 to 20, please.
		[basic/conversation_123] Taken back: Alice
		[basic/conversation_123]   user: My name is Alice
		  assistant: Noted.
		  user: What's my name?
		[basic/conversation_123] memory: demo
		[memory/demo] Added.
		[memory/demo]   user: I work as a developer
		  assistant: Noted.
		[memory/demo] multi: user_123, user_456
		[multi/user_123]   assistant: Noted.
		[multi/user_123] 0 items
		[multi/user_456]   assistant: I do not know your name.
		[multi/user_456] user_456 is empty.
		[multi/user_456] 2 items
		[multi/user_123]   user: My name is Bob
		  assistant: Noted.
		[multi/user_123] All sessions of this tab are empty.
		[multi/user_123]   (nothing)
		[multi/user_123] There is no tab nowhere. There are: basic, memory, multi.
		[multi/user_123] Goodbye.
		"
	`);
});
