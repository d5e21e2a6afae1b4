import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { type Database, openFile } from "../checkpoint/driver.ts";
import { isBusy } from "../checkpoint/failures.ts";
import type { Holder } from "../checkpoint/log.ts";
import type { Summary } from "./summary.ts";

/** What is remembered of a session. `stamp` is empty if it is to be looked at again next time. */
export type Entry = { readonly stamp: string; readonly summary: Summary; readonly driver?: Holder; readonly problem?: string };

/** By directory. `save` does its best: a cache that cannot be written is none. */
export type Cache = {
	readonly entries: ReadonlyMap<string, Entry>;
	save(changed: ReadonlyMap<string, Entry>, gone: readonly string[]): void;
	close(): void;
};

/** Raised when the form of an entry changes: older caches are then made anew. */
const version = 1;

const noCache: Cache = { entries: new Map(), save: () => undefined, close: () => undefined };

/** Opens the cache, a new one if it is broken, and none if it cannot be had. */
export function openCache(path: string): Cache {
	try {
		return open(path);
	} catch (error) {
		if (isBusy(error)) {
			return noCache;
		}
	}
	try {
		remove(path);
		return open(path);
	} catch {
		return noCache;
	}
}

function open(path: string): Cache {
	mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
	const database = openFile(path, "mode=rwc");
	try {
		database.exec("PRAGMA busy_timeout = 200; PRAGMA file.journal_mode = WAL; PRAGMA file.synchronous = NORMAL;");
		if (database.prepare("PRAGMA file.user_version").get()?.user_version !== version) {
			database.exec(`
				BEGIN IMMEDIATE; DROP TABLE IF EXISTS file.session;
				CREATE TABLE file.session (directory TEXT PRIMARY KEY, entry TEXT NOT NULL) STRICT, WITHOUT ROWID;
				PRAGMA file.user_version = ${version}; COMMIT;`);
		}
		const rows = database.prepare("SELECT directory, entry FROM session").all();
		return {
			// Only this program writes here, under this version; what does not parse throws, and the cache is made anew.
			entries: new Map(rows.map(({ directory, entry }) => [String(directory), JSON.parse(String(entry)) as Entry])),
			save: (changed, gone) => save(database, path, { changed, gone }),
			close: () => database.close(),
		};
	} catch (error) {
		database.close();
		throw error;
	}
}

function save(database: Database, path: string, { changed, gone }: { changed: ReadonlyMap<string, Entry>; gone: readonly string[] }): void {
	try {
		const put = database.prepare("INSERT OR REPLACE INTO session (directory, entry) VALUES (?, ?)");
		const drop = database.prepare("DELETE FROM session WHERE directory = ?");
		database.exec("BEGIN IMMEDIATE");
		for (const [directory, entry] of changed) {
			put.run(directory, JSON.stringify(entry));
		}
		for (const directory of gone) {
			drop.run(directory);
		}
		database.exec("COMMIT");
	} catch (error) {
		if (!isBusy(error)) {
			remove(path);
		}
	}
}

function remove(path: string): void {
	for (const suffix of ["", "-wal", "-shm"]) {
		rmSync(`${path}${suffix}`, { force: true });
	}
}
