import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SessionStore } from "../../src/checkpoint/log.ts";
import { createDatabase, databaseName } from "../../src/checkpoint/schema.ts";
import { openSqliteStore, type SqliteOptions } from "../../src/checkpoint/sqlite.ts";

/** Directories and stores of one test file, and their end. */
export type Temporary = {
	directory(): string;
	/** A new, empty session in a directory of its own. */
	session(options?: SqliteOptions): Promise<{ readonly store: SessionStore; readonly directory: string; readonly path: string }>;
	open(directory: string, options?: SqliteOptions): Promise<SessionStore>;
	remove(): Promise<void>;
};

export function temporary(): Temporary {
	const directories: string[] = [];
	const stores: SessionStore[] = [];
	const place: Temporary = {
		directory() {
			const directory = mkdtempSync(join(tmpdir(), "massgen-test-"));
			directories.push(directory);
			return directory;
		},
		async session(options) {
			const directory = place.directory();
			const path = join(directory, databaseName);
			createDatabase(path);
			return { store: await place.open(directory, options), directory, path };
		},
		async open(directory, options) {
			const store = await openSqliteStore(directory, "session_1", options);
			stores.push(store);
			return store;
		},
		async remove() {
			await Promise.all(stores.map((store) => store.close()));
			for (const directory of directories) {
				rmSync(directory, { recursive: true, force: true });
			}
		},
	};
	return place;
}
