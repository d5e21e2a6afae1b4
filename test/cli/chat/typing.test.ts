import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createBlocks } from "../../../src/cli/chat/blocks.ts";
import { completion } from "../../../src/cli/chat/complete.ts";
import { addToHistory, readHistory } from "../../../src/cli/chat/history-file.ts";
import { createPastes, endPaste, startPaste } from "../../../src/cli/chat/pastes.ts";
import { slashHelp, slashNames } from "../../../src/cli/chat/slash.ts";

function directory(): string {
	const path = mkdtempSync(join(tmpdir(), "massgen-chat-"));
	onTestFinished(() => rmSync(path, { recursive: true, force: true }));
	return path;
}

describe("blocks", () => {
	test.each([
		[["plain"], ["plain"]],
		[['"""one"""'], ["one"]],
		[["'''one", "two'''"], ["one\ntwo"]],
		[
			['"""', "one", '"""', "after"],
			["one", "after"],
		],
		[
			['"""one""" dropped', "next"],
			["one", "next"],
		],
		[['"""a', "'''", 'b"""'], ["a\n'''\nb"]],
		[['say """ inside'], ['say """ inside']],
		[['  """indented"""'], ["indented"]],
	])("%j is %j", (lines, inputs) => {
		const blocks = createBlocks();
		expect(lines.flatMap((line) => blocks.take(line) ?? [])).toEqual(inputs);
	});

	test("a block that was begun can be dropped", () => {
		const blocks = createBlocks();
		expect([blocks.take('"""half'), blocks.isOpen()]).toEqual([undefined, true]);
		blocks.drop();
		expect([blocks.isOpen(), blocks.take("whole")]).toEqual([false, "whole"]);
	});
});

describe("pastes", () => {
	const paste = (text: string) => `${startPaste}${text}${endPaste}`;

	test("one short line goes into the line as it is, without what would move the cursor", () => {
		expect(createPastes(100).filter(`a${paste("b\u001b[2Jc")}d`)).toBe("ab[2Jcd");
	});

	test("many lines become a name that stands for them, the same for the same text", () => {
		const pastes = createPastes(1000);
		const shown = pastes.filter(`${paste("one\r\ntwo")} and ${paste("one\ntwo")}`);
		expect(shown).toBe("[2 lines #1] and [2 lines #1]");
		expect(pastes.expand(shown, 1000)).toBe("one\ntwo and one\ntwo");
	});

	test("the marks may come in pieces, cut anywhere", () => {
		const whole = `x${paste("one\ntwo")}y`;
		for (let size = 1; size <= whole.length; size++) {
			const pastes = createPastes(1000);
			let shown = "";
			for (let at = 0; at < whole.length; at += size) shown += pastes.filter(whole.slice(at, at + size));
			// A lone Escape is a key: it cannot be held back to see whether a mark follows.
			if (size > 1) expect([size, pastes.expand(shown, 1000)]).toEqual([size, "xone\ntwoy"]);
		}
	});

	test("10 MB are kept out of the line, and refused when they are sent", () => {
		const pastes = createPastes(10_000_000);
		const shown = pastes.filter(paste("x".repeat(12_000_000)));
		expect([shown.length < 40, pastes.expand(shown, 10_000_000)]).toEqual([true, undefined]);
	});
});

describe("history", () => {
	test("newest first, each once, for its owner only; what is damaged is passed over", () => {
		const path = join(directory(), "deep", "history");
		for (const text of ["one", "two\nlines", "one", " ", "x".repeat(20_000)]) addToHistory(path, text);
		writeFileSync(path, `${readFileSync(path, "utf8")}{broken\n`);
		expect(readHistory(path)).toEqual(["one", "two\nlines"]);
		expect(statSync(path).mode & 0o777).toBe(0o600);
	});

	test("a long one is cut to the newest thousand", () => {
		const path = join(directory(), "history");
		writeFileSync(path, Array.from({ length: 2500 }, (_, index) => `"${index}"\n`).join(""));
		expect(readHistory(path)).toHaveLength(1000);
		expect(readFileSync(path, "utf8").split("\n")[0]).toBe('"1500"');
	});

	test("none that can be read is none", () => {
		expect(readHistory(join(directory(), "no", "such"))).toEqual([]);
	});
});

test("Tab offers commands, and paths after an @", () => {
	const cwd = directory();
	writeFileSync(join(cwd, "notes.txt"), "");
	const complete = completion({ cwd, home: cwd });
	expect(complete("/un")).toEqual([["/undo"], "/un"]);
	expect(complete("read @no")).toEqual([["notes.txt"], "no"]);
	expect(complete("read @./no")).toEqual([["./notes.txt"], "./no"]);
	expect(complete("nothing")).toEqual([[], "nothing"]);
});

test("every command that Tab offers is in the help, and the other way round", async () => {
	const offered = (await slashHelp()).map((line) => /^ {2}\/(\w+)/.exec(line)?.[1]);
	expect(offered.sort()).toEqual([...slashNames].sort());
});
