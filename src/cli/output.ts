/** stdout and stderr as sinks: they never block, and a reader that has gone away is no error. */
import type { Writable } from "node:stream";
import type { Sink } from "../displays/display.ts";

export type Output = Sink & {
	/** Resolves when the reader has everything, or has gone. */
	flush(): Promise<void>;
	/** Called once if the reader leaves before all is written. */
	onClosed(listener: () => void): void;
};

export function output(stream: NodeJS.WriteStream, { colors }: { colors: boolean }): Output {
	let closed = false;
	const listeners: (() => void)[] = [];
	stream.on("error", () => {
		// EPIPE: the reader has left. EIO: the terminal is gone. There is nobody to tell.
		if (closed) return;
		closed = true;
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
	};
}

function flushed(stream: Writable, isClosed: () => boolean): Promise<void> {
	if (isClosed() || stream.writableLength === 0) return Promise.resolve();
	return new Promise((resolve) => {
		stream.once("error", () => resolve());
		stream.write("", () => resolve());
	});
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
