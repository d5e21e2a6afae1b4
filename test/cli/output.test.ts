import { PassThrough, Readable, Writable } from "node:stream";
import { expect, test } from "vitest";
import { output, wantsColors } from "../../src/cli/output.ts";
import { readQuestion } from "../../src/cli/question.ts";

/** A stream as the process has them, as far as outputs look at it. */
function standard(stream: Writable): NodeJS.WriteStream {
	return stream as unknown as NodeJS.WriteStream;
}

function input(text: string | Buffer, isTTY = false): NodeJS.ReadStream {
	return Object.assign(Readable.from(text === "" ? [] : [Buffer.from(text)]), { isTTY }) as unknown as NodeJS.ReadStream;
}

const notice = () => {};

test("writing never blocks, tells how far the reader is behind, and can be waited for", async () => {
	const stream = new PassThrough({ highWaterMark: 10 });
	const sink = output(standard(stream), { colors: true });
	sink.write("x".repeat(100));
	expect(sink.waiting()).toBeGreaterThan(0);
	const flushed = sink.flush();
	stream.resume();
	await flushed;
	expect(sink.waiting()).toBe(0);
});

test("a reader that has left is told once, and what is written later goes nowhere", async () => {
	const broken = new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error("EPIPE"), { code: "EPIPE" })) });
	const sink = output(standard(broken), { colors: false });
	let told = 0;
	sink.onClosed(() => told++);
	sink.write("a");
	await sink.flush();
	await new Promise(setImmediate);
	sink.write("b");
	await sink.flush();
	expect(told).toBe(1);
});

test("colours are for those who did not refuse them", () => {
	expect([
		wantsColors({}, true),
		wantsColors({ NO_COLOR: "1" }, true),
		wantsColors({ NO_COLOR: "" }, true),
		wantsColors({ TERM: "dumb" }, true),
		wantsColors({}, false),
	]).toEqual([true, false, true, false, false]);
});

test("a question is taken from the command line without looking at stdin", async () => {
	expect(await readQuestion("What?", { stdin: input("other"), needed: true, notice })).toBe("What?");
});

test("a question on stdin may have many lines, and a byte order mark", async () => {
	expect(await readQuestion("-", { stdin: input("\uFEFFWhat\nis it?\n"), needed: true, notice })).toBe("What\nis it?\n");
});

test("stdin is left alone where no question is needed", async () => {
	expect(await readQuestion(undefined, { stdin: input("other"), needed: false, notice })).toBeUndefined();
});

test.each([
	["a terminal and no word", undefined, input("", true), "There is no question."],
	["a pipe with nothing in it", undefined, input(" \n"), "There is no question."],
	["- and nothing", "-", input(""), "The question is empty."],
	["blanks", "  ", input(""), "The question is empty."],
])("%s is refused", async (_, word, stdin, message) => {
	await expect(readQuestion(word, { stdin, needed: true, notice })).rejects.toThrow(message);
});

test.each([
	["a program", Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1])],
	["another encoding", Buffer.from("gr\xfcn", "latin1")],
	["UTF-16", Buffer.from("\uFEFFWhat?", "utf16le")],
])("%s on stdin is not asked", async (_what, bytes) => {
	await expect(readQuestion("-", { stdin: input(bytes), needed: true, notice })).rejects.toThrow("not UTF-8 text");
});

test("a question of more than 10 MB is refused", async () => {
	await expect(readQuestion("-", { stdin: input("x".repeat(10_000_001)), needed: true, notice })).rejects.toThrow("longer than 10 MB");
});
