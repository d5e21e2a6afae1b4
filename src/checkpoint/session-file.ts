import { SessionBusyError } from "../errors.ts";
import type { Database, Statement } from "./driver.ts";
import { damaged, isBusy, type Place, storeFailure } from "./failures.ts";
import { isGone, machineName, type Owner, type Rhythm } from "./liveness.ts";
import type { Holder } from "./log.ts";
import { openSessionDatabase } from "./schema.ts";

/** One open session file, and what its users have to know of it. */
export type SessionFile = {
	readonly place: Place;
	readonly database: Database;
	readonly rhythm: Rhythm;
	readonly now: () => number;
	/** Name and version of this program, for those who find events they do not know. */
	readonly program: string;
	/** Called after every append, for readers in this process. */
	readonly appended: () => void;
	readonly readLease: Statement;
	readonly readLast: Statement;
};

export type LeaseRow = Owner & { readonly epoch: number; readonly beatAt: number };

export async function openSessionFile(
	place: Place,
	options: Pick<SessionFile, "rhythm" | "now" | "program" | "appended">,
): Promise<SessionFile> {
	try {
		const database = await openSessionDatabase(place);
		return {
			...options,
			place,
			database,
			readLease: database.prepare("SELECT epoch, host, pid, started, beat_at FROM lease"),
			readLast: database.prepare("SELECT seq, epoch FROM event ORDER BY seq DESC LIMIT 1"),
		};
	} catch (error) {
		throw storeFailure(error, place);
	}
}

/** Runs a transaction that waits up to two seconds for another writer; longer means that one was stopped in the middle. */
export function write<T>(file: SessionFile, work: () => T): T {
	const { database } = file;
	try {
		database.exec("BEGIN IMMEDIATE");
		try {
			const result = work();
			database.exec("COMMIT");
			return result;
		} catch (error) {
			rollBack(database);
			throw error;
		}
	} catch (error) {
		if (isBusy(error)) {
			const row = leaseRow(file);
			if (row.beatAt === 0 || row.pid === process.pid || isGone(row)) {
				throw storeFailure(error, file.place);
			}
			throw new SessionBusyError(
				file.place.id,
				holder(file, row),
				` It is stopped in the middle of a write: end it with \`kill -9 ${row.pid}\`, then try again.`,
			);
		}
		throw storeFailure(error, file.place);
	}
}

export function asReader<T>(file: SessionFile, work: () => T): T {
	try {
		return work();
	} catch (error) {
		throw storeFailure(error, file.place);
	}
}

function rollBack(database: Database): void {
	try {
		database.exec("ROLLBACK");
	} catch {
		// SQLite has done so itself, as it does when the disk is full.
	}
}

export function leaseRow(file: SessionFile): LeaseRow {
	const { epoch, host, pid, started, beat_at: beatAt } = asReader(file, () => file.readLease.get()) ?? {};
	if (
		typeof epoch !== "number" ||
		typeof host !== "string" ||
		typeof pid !== "number" ||
		typeof started !== "string" ||
		typeof beatAt !== "number"
	) {
		throw damaged(file.place, "it does not say who drives it");
	}
	return { epoch, host, pid, started, beatAt };
}

export function lastEvent(file: SessionFile): { readonly seq: number; readonly epoch: number } {
	const { seq, epoch } = file.readLast.get() ?? { seq: 0, epoch: 0 };
	if (typeof seq !== "number" || typeof epoch !== "number") {
		throw damaged(file.place, "its last event is not what was written");
	}
	return { seq, epoch };
}

export function isTakeable(file: SessionFile, row: LeaseRow): boolean {
	return row.beatAt === 0 || file.now() - row.beatAt > file.rhythm.staleMs || isGone(row);
}

export function holder(file: SessionFile, row: LeaseRow): Holder {
	return { pid: row.pid, host: machineName(row.host), epoch: row.epoch, ageMs: Math.max(0, file.now() - row.beatAt) };
}
