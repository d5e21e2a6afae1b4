import { closeSync, existsSync, fsyncSync, openSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { SessionError } from "../errors.ts";
import { type Database, fileSchema, openDatabase, openFile } from "./driver.ts";
import { damaged, isBusy, isReadOnly, type Place, tooNew } from "./failures.ts";

/**
 * The tables of a session file.
 *
 * `event` is the log. `lease` has one row: who may write. `draft` holds what streams in, in parts. `request` holds what
 * other processes ask of the one that drives. `kind` names every type of event that was ever written, and the program
 * that wrote it first: so whether a log is too new is known without reading it.
 */
const tables = `
	CREATE TABLE event (
		seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, epoch INTEGER NOT NULL, data TEXT NOT NULL, crc INTEGER NOT NULL
	) STRICT;
	CREATE TABLE lease (
		one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL, host TEXT NOT NULL,
		pid INTEGER NOT NULL, started TEXT NOT NULL, beat_at INTEGER NOT NULL
	) STRICT;
	CREATE TABLE draft (id INTEGER PRIMARY KEY, step TEXT NOT NULL, agent TEXT NOT NULL, text TEXT NOT NULL) STRICT;
	CREATE TABLE request (
		number INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL, answer TEXT, at INTEGER NOT NULL, epoch INTEGER NOT NULL
	) STRICT;
	CREATE TABLE kind (type TEXT NOT NULL, v INTEGER NOT NULL, program TEXT NOT NULL, PRIMARY KEY (type, v)) STRICT, WITHOUT ROWID;
`;

export const layout = 1;

export const databaseName = "session.db";

/** Makes an empty session file. It is written under another name, flushed and renamed: it is complete from the moment it exists. */
export function createDatabase(path: string): void {
	const unborn = `${path}.new`;
	layOut(unborn);
	flush(unborn);
	renameSync(unborn, path);
	flush(dirname(path));
}

/** Makes and fills a session file that nobody else knows yet, and flushes it. */
export function writeDatabase(path: string, fill: (database: Database) => void): void {
	layOut(path);
	const database = openFile(path, "mode=rw");
	try {
		database.exec("BEGIN IMMEDIATE");
		fill(database);
		database.exec("COMMIT");
		database.exec(`PRAGMA ${fileSchema}.wal_checkpoint(TRUNCATE)`);
	} finally {
		database.close();
	}
	flush(path);
}

/** The file needs no journal, because nobody misses it if this does not come to its end. */
function layOut(path: string): void {
	const database = openDatabase(path);
	try {
		database.exec(
			`PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; BEGIN IMMEDIATE; ${tables} INSERT INTO lease VALUES (1, 0, '', 0, '', 0);
			PRAGMA user_version = ${layout}; COMMIT; PRAGMA journal_mode = WAL; PRAGMA wal_checkpoint(TRUNCATE);`,
		);
	} finally {
		database.close();
	}
}

/** Makes a file's content, or a directory's entries, survive a power loss. */
export function flush(path: string): void {
	// Windows flushes no directories, and files only for those who may write.
	const isWindows = process.platform === "win32";
	if (isWindows && statSync(path).isDirectory()) {
		return;
	}
	const file = openSync(path, isWindows ? "r+" : "r");
	try {
		fsyncSync(file);
	} finally {
		closeSync(file);
	}
}

/** Opens a file that exists. Waits for other processes that open or write it, for some seconds at most. */
export async function openSessionDatabase(place: Place): Promise<Database> {
	await appearance(place);
	const patienceEnds = performance.now() + 2_500;
	for (;;) {
		try {
			return open(place);
		} catch (error) {
			// Switching to the write-ahead log does not wait for others as everything else does.
			if (!isBusy(error) || performance.now() > patienceEnds) {
				throw error;
			}
			await delay(5);
		}
	}
}

function open(place: Place): Database {
	try {
		// The package defaults to NORMAL in this mode, which would not wait for the disk.
		return connect(
			place,
			"mode=rw",
			"PRAGMA file.journal_mode = WAL; PRAGMA file.synchronous = FULL; PRAGMA file.journal_size_limit = 8388608;",
		);
	} catch (error) {
		// Somebody else's session, or a read-only disk: if nothing is in the log beside it, the file alone can be read.
		const log = statSync(`${place.path}-wal`, { throwIfNoEntry: false });
		if (isReadOnly(error) && (log?.size ?? 0) === 0) {
			return connect(place, "mode=ro&immutable=1", "");
		}
		throw error;
	}
}

function connect(place: Place, parameters: string, settings: string): Database {
	const database = openFile(place.path, parameters);
	try {
		database.exec(`PRAGMA busy_timeout = 2000; ${settings}`);
		const version = database.prepare("PRAGMA file.user_version").get()?.user_version;
		if (typeof version === "number" && version > layout) {
			throw tooNew(place.id, `its file has layout ${version}, this program knows ${layout}`);
		}
		if (version !== layout) {
			throw damaged(place, "its header does not say that it is a session");
		}
		return database;
	} catch (error) {
		database.close();
		throw error;
	}
}

/** Another process may have made the directory a moment ago and be about to put the file there. */
async function appearance(place: Place): Promise<void> {
	while (!existsSync(place.path)) {
		if (!isYoung(dirname(place.path))) {
			throw new SessionError("session_not_found", `There is no session ${place.id}: ${place.path} does not exist.`, {
				sessionId: place.id,
				hint: "List the sessions with `massgen sessions list`.",
			});
		}
		await delay(5);
	}
	if (statSync(place.path).size === 0) {
		throw damaged(place, "it is empty");
	}
}

function isYoung(directory: string): boolean {
	const made = statSync(directory, { throwIfNoEntry: false })?.mtimeMs;
	return made !== undefined && Math.abs(Date.now() - made) < 1_000;
}
