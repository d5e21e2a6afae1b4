import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { type Database, openDatabase, type Row } from "../checkpoint/driver.ts";
import { isBusy, storeFailure } from "../checkpoint/failures.ts";
import { CorruptSessionError } from "../errors.ts";
import { type Item, type ItemStore, isApplied, isItem } from "./items.ts";
import { itemText, parseItemText } from "./json.ts";

/**
 * A file of its own, with the tables of the Agents SDK for Python: its `SQLiteSession` opens our file, and we open its.
 * What is ours alone is called `massgen_...`. Python deletes a session's row to clear it; the trigger hears that and
 * forgets the session's operations with it.
 */
const tables = `
	CREATE TABLE IF NOT EXISTS agent_sessions (
		session_id TEXT PRIMARY KEY,
		created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
		updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
	);
	CREATE TABLE IF NOT EXISTS agent_messages (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		session_id TEXT NOT NULL,
		message_data TEXT NOT NULL,
		created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
		FOREIGN KEY (session_id) REFERENCES agent_sessions (session_id) ON DELETE CASCADE
	);
	CREATE INDEX IF NOT EXISTS idx_agent_messages_session_id ON agent_messages (session_id, id);
	CREATE TABLE IF NOT EXISTS massgen_operations (
		session_id TEXT NOT NULL, id TEXT NOT NULL, fingerprint TEXT NOT NULL, PRIMARY KEY (session_id, id)
	) WITHOUT ROWID;
	CREATE TRIGGER IF NOT EXISTS massgen_forget AFTER DELETE ON agent_sessions BEGIN
		DELETE FROM massgen_operations WHERE session_id = OLD.session_id;
	END;
`;

/** Opens or makes the file, with the directories it is to lie in. Throws at once if it cannot be used. */
export function sqliteItems(path: string): ItemStore {
	const place = path === ":memory:" ? undefined : path;
	const database = guarded(place, () => open(path));
	const one = (sql: string, ...values: (string | number)[]): Row | undefined => database.prepare(sql).get(...values);
	const run = (sql: string, ...values: (string | number)[]): void => {
		database.prepare(sql).run(...values);
	};

	/** Rows that hold an item, newest first: damaged ones neither count nor stop anything. */
	function* newestRows(session: string): Generator<{ id: number; item: Item }> {
		const page = 200;
		for (let before = Number.MAX_SAFE_INTEGER; ; ) {
			const rows = database
				.prepare("SELECT id, message_data FROM agent_messages WHERE session_id = ? AND id < ? ORDER BY id DESC LIMIT ?")
				.all(session, before, page);
			for (const row of rows) {
				const item = itemOf(row.message_data);
				before = Number(row.id);
				if (item !== undefined) yield { id: before, item };
			}
			if (rows.length < page) return;
		}
	}

	function insert(session: string, texts: readonly string[]): void {
		run("INSERT OR IGNORE INTO agent_sessions (session_id) VALUES (?)", session);
		for (const text of texts) run("INSERT INTO agent_messages (session_id, message_data) VALUES (?, ?)", session, text);
		run("UPDATE agent_sessions SET updated_at = CURRENT_TIMESTAMP WHERE session_id = ?", session);
	}

	/** Touches only the rows that changed, so that what others stored keeps its place, its time and its spelling. */
	function rewrite(session: string, rows: readonly { id: number; item: Item }[], texts: readonly string[]): void {
		if (rows.length === texts.length) {
			for (const [index, row] of rows.entries()) {
				const text = texts[index] ?? "";
				if (itemText(row.item) !== text) run("UPDATE agent_messages SET message_data = ? WHERE id = ?", text, row.id);
			}
			insert(session, []);
			return;
		}
		let same = 0;
		for (const row of rows) {
			if (itemText(row.item) !== texts[same]) break;
			same++;
		}
		for (const row of rows.slice(same)) run("DELETE FROM agent_messages WHERE id = ?", row.id);
		insert(session, texts.slice(same));
	}

	function atomically<T>(work: () => T): T {
		return guarded(place, () => {
			database.exec("BEGIN IMMEDIATE");
			try {
				const result = work();
				database.exec("COMMIT");
				return result;
			} catch (error) {
				database.exec("ROLLBACK");
				throw error;
			}
		});
	}

	return {
		async get(session, limit) {
			const rows = guarded(place, () => taken(newestRows(session), limit === undefined ? undefined : Math.ceil(limit)));
			return rows.map(({ item }) => item).reverse();
		},
		async add(session, items) {
			const texts = items.map(itemText);
			if (texts.length > 0) atomically(() => insert(session, texts));
		},
		async pop(session) {
			return atomically(() => {
				for (const { id, item } of newestRows(session)) {
					run("DELETE FROM agent_messages WHERE id = ?", id);
					insert(session, []);
					return item;
				}
				return undefined;
			});
		},
		async clear(session) {
			atomically(() => {
				run("DELETE FROM agent_messages WHERE session_id = ?", session);
				run("DELETE FROM agent_sessions WHERE session_id = ?", session);
				run("DELETE FROM massgen_operations WHERE session_id = ?", session);
			});
		},
		async change(session, change, { newest, operation } = {}) {
			atomically(() => {
				if (operation !== undefined) {
					const known = one("SELECT fingerprint FROM massgen_operations WHERE session_id = ? AND id = ?", session, operation.id);
					if (isApplied(known === undefined ? undefined : String(known.fingerprint), operation, session)) return;
				}
				const rows = taken(newestRows(session), newest).reverse();
				// `change` gets copies: what it does to them must not hide what has to be written.
				rewrite(session, rows, change(rows.map((row) => structuredClone(row.item))).map(itemText));
				if (operation !== undefined) run("INSERT INTO massgen_operations VALUES (?, ?, ?)", session, operation.id, operation.fingerprint);
			});
		},
		async list() {
			const rows = guarded(place, () => database.prepare(listing).all());
			return rows.map((row) => ({
				id: String(row.id),
				createdAt: utc(row.created_at),
				lastActivity: utc(row.updated_at),
				count: Number(row.count),
			}));
		},
		async close() {
			// Without this the package leaves the write-ahead log beside the file, and a copy of the file would miss it.
			if (place !== undefined) database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
			database.close();
		},
	};
}

