import { accessSync, closeSync, constants, existsSync, openSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { CorruptSessionError, MassgenError, SessionError, StoreError } from "../errors.ts";

/** Which session, and which of its files. */
export type Place = { readonly id: string; readonly path: string };

/** What SQLite or the file system threw, as an error that says what to do. What is neither is a bug and stays what it is. */
export function storeFailure(error: unknown, place: Place): unknown {
	if (error instanceof MassgenError || !(error instanceof Error)) {
		return error;
	}
	const code = sqliteCode(error);
	if (code === undefined) {
		return "syscall" in error && "code" in error ? systemFailure(error, String(error.code), place.path) : error;
	}
	switch (code) {
		case sqlite.corrupt:
		case sqlite.notADatabase:
		case sqlite.error:
		case sqlite.mismatch:
			return damaged(place, error.message, error);
		case sqlite.busy:
			return new StoreError(`${place.path} is locked by another process that does not finish its write.`, {
				hint: "End the process that has it open, then try again.",
				cause: error,
			});
		case sqlite.full:
			return diskFull(place.path, error);
		default:
			return obstacle(error, place.path);
	}
}

/** The error for a session file that holds something else than what was written into it. */
export function damaged(place: Place, problem: string, cause?: unknown): CorruptSessionError {
	return new CorruptSessionError(place.path, sentence(problem), {
		sessionId: place.id,
		hint: `Run \`massgen sessions repair ${place.id}\`: it keeps every intact event and sets the damaged file aside.`,
		...(cause === undefined ? {} : { cause }),
	});
}

/** The error for a session that a newer program has written into. */
export function tooNew(id: string, what: string): SessionError {
	return new SessionError("session_newer", `Session ${id} was written by a newer version: ${what}.`, {
		sessionId: id,
		hint: "It can be shown and exported with this version; to go on with it, use the newer one.",
	});
}

/** True if another connection holds the lock that was needed. */
export function isBusy(error: unknown): boolean {
	return error instanceof Error && sqliteCode(error) === sqlite.busy;
}

/** True if the file could be opened, but not in a way that writes. */
export function isReadOnly(error: unknown): boolean {
	const code = error instanceof Error ? sqliteCode(error) : undefined;
	return code === sqlite.readOnly || code === sqlite.cannotOpen;
}

const sqlite = { error: 1, busy: 5, readOnly: 8, ioError: 10, corrupt: 11, full: 13, cannotOpen: 14, mismatch: 20, notADatabase: 26 };

/** The primary result code: what SQLite adds to it in the higher bits says where, not what. */
function sqliteCode(error: Error): number | undefined {
	if ("errcode" in error && typeof error.errcode === "number") {
		return error.errcode & 0xff;
	}
	if (!("code" in error) || error.code !== "ERR_SQLITE_ERROR") {
		return undefined;
	}
	// Where rows are read, the package gives SQLite's words and not its code.
	return words.find(([text]) => error.message.includes(text))?.[1] ?? sqlite.error;
}

const words: readonly (readonly [string, number])[] = [
	["is locked", sqlite.busy],
	["malformed", sqlite.corrupt],
	["is not a database", sqlite.notADatabase],
	["is full", sqlite.full],
	["readonly", sqlite.readOnly],
	["I/O error", sqlite.ioError],
	["unable to open", sqlite.cannotOpen],
];

/** SQLite says that it could not open or write, not why. The file system is asked again, and does say. */
function obstacle(error: Error, path: string): StoreError {
	if (isDiskFull(dirname(path))) {
		return diskFull(path, error);
	}
	try {
		closeSync(openSync(path, "r+"));
		accessSync(dirname(path), constants.W_OK);
	} catch (reason) {
		if (reason instanceof Error && "code" in reason) {
			return systemFailure(error, String(reason.code), path);
		}
	}
	return new StoreError(`${path} cannot be read or written: ${error.message}.`, {
		hint: "Look whether the disk is full or faulty, and whether a limit on the size of files is set (`ulimit -f`).",
		cause: error,
	});
}

/** Less room than the smallest commit takes. */
function isDiskFull(directory: string): boolean {
	try {
		const { bavail, bsize } = statfsSync(directory);
		return bavail * bsize < 65_536;
	} catch {
		return false;
	}
}

function isOnReadOnlyFileSystem(path: string): boolean {
	let place = path;
	while (!existsSync(place) && dirname(place) !== place) place = dirname(place);
	try {
		accessSync(place, constants.W_OK);
		return false;
	} catch (reason) {
		return reason instanceof Error && "code" in reason && reason.code === "EROFS";
	}
}

function systemFailure(cause: Error, code: string, path: string): StoreError {
	switch (code) {
		case "ENOSPC":
		case "EDQUOT":
			return diskFull(path, cause);
		case "EFBIG":
			return new StoreError(`${path} cannot grow: the limit on the size of files is reached.`, {
				hint: "Raise it (`ulimit -f unlimited`), then resume.",
				cause,
			});
		case "EACCES":
		case "EPERM":
			return new StoreError(`No permission to write ${path}.`, {
				hint: "Give yourself the right to write there, or start from another directory.",
				cause,
			});
		case "EROFS":
			return new StoreError(`${path} is on a read-only file system.`, {
				hint: "Start from a directory that can be written, or use --no-session.",
				cause,
			});
		case "EMFILE":
		case "ENFILE":
			return new StoreError(`${path} cannot be opened: too many files are open.`, {
				hint: "Raise the limit (`ulimit -n 4096`), then try again.",
				cause,
			});
		case "ENOENT":
			// Node says this also of a directory that it could not make on a read-only file system.
			if (isOnReadOnlyFileSystem(path)) return systemFailure(cause, "EROFS", path);
			return new StoreError(`${path} is not there any more.`, { hint: "Put it back, or start a new session.", cause });
		case "ENOTDIR":
			return new StoreError(`${path} cannot be made: a file stands where a directory should be.`, {
				hint: "Move that file away, or start from another directory.",
				cause,
			});
		default:
			return new StoreError(`${path} cannot be written: ${cause.message}`, {
				hint: "Start from another directory, or use --no-session.",
				cause,
			});
	}
}

function diskFull(path: string, cause: Error): StoreError {
	return new StoreError(`${path} cannot be written: the disk is full.`, {
		hint: "Make room, then go on: what was done so far is saved.",
		cause,
	});
}

function sentence(text: string): string {
	return /[.!?]$/.test(text) ? text : `${text}.`;
}
