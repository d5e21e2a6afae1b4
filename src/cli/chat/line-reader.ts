/** Lines of a pipe or a file, and of terminals that can do no more than lines. */
import type { Io } from "../io.ts";
import { type Input, type Listener, longestInput, type Reader, tooLong } from "./reader.ts";

export function createLineReader({ stdin, stderr }: Pick<Io, "stdin" | "stderr">): Reader {
	const isLive = stdin.isTTY === true;
	const waiting: Input[] = [];
	let rest: Buffer[] = [];
	let size = 0;
	let wanted: ((input: Input) => void) | undefined;
	let listener: Listener | undefined;

	const give = (input: Input) => {
		// Lines that were piped in are questions of their own, however long the team takes.
		if (listener && isLive && input.kind === "line" && listener.line(input.text)) return;
		if (!wanted) return void waiting.push(input);
		const resolve = wanted;
		wanted = undefined;
		resolve(input);
	};
	const finishLine = () => {
		const bytes = Buffer.concat(rest);
		const isTooLong = size > longestInput;
		rest = [];
		size = 0;
		give(isTooLong ? { kind: "unusable", problem: tooLong } : decoded(bytes));
	};
	const add = (bytes: Buffer) => {
		size += bytes.length;
		if (size <= longestInput) rest.push(bytes);
	};
	stdin.on("data", (chunk: Buffer) => {
		let from = 0;
		for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
			add(chunk.subarray(from, end));
			from = end + 1;
			finishLine();
		}
		add(chunk.subarray(from));
		// A file is read as fast as the team answers.
		if (waiting.length > 100) stdin.pause();
	});
	const onEnd = () => {
		if (size > 0) finishLine();
		give({ kind: "end" });
	};
	stdin.once("end", onEnd);
	stdin.once("error", onEnd);

	const read = (prompt: string): Promise<Input> => {
		if (isLive) stderr.write(prompt);
		const next = waiting.shift();
		stdin.resume();
		if (next) return Promise.resolve(next);
		if (stdin.readableEnded) return Promise.resolve({ kind: "end" });
		return new Promise((resolve) => {
			wanted = resolve;
		});
	};
	const interrupt = () => {
		if (listener) listener.stop();
		else give({ kind: "interrupt", line: "" });
	};
	process.on("SIGINT", interrupt);
	return {
		isLive,
		read,
		listen(next) {
			listener = next;
			return () => {
				listener = undefined;
			};
		},
		typed: () => "",
		async ask(question) {
			const input = await read(question);
			return input.kind === "line" ? input.text : undefined;
		},
		remember() {},
		lend: (work) => work(),
		close() {
			process.off("SIGINT", interrupt);
			stdin.pause();
		},
	};
}

function decoded(bytes: Buffer): Input {
	try {
		return { kind: "line", text: new TextDecoder("utf-8", { fatal: true }).decode(bytes).replace(/\r$/, "") };
	} catch {
		return { kind: "unusable", problem: "A line holds bytes that are no UTF-8 text. It was not sent." };
	}
}
