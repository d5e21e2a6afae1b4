/** A terminal: a line that can be edited, with history and completion; while the team works, keys are read without one. */
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { addToHistory, readHistory } from "./history-file.ts";
import { createPastes } from "./pastes.ts";
import { type Input, type Listener, longestInput, type Reader, tooLong } from "./reader.ts";

export type TerminalSetup = {
	readonly stdin: NodeJS.ReadStream;
	readonly terminal: NodeJS.WriteStream;
	readonly historyFile: string;
	readonly complete: (line: string) => [string[], string];
};

const pasteMarks = { on: "\u001b[?2004h", off: "\u001b[?2004l" };

export function createTerminalReader({ stdin, terminal, historyFile, complete }: TerminalSetup): Reader {
	const pastes = createPastes(longestInput);
	const decoder = new StringDecoder("utf8");
	// readline gets what is left once pastes are taken out.
	const keys = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (raw: boolean) => stdin.setRawMode(raw) });
	const editor = createInterface({
		input: keys,
		output: terminal,
		terminal: true,
		historySize: 1000,
		removeHistoryDuplicates: true,
		history: readHistory(historyFile).map((text) => (text.includes("\n") ? pastes.name(text) : text)),
		completer: (line: string) => complete(line),
		escapeCodeTimeout: 50,
	});
	let wanted: ((input: Input) => void) | undefined;
	let listener: Listener | undefined;
	let typed = "";
	let closed = false;

	/** Ctrl+C between a question and the beginning of its turn. */
	let isStopWanted = false;
	/** Lines that came before anybody asked for them: several may come at once. */
	const early: Input[] = [];
	/** Those of them that were typed without an echo. */
	const unseen = new WeakSet<Input>();

	const give = (input: Input) => {
		const resolve = wanted;
		wanted = undefined;
		if (resolve) resolve(input);
		else if (input.kind === "interrupt") isStopWanted = true;
		else early.push(input);
	};
	const sent = (line: string): Input => {
		const text = pastes.expand(line, longestInput);
		return text === undefined ? { kind: "unusable", problem: tooLong } : { kind: "line", text };
	};
	editor.on("line", (line) => give(sent(line)));
	editor.on("SIGINT", () => {
		const { line } = editor;
		// Takes what stood there away, without sending it.
		editor.write(null, { ctrl: true, name: "e" });
		editor.write(null, { ctrl: true, name: "u" });
		terminal.write("^C\n");
		give({ kind: "interrupt", line });
	});
	// After Ctrl+Z and fg: readline pauses, so that it catches signals again.
	editor.on("SIGCONT", () => {
		terminal.write(pasteMarks.on);
		editor.prompt(true);
	});
	editor.on("close", () => {
		closed = true;
		// What is said next begins a line of its own.
		if (wanted) terminal.write("\n");
		give({ kind: "end" });
	});

	const type = (text: string) => {
		for (const key of text) {
			if (key === "\u0003") listener?.stop();
			else if (key === "\u007f" || key === "\b") typed = [...typed].slice(0, -1).join("");
			else if (key === "\u0015") typed = "";
			else if (key === "\r" || key === "\n") {
				const input = sent(typed);
				typed = "";
				if (input.kind !== "line" || listener?.line(input.text) === true) continue;
				early.push(input);
				unseen.add(input);
			} else if (key >= " ") typed += key;
		}
	};
	const onData = (chunk: Buffer) => {
		const text = pastes.filter(decoder.write(chunk));
		if (!listener) return void keys.write(text);
		if (text === "\u001b") return listener.stop();
		type(text.replace(sequences, ""));
	};
	const interrupt = () => {
		if (listener) listener.stop();
		else give({ kind: "interrupt", line: editor.line });
	};
	stdin.on("data", onData);
	stdin.once("end", () => editor.close());
	stdin.once("error", () => editor.close());
	process.on("SIGINT", interrupt);
	// However the program ends, the shell must not be sent marks that it does not know. The terminal is stderr.
	const restore = () => void writeSync(2, pasteMarks.off);
	process.once("exit", restore);
	terminal.write(pasteMarks.on);

	const close = () => {
		if (!closed) editor.close();
		stdin.off("data", onData);
		process.off("SIGINT", interrupt);
		process.off("exit", restore);
		terminal.write(pasteMarks.off);
		stdin.pause();
	};
	const read = (prompt: string): Promise<Input> => {
		const next = early.shift();
		if (next?.kind === "line" && unseen.has(next)) terminal.write(`${prompt}${next.text}\n`);
		if (next) return Promise.resolve(next);
		if (closed) return Promise.resolve({ kind: "end" });
		isStopWanted = false;
		return new Promise((resolve) => {
			wanted = resolve;
			editor.setPrompt(prompt);
			editor.prompt();
			// What was begun while the team worked is not lost.
			if (typed !== "") editor.write(typed);
			typed = "";
		});
	};
	return {
		isLive: true,
		read,
		listen(next) {
			listener = next;
			if (isStopWanted) next.stop();
			isStopWanted = false;
			return () => {
				listener = undefined;
			};
		},
		typed: () => typed,
		async ask(question) {
			const input = await read(question);
			return input.kind === "line" ? input.text.trim() : undefined;
		},
		remember: (text) => addToHistory(historyFile, text),
		async lend(work) {
			stdin.off("data", onData);
			// Two programs that read from one terminal would each get half of what is typed.
			stdin.pause();
			stdin.setRawMode(false);
			terminal.write(pasteMarks.off);
			try {
				return await work();
			} finally {
				terminal.write(pasteMarks.on);
				stdin.setRawMode(true);
				stdin.on("data", onData);
				stdin.resume();
			}
		},
		close,
	};
}

/** Arrows, function keys and the like mean nothing while the team works. */
const sequences = new RegExp(["\\u001b\\[[0-?]*[ -/]*[@-~]", "\\u001bO.", "\\u001b."].join("|"), "g");