/** The first `count` of what comes, or all of it. */
function taken<T>(rows: Iterable<T>, count: number | undefined): T[] {
	const list: T[] = [];
	if (count !== undefined && count <= 0) return list;
	for (const row of rows) {
		list.push(row);
		if (list.length === count) break;
	}
	return list;
}

const listing = `
	SELECT s.session_id AS id, s.created_at, s.updated_at, count(m.id) AS count, max(m.id) AS latest
	FROM agent_sessions s LEFT JOIN agent_messages m
		ON m.session_id = s.session_id AND CASE WHEN json_valid(m.message_data) THEN json_type(m.message_data) = 'object' END
	GROUP BY s.session_id ORDER BY s.updated_at DESC, latest DESC
`;

function open(path: string): Database {
	if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
	const database = openDatabase(path);
	try {
		prepare(database);
		return database;
	} catch (error) {
		database.close();
		throw error;
	}
}

function prepare(database: Database): void {
	database.exec("PRAGMA busy_timeout = 5000");
	for (let tries = 1; ; tries++) {
		try {
			database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 8388608");
			database.exec(`BEGIN IMMEDIATE; ${tables} COMMIT;`);
			return;
		} catch (error) {
			// Several processes that make the same file: the switch to the write-ahead log does not wait, so we do.
			if (!isBusy(error) || tries >= 1000) throw error;
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
		}
	}
}

function guarded<T>(path: string | undefined, work: () => T): T {
	try {
		return work();
	} catch (error) {
		const failure = path === undefined ? error : storeFailure(error, { id: path, path });
		if (!(failure instanceof CorruptSessionError) || path === undefined) throw failure;
		const reason = error instanceof Error ? error.message : String(error);
		throw new CorruptSessionError(path, `it is no SQLite file with conversations (${reason}).`, {
			hint: "Name another file, or move this one away: it has not been changed.",
			cause: error,
		});
	}
}

function itemOf(text: unknown): Item | undefined {
	if (typeof text !== "string") return undefined;
	try {
		const value = parseItemText(text);
		return isItem(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

/** SQLite's `YYYY-MM-DD HH:MM:SS`, which is UTC, in ISO 8601. */
function utc(time: unknown): string {
	const text = String(time);
	return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/.test(text) ? new Date(`${text.replace(" ", "T")}Z`).toISOString() : text;
}
