import { pathToFileURL } from "node:url";
import type { Recorded } from "../core/events.ts";
import { type Database, openDatabase } from "./driver.ts";
import { damaged, type Place, storeFailure } from "./failures.ts";
import { intactEvent } from "./integrity.ts";
import { isGone, machineName, usualRhythm } from "./liveness.ts";
import type { Holder } from "./log.ts";
import { layout } from "./schema.ts";
import { upcast } from "./upcast.ts";

/** What is seen of a session without opening it for use: some of its events, and who drives it. */
export type Glimpse = {
	/** Events of the asked types after the asked number. */
	readonly events: readonly Recorded[];
	readonly first: { readonly at: number } | undefined;
	readonly last: { readonly seq: number; readonly at: number } | undefined;
	readonly holder: Holder | undefined;
};

export type Question = {
	readonly place: Place;
	readonly after: number;
	/** The log beside the file is empty: all is in the file, and it can be read without a lock or a trace. */
	readonly settled: boolean;
	readonly now: number;
};

export type Glancer = { look(question: Question): Glimpse; close(): void };

/**
 * Reads many sessions over one connection, each for a moment. Writes nothing; leaves nothing open behind.
 * The statements stay and are made anew by SQLite for every file: connections of their own would cost three times as much.
 */
export function createGlancer(types: readonly string[]): Glancer {
	const database = openDatabase(":memory:");
	database.exec("PRAGMA busy_timeout = 200;");
	// `type` is the first key of every stored event.
	const wanted = types.map((type) => `data GLOB '{"type":"${type}"*'`).join(" OR ");
	let statements: ReturnType<typeof prepare> | undefined;

	function look(question: Question): Glimpse {
		const { place } = question;
		try {
			return withAttached(database, place, question.settled, () => {
				statements ??= prepare(database, wanted);
				if (statements.version.get()?.user_version !== layout) {
					throw damaged(place, "its header does not say that it is a session, or it is of a newer version");
				}
				return glimpse(statements, question);
			});
		} catch (error) {
			throw storeFailure(error, place);
		}
	}

	return {
		look(question) {
			try {
				return look(question);
			} catch (error) {
				// Somebody may have begun to write in between.
				return question.settled ? look({ ...question, settled: false }) : rethrow(error);
			}
		},
		close: () => database.close(),
	};
}

function prepare(database: Database, wanted: string) {
	return {
		version: database.prepare("PRAGMA s.user_version"),
		events: database.prepare(`SELECT seq, at, epoch, data, crc FROM s.event WHERE seq > ? AND (${wanted}) ORDER BY seq`),
		first: database.prepare("SELECT at FROM s.event ORDER BY seq LIMIT 1"),
		last: database.prepare("SELECT seq, at FROM s.event ORDER BY seq DESC LIMIT 1"),
		lease: database.prepare("SELECT epoch, host, pid, started, beat_at FROM s.lease"),
	};
}

function glimpse(statements: ReturnType<typeof prepare>, { place, after, now }: Question): Glimpse {
	const last = statements.last.get();
	const events = statements.events.all(after).map((row) => {
		const stored = intactEvent(row);
		const event = stored === undefined ? undefined : upcast(stored, place.id);
		if (event === undefined) {
			throw damaged(place, `event ${String(row.seq)} is not what was written`);
		}
		return event;
	});
	const { epoch, host, pid, started, beat_at: beatAt } = statements.lease.get() ?? {};
	if (
		typeof epoch !== "number" ||
		typeof host !== "string" ||
		typeof pid !== "number" ||
		typeof started !== "string" ||
		typeof beatAt !== "number"
	) {
		throw damaged(place, "it does not say who drives it");
	}
	const ageMs = Math.max(0, now - beatAt);
	const free = beatAt === 0 || ageMs > usualRhythm.staleMs || isGone({ host, pid, started });
	return {
		events,
		first: last === undefined ? undefined : { at: Number(statements.first.get()?.at) },
		last: last === undefined ? undefined : { seq: Number(last.seq), at: Number(last.at) },
		holder: free ? undefined : { pid, host: machineName(host), epoch, ageMs },
	};
}

function withAttached<T>(database: Database, place: Place, settled: boolean, read: () => T): T {
	const address = `${pathToFileURL(place.path).href}?mode=ro${settled ? "&immutable=1" : ""}`;
	database.exec(`ATTACH '${address.replaceAll("'", "''")}' AS s`);
	try {
		return read();
	} finally {
		database.exec("DETACH s");
	}
}

function rethrow(error: unknown): never {
	throw error;
}
