import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { SessionError } from "../errors.ts";
import { storeFailure } from "./failures.ts";
import type { SessionStore } from "./log.ts";
import { makeDirectory, notePlace } from "./places.ts";
import { createDatabase, databaseName, flush } from "./schema.ts";
import { defaultId, directoryName, idOf } from "./session-name.ts";
import { openSqliteStore, type SqliteOptions } from "./sqlite.ts";

export type CreateOptions = SqliteOptions & {
	/** The user's home: where it is noted that this directory holds sessions. */
	readonly home: string;
	/** The user's choice; by default the date and time, with a suffix if that is taken. */
	readonly id?: string;
	/** Told what did not work and is no reason to stop. */
	readonly warn?: (message: string) => void;
};

/**
 * Makes a session in `<root>/.massgen/sessions/`. When it resolves, the session is on disk, survives a power loss and
 * is found from everywhere. Who gets an id is decided by who makes its directory.
 */
export async function createSession(root: string, options: CreateOptions): Promise<SessionStore> {
	const parent = sessionsDirectory(root);
	// Refused before anything is written.
	const wanted = options.id === undefined ? undefined : directoryName(options.id);
	try {
		makeDirectory(parent);
		note(root, options);
		const name = wanted === undefined ? claimDefault(parent, new Date((options.now ?? Date.now)())) : claim(parent, wanted);
		const directory = join(parent, name);
		fill(directory);
		flush(parent);
		return await openSession(directory, options);
	} catch (error) {
		throw storeFailure(error, { id: options.id ?? "", path: parent });
	}
}

/** A directory that could not be filled, because the disk is full, would only be in the way. */
function fill(directory: string): void {
	try {
		createDatabase(join(directory, databaseName));
	} catch (error) {
		rmSync(directory, { recursive: true, force: true });
		throw error;
	}
}

/** Opens the session in this directory. */
export function openSession(directory: string, options: SqliteOptions = {}): Promise<SessionStore> {
	const name = basename(directory);
	return openSqliteStore(directory, idOf(name) ?? name, options);
}

/** The directory that a session of this id has, whether or not it exists. */
export function sessionPath(root: string, id: string): string {
	return join(sessionsDirectory(root), directoryName(id));
}

export type SessionPlace = { readonly id: string; readonly directory: string };

/** The sessions of a place, by what their directories are called; nothing is opened. */
export function sessionsIn(root: string): readonly SessionPlace[] {
	return sessionDirectories(root).filter(({ directory }) => existsSync(join(directory, databaseName)));
}

/** Directories that are called as a session could be, with or without a session in them. */
export function sessionDirectories(root: string): readonly SessionPlace[] {
	const parent = sessionsDirectory(root);
	return directoryNames(parent).flatMap((name) => {
		const id = idOf(name);
		return id === undefined ? [] : [{ id, directory: join(parent, name) }];
	});
}

export function sessionsDirectory(root: string): string {
	return join(root, ".massgen", "sessions");
}

function note(root: string, options: CreateOptions): void {
	try {
		notePlace(options.home, root);
	} catch (error) {
		const failure = storeFailure(error, { id: "", path: join(options.home, ".massgen") });
		const problem = failure instanceof Error ? failure.message : String(failure);
		options.warn?.(`${problem} The session is found from ${root} only.`);
	}
}

function claimDefault(parent: string, now: Date): string {
	const first = defaultId(now);
	for (let number = 1; ; number++) {
		const name = number === 1 ? first : `${first}_${number}`;
		if (make(join(parent, name))) {
			return name;
		}
	}
}

function claim(parent: string, name: string): string {
	// On some file systems these would be one directory, and sessions move between file systems.
	const twin = directoryNames(parent).find((other) => other !== name && other.toLowerCase() === name.toLowerCase());
	if (twin !== undefined) {
		throw taken(name, `it differs only in upper and lower case from ${idOf(twin) ?? twin}`);
	}
	if (!make(join(parent, name)) && !(removeUnborn(join(parent, name)) && make(join(parent, name)))) {
		throw taken(name, "there is one already");
	}
	return name;
}

const longestBirthMs = 10_000;

/** Removes what is left of a session whose process was killed while it was being made: nothing was ever in it. */
function removeUnborn(directory: string): boolean {
	const isUnborn = readdirSync(directory).every((file) => file.startsWith(`${databaseName}.new`));
	if (!isUnborn || Date.now() - statSync(directory).mtimeMs < longestBirthMs) {
		return false;
	}
	rmSync(directory, { recursive: true, force: true });
	return true;
}

/** For this user alone, as is all that is said in it. False if it is there: exactly one of several processes makes it. */
function make(directory: string): boolean {
	try {
		mkdirSync(directory, { mode: 0o700 });
		return true;
	} catch (error) {
		if (error instanceof Error && "code" in error && error.code === "EEXIST") {
			return false;
		}
		throw error;
	}
}

function directoryNames(parent: string): readonly string[] {
	return existsSync(parent) ? readdirSync(parent) : [];
}

function taken(name: string, why: string): SessionError {
	const id = idOf(name) ?? name;
	return new SessionError("session_exists", `A session cannot be called ${id}: ${why}.`, {
		sessionId: id,
		hint: `Go on with it (\`massgen --resume ${id}\`), or choose another id.`,
	});
}
