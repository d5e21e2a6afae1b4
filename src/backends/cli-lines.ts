import type { Readable } from "node:stream";

/** The text of a stream as it comes. Ends quietly when the stream is torn down: how the process ended says more. */
export async function* chunks(stream: Readable): AsyncGenerator<string> {
	const decoder = new TextDecoder();
	try {
		for await (const chunk of stream) yield decoder.decode(chunk, { stream: true });
	} catch {
		// Torn down from our side after the process had ended.
	}
	const rest = decoder.decode();
	if (rest !== "") yield rest;
}

/** The lines of a stream, without their ends. */
export async function* lines(stream: Readable): AsyncGenerator<string> {
	let parts: string[] = [];
	for await (const chunk of chunks(stream)) {
		const [first = "", ...others] = chunk.split("\n");
		parts.push(first);
		for (const next of others) {
			yield parts.join("");
			parts = [next];
		}
	}
	const rest = parts.join("");
	if (rest !== "") yield rest;
}

/** Cuts text that comes in pieces into lines for the user, long ones in between. */
export function lineCutter(show: (line: string) => void): { push(text: string): void; flush(): void } {
	let held = "";
	const flush = () => {
		if (held.trim() !== "") show(held.trim());
		held = "";
	};
	return {
		push(text) {
			for (const [at, part] of text.split("\n").entries()) {
				if (at > 0) flush();
				held += part;
				if (held.length > 160) flush();
			}
		},
		flush,
	};
}

/** Keeps the end of what a stream says. `ended` resolves when there is nothing more to come. */
export function tail(stream: Readable, limit = 4000): { text(): string; readonly ended: Promise<void> } {
	let kept = "";
	const ended = new Promise<void>((resolve) => stream.once("close", resolve));
	stream.setEncoding("utf8");
	stream.on("data", (chunk: string) => {
		kept = (kept + chunk).slice(-limit);
	});
	stream.on("error", () => {});
	return { text: () => kept, ended };
}
