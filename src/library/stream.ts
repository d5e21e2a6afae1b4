import type { Delta, Recorded } from "../core/events.ts";
import { Inbox } from "../orchestrator/inbox.ts";
import { isSessionObject } from "./remembering.ts";
import { type RunOptions, type RunResult, remembered, run } from "./run.ts";

/** One record of a stream: an event as it is stored, live text, or the result as the last one. */
export type StreamRecord = Recorded | ({ readonly type: "delta" } & Delta) | RunResult;

/**
 * Asks a team and tells what happens as it happens; the last record is the result, of `type` `result`. Whoever stops reading
 * interrupts the turn, which stays open and can be resumed. Rejects as `run` does.
 */
export async function* stream(options: RunOptions): AsyncGenerator<StreamRecord, void, undefined> {
	const records = new Inbox<StreamRecord>();
	const left = new AbortController();
	const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal;
	let isOver = false;
	const { session } = options;
	const start = (all: RunOptions) => (isSessionObject(session) ? remembered(session, all, "keep") : run(all));
	const result = start({
		...options,
		signal,
		onEvent(event, turn) {
			records.push(event);
			options.onEvent?.(event, turn);
		},
		onDelta(delta) {
			records.push({ type: "delta", ...delta });
			options.onDelta?.(delta);
		},
	}).finally(() => {
		isOver = true;
		records.ring();
	});
	// Awaited below; until then a rejection must not count as unhandled.
	result.catch(() => {});
	try {
		while (!isOver) yield* await records.take();
		yield* records.drain();
		yield await result;
	} finally {
		left.abort("the reader");
		await result.catch(() => {});
	}
}
