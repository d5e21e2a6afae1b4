/** stdout and stderr as sinks: they never block, and a reader that has gone away is no error. */
import type { Writable } from "node:stream";
import type { Sink } from "../displays/display.ts";

export type Output = Sink & {
	/** Resolves when the reader has everything, or has gone. */
	flush(): Promise<void>;
	/** Called once if the reader leaves before all is written. */
	onClosed(listener: () => void): void;
	/** Why what was written did not arrive, if that is nobody's wish: the disk behind it is full. */
	problem(): string | undefined;
};

/** The reader has left, or the terminal is gone: there is nobody to tell. */
const nobodyThere: ReadonlySet<unknown> = new Set(["EPIPE", "EIO", "ECONNRESET"]);

export function output(stream: NodeJS.WriteStream, { colors }: { colors: boolean }): Output {
	let closed = false;
	const listeners: (() => void)[] = [];
	let problem: string | undefined;
	stream.on("error", (error) => {
		if (closed) return;
		closed = true;
		if (!("code" in error && nobodyThere.has(error.code))) problem = error.message;
		for (const listener of listeners) listener();
	});
	unblock(stream);
	return {
		write(text) {
			if (!closed) stream.write(text);
		},
		waiting: () => stream.writableLength,
		// Nothing can be kept in place in a terminal that does not say how wide it is.
		terminal: stream.isTTY && stream.columns > 0 ? stream : undefined,
		colors: colors && stream.isTTY === true,
		columns: () => stream.columns || 80,
		flush: () => flushed(stream, () => closed),
		onClosed: (listener) => void listeners.push(listener),
		problem: () => problem,
	};
}

async function flushed(stream: Writable, isClosed: () => boolean): Promise<void> {
	if (!isClosed() && stream.writableLength > 0) {
		await new Promise<void>((resolve) => {
			stream.once("error", () => resolve());
			stream.write("", () => resolve());
		});
	}
	// What went wrong with a file is told only after those who wrote to it have had their say.
	await new Promise((resolve) => setImmediate(resolve));
}

/**
 * Node writes to a terminal synchronously: a terminal that is stopped (Ctrl+S, a hung connection) would stop the agents.
 * The switch is not documented; where it is missing, writing stays as it is.
 */
function unblock(stream: NodeJS.WriteStream): void {
	const handle: unknown = "_handle" in stream ? stream._handle : undefined;
	if (stream.isTTY && typeof handle === "object" && handle !== null && "setBlocking" in handle && typeof handle.setBlocking === "function")
		handle.setBlocking(false);
}

/** Does the user want colours here? https://no-color.org, `TERM=dumb`, `--no-color`. */
export function wantsColors(env: Readonly<Record<string, string | undefined>>, flag: boolean): boolean {
	return flag && !env.NO_COLOR && env.TERM !== "dumb";
}
