import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

/**
 * SQLite, as much of it as is used here. Node brings its own from 22 on, but older ones of them carry a defect that can
 * lose committed rows when the write-ahead log starts over; so it is taken from 3.51.3 on, and a package with the same
 * interface otherwise. Both are synchronous: a commit blocks for the length of one fsync, and what returned is on disk.
 */
export type Database = {
	exec(sql: string): void;
	prepare(sql: string): Statement;
	close(): void;
};

export type Row = Readonly<Record<string, unknown>>;
export type Value = string | number | Uint8Array | null;

export type Statement = {
	run(...values: readonly Value[]): { readonly changes: number };
	get(...values: readonly Value[]): Row | undefined;
	all(...values: readonly Value[]): readonly Row[];
};

/** The name under which a file is known to the statements of `openFile`: pragmas and new tables need it, others do not. */
export const fileSchema = "file";

/**
 * Opens a file so that closing it really does: its handles are free, and the log beside it is emptied and gone if nobody
 * else uses it. The package never ends its statements, and a database with statements is not closed; but a file that is
 * attached to one in memory can be detached. `parameters` are those of SQLite's addresses, as in `mode=ro`.
 */
export function openFile(path: string, parameters: string): Database {
	const database = openDatabase(":memory:");
	try {
		const address = `${pathToFileURL(path).href}?${parameters}`;
		database.exec(`ATTACH '${address.replaceAll("'", "''")}' AS ${fileSchema}`);
	} catch (error) {
		database.close();
		throw error;
	}
	let open = true;
	return {
		...database,
		close() {
			if (open) {
				open = false;
				detach(database);
			}
		},
	};
}

/** Never throws: what was committed is safe, and what was not is to go. */
function detach(database: Database): void {
	for (const step of ["ROLLBACK", `DETACH ${fileSchema}`]) {
		try {
			database.exec(step);
		} catch {
			// Usually there is no transaction to roll back.
		}
	}
	database.close();
}

type Native = new (path: string, options?: { readOnly?: boolean }) => Database;

let native: Native | undefined;

/** Opens or creates a file; `file:` addresses are understood. Throws what SQLite throws: see `failures.ts`. */
export function openDatabase(path: string, options: { readonly readOnly?: boolean } = {}): Database {
	native ??= load();
	return keepAlive(new native(path, options));
}

function load(): Native {
	if (!isSafe(process.versions.sqlite)) {
		return databaseClass(createRequire(import.meta.url)("@photostructure/sqlite"));
	}
	const emitWarning = process.emitWarning;
	// Node 22 calls its SQLite experimental, once, on stderr. Every other warning is passed on.
	process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
		if (!String(warning).includes("SQLite is an experimental feature")) {
			Reflect.apply(emitWarning, process, [warning, ...rest]);
		}
	};
	try {
		return databaseClass(process.getBuiltinModule("node:sqlite"));
	} finally {
		process.emitWarning = emitWarning;
	}
}

export function isSafe(version: string | undefined): boolean {
	const [major = 0, minor = 0, patch = 0] = (version ?? "").split(".").map(Number);
	return major > 3 || (major === 3 && (minor > 51 || (minor === 51 && patch >= 3)));
}

function databaseClass(module: unknown): Native {
	if (typeof module === "object" && module !== null && "DatabaseSync" in module && typeof module.DatabaseSync === "function") {
		return module.DatabaseSync as Native;
	}
	throw new Error("This Node has no SQLite, and the package @photostructure/sqlite did not bring it.");
}

/**
 * A statement of the package does not hold its database: if only the statement is still in use, the database is
 * collected and the next call reads freed memory. So every statement remembers where it came from.
 */
function keepAlive(database: Database): Database {
	return {
		exec: (sql) => database.exec(sql),
		prepare(sql) {
			const statement = database.prepare(sql);
			origins.set(statement, database);
			return statement;
		},
		close: () => database.close(),
	};
}

const origins = new WeakMap<Statement, Database>();
