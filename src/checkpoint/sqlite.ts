import { join } from "node:path";
import type { Recorded } from "../core/events.ts";
import { StoreError } from "../errors.ts";
import { createBell } from "./bell.ts";
import { joinDrafts } from "./drafts.ts";
import { createEventReader } from "./event-reader.ts";
import { tooNew } from "./failures.ts";
import { type Rhythm, usualRhythm } from "./liveness.ts";
import type { Lease, SessionStore } from "./log.ts";
import { addRequest, answerTo } from "./requests.ts";
import { databaseName } from "./schema.ts";
import { asReader, openSessionFile, write } from "./session-file.ts";
import { acquireLease, currentHolder } from "./sqlite-lease.ts";

export type SqliteOptions = {
	/** Name and version of this program, written beside the events it is the first to use. */
	readonly program?: string;
	readonly now?: () => number;
	readonly rhythm?: Rhythm;
};

/** How often a follower looks for what other processes wrote. What its own process wrote it sees at once. */
const pollMs = 50;

/**
 * The log of one session in one SQLite file, for one writer and any number of readers in any number of processes.
 * Calls are `async` so that failures are rejections; the work itself is synchronous, and done when they return.
 */
export async function openSqliteStore(directory: string, id: string, options: SqliteOptions = {}): Promise<SessionStore> {
	const closed = new AbortController();
	const bell = createBell();
	const file = await openSessionFile(
		{ id, path: join(directory, databaseName) },
		{
			program: options.program ?? "massgen",
			now: options.now ?? Date.now,
			rhythm: options.rhythm ?? usualRhythm,
			appended: bell.ring,
		},
	);
	const { database } = file;
	const reader = asReader(file, () => createEventReader(database, file.place));
	const commitsOfOthers = database.prepare("PRAGMA file.data_version");
	let lease: Lease | undefined;
	let wrote = false;

	/** Changes with every commit, of this process or of another one. */
	function state(): string {
		return `${bell.count} ${asReader(file, () => String(commitsOfOthers.get()?.data_version))}`;
	}

	async function* read(after = 0): AsyncGenerator<readonly Recorded[]> {
		let last = after;
		for (;;) {
			alive();
			const events = asReader(file, () => reader.page(last));
			if (events.length === 0) {
				return;
			}
			last = events.at(-1)?.seq ?? last;
			yield events;
		}
	}

	async function* follow(after: number, signal: AbortSignal): AsyncGenerator<readonly Recorded[]> {
		const ended = AbortSignal.any([signal, closed.signal]);
		let last = after;
		while (!ended.aborted) {
			const seen = state();
			for await (const events of read(last)) {
				last = events.at(-1)?.seq ?? last;
				yield events;
				if (ended.aborted) {
					return;
				}
			}
			while (!ended.aborted && state() === seen) {
				await bell.wait(ended, pollMs);
			}
		}
	}

	function alive(): void {
		if (closed.signal.aborted) {
			throw new StoreError(`Session ${id} was closed; it cannot be read or written any more.`);
		}
	}

	return {
		id,
		directory,
		read,
		follow,
		async acquire() {
			alive();
			if (reader.strange !== undefined) {
				throw tooNew(id, reader.strange);
			}
			lease = acquireLease(file);
			wrote = true;
			return lease;
		},
		async holder() {
			alive();
			return currentHolder(file);
		},
		async request(request) {
			alive();
			return write(file, () => addRequest(file, request, currentHolder(file)?.epoch ?? 0));
		},
		async answer(request) {
			alive();
			return asReader(file, () => answerTo(file, request));
		},
		async drafts() {
			alive();
			const parts = asReader(file, () => database.prepare("SELECT step, agent, text FROM draft ORDER BY id").all());
			return joinDrafts(parts.map(({ step, agent, text }) => ({ step: String(step), agent: String(agent), text: String(text) })));
		},
		async close() {
			if (closed.signal.aborted) {
				return;
			}
			await lease?.release();
			closed.abort();
			if (wrote) {
				emptyLog();
			}
			database.close();
		},
	};

	/** Leaves all in the one file, for those who copy it. Closing alone does not: a statement may still be open. */
	function emptyLog(): void {
		try {
			database.exec("PRAGMA busy_timeout = 0; PRAGMA file.wal_checkpoint(TRUNCATE);");
		} catch {
			// Others are reading: what is in the log beside the file is as safe there.
		}
	}
}
