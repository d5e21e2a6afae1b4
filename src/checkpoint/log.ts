import type { Draft, Recorded, Unsaved } from "../core/events.ts";

/**
 * The port to what survives: the log of one session, and what lies beside it.
 *
 * - What `append` resolved for is on disk (fsync) and is seen, complete and in order, by every later `read`.
 * - An append is all or nothing, gets the next numbers without a gap, and is refused (`LeaseLostError`) if another
 *   process has taken the lease: both are checked in the transaction that writes.
 * - Only the holder of the lease appends. Others put a request beside the log; the holder answers it.
 * - Failures: `StoreError` (disk full, no permission), `CorruptSessionError`, `SessionBusyError`, `LeaseLostError`.
 */
export type SessionStore = {
	readonly id: string;
	/** Where the session's files are; undefined if it lives in memory only. */
	readonly directory: string | undefined;
	/** Events with `seq` greater than `after`, oldest first, in pages. */
	read(after?: number): AsyncIterable<readonly Recorded[]>;
	/** The same, then waits for more until the signal aborts. A reader never delays the writer. */
	follow(after: number, signal: AbortSignal): AsyncIterable<readonly Recorded[]>;
	/** Becomes the one writer, or throws `SessionBusyError` at once. */
	acquire(): Promise<Lease>;
	/** Who drives the session now, if anybody. */
	holder(): Promise<Holder | undefined>;
	/** Asks the holder for something. Resolves with the number of the request. */
	request(request: SessionRequest): Promise<number>;
	/** The answer to a request, or undefined while there is none. */
	answer(request: number): Promise<string | undefined>;
	/** Texts of steps that have not completed, as last saved. */
	drafts(): Promise<readonly Draft[]>;
	close(): Promise<void>;
};

export type Lease = {
	readonly epoch: number;
	/** Number of the last event. */
	readonly seq: number;
	/**
	 * Writes the events in one transaction; in the same one removes the drafts of `finished` steps and `added` to the others.
	 * Resolves with the events as they were written.
	 */
	append(
		events: readonly Unsaved[],
		drafts?: { readonly finished?: readonly string[]; readonly added?: readonly Draft[] },
	): Promise<readonly Recorded[]>;
	/** Adds text to drafts, all in one transaction. Only what is new: never the whole text again. */
	addDrafts(added: readonly Draft[]): Promise<void>;
	/** Requests not yet answered, oldest first. */
	requests(): Promise<readonly PendingRequest[]>;
	respond(request: number, answer: string): Promise<void>;
	/** Gives up the lease. Never rejects. */
	release(): Promise<void>;
	/** Aborts when another process has taken over, or the heartbeat cannot be written; its reason is the error. */
	readonly lost: AbortSignal;
};

export type Holder = { readonly pid: number; readonly host: string; readonly epoch: number; readonly ageMs: number };

/** What one process may ask of the one that drives the session. */
export type SessionRequest =
	| { type: "interrupt"; by: string }
	| { type: "cancel"; why?: string }
	| { type: "say"; text: string; to?: readonly string[] }
	| { type: "extend"; ms?: number; costUsd?: number; tokens?: number }
	| { type: "drop"; agent: string }
	| { type: "finish-now" };

export type PendingRequest = { readonly number: number; readonly request: SessionRequest };
