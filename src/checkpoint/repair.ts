import { constants, copyFileSync, existsSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Draft } from "../core/events.ts";
import { CorruptSessionError, SessionBusyError, SessionError } from "../errors.ts";
import { createEventReader } from "./event-reader.ts";
import { type Place, storeFailure } from "./failures.ts";
import type { StoredEvent } from "./integrity.ts";
import { usualRhythm } from "./liveness.ts";
import { findEvents } from "./pages.ts";
import { databaseName, flush, writeDatabase } from "./schema.ts";
import { holder, isTakeable, leaseRow, openSessionFile } from "./session-file.ts";
import { idOf } from "./session-name.ts";
import type { SqliteOptions } from "./sqlite.ts";
import { upcast } from "./upcast.ts";

export type RepairReport = {
	readonly id: string;
	/** What is wrong with it; undefined if nothing is: then nothing was changed. */
	readonly problem: string | undefined;
	/** Events 1 to `kept` are in the session now. */
	readonly kept: number;
	/** Later events that were found behind a gap, and have only the old file now. There may have been more. */
	readonly lost: number;
	/** The damaged file as it was. */
	readonly aside: string | undefined;
};

/**
 * Makes a damaged session usable: keeps its events up to the first that is missing or changed, since the later ones mean
 * nothing without it. The damaged file is copied before anything opens it, and the copy stays.
 */
export async function repairSession(directory: string, options: SqliteOptions = {}): Promise<RepairReport> {
	const name = basename(directory);
	const place: Place = { id: idOf(name) ?? name, path: join(directory, databaseName) };
	if (!existsSync(place.path)) {
		throw new SessionError("session_not_found", `There is no session ${place.id}: ${place.path} does not exist.`, { sessionId: place.id });
	}
	const now = options.now ?? Date.now;
	const aside = `${place.path}.damaged-${new Date(now()).toISOString().replace(/[-:]|\.\d+Z/g, "")}`;
	try {
		copyAside(place.path, aside);
		const found = findEvents(aside);
		const { problem, drafts } = await examine(place, options, found.size);
		if (problem === undefined) {
			removeAll(aside);
			return { id: place.id, problem, kept: found.size, lost: 0, aside: undefined };
		}
		const kept = intactPrefix(found);
		replace(place, kept, { drafts, program: options.program ?? "massgen" });
		return { id: place.id, problem, kept: kept.length, lost: found.size - kept.length, aside };
	} catch (error) {
		if (error instanceof SessionBusyError) {
			removeAll(aside);
		}
		throw storeFailure(error, place);
	}
}

/** What SQLite and the checksums say. Damage is a finding here; everything else that goes wrong is thrown. */
async function examine(
	place: Place,
	options: SqliteOptions,
	expected: number,
): Promise<{ problem: string | undefined; drafts: readonly Draft[] }> {
	const drafts: Draft[] = [];
	try {
		const file = await openSessionFile(place, {
			program: options.program ?? "massgen",
			now: options.now ?? Date.now,
			rhythm: options.rhythm ?? usualRhythm,
			appended: () => undefined,
		});
		try {
			const row = leaseRow(file);
			if (!isTakeable(file, row)) {
				throw new SessionBusyError(place.id, holder(file, row));
			}
			for (const { step, agent, text } of file.database.prepare("SELECT step, agent, text FROM draft ORDER BY id").all()) {
				drafts.push({ step: String(step), agent: String(agent), text: String(text) });
			}
			const reader = createEventReader(file.database, place);
			let last = 0;
			for (let page = reader.page(0); page.length > 0; page = reader.page(last)) {
				last = page.at(-1)?.seq ?? last;
			}
			const verdict = String(file.database.prepare("PRAGMA file.quick_check(1)").get()?.quick_check);
			if (verdict !== "ok") {
				return { problem: verdict, drafts };
			}
			return { problem: last < expected ? `it shows ${last} of ${expected} events` : undefined, drafts };
		} finally {
			file.database.close();
		}
	} catch (error) {
		const failure = storeFailure(error, place);
		if (failure instanceof CorruptSessionError) {
			return { problem: essence(failure), drafts };
		}
		throw failure;
	}
}

/** Without the path: the report names it where it is needed. */
function essence({ message, path }: CorruptSessionError): string {
	return message.replace(`${path} is damaged: `, "");
}

function intactPrefix(found: ReadonlyMap<number, StoredEvent>): readonly StoredEvent[] {
	const events: StoredEvent[] = [];
	for (let event = found.get(1); event !== undefined; event = found.get(events.length + 1)) {
		events.push(event);
	}
	return events;
}

/** The new file is complete before the old one goes. The log beside the old one must go first: it would be played into the new one. */
function replace(
	place: Place,
	events: readonly StoredEvent[],
	beside: { readonly drafts: readonly Draft[]; readonly program: string },
): void {
	const fresh = `${place.path}.new`;
	rmSync(fresh, { force: true });
	writeDatabase(fresh, (database) => {
		const insert = database.prepare("INSERT INTO event (seq, at, epoch, data, crc) VALUES (?, ?, ?, ?, ?)");
		const noteKind = database.prepare("INSERT OR IGNORE INTO kind (type, v, program) VALUES (?, ?, ?)");
		for (const event of events) {
			insert.run(event.seq, event.at, event.epoch, event.data, event.crc);
			const { type, v } = upcast(event, place.id) ?? {};
			if (type !== undefined && v !== undefined) {
				noteKind.run(type, v, beside.program);
			}
		}
		for (const { step, agent, text } of beside.drafts) {
			database.prepare("INSERT INTO draft (step, agent, text) VALUES (?, ?, ?)").run(step, agent, text);
		}
		database.prepare("UPDATE lease SET epoch = ?").run(Math.max(0, ...events.slice(-1).map((event) => event.epoch)));
	});
	rmSync(`${place.path}-wal`, { force: true });
	rmSync(`${place.path}-shm`, { force: true });
	renameSync(fresh, place.path);
	flush(dirname(place.path));
}

function copyAside(path: string, aside: string): void {
	for (const suffix of ["", "-wal"]) {
		if (existsSync(`${path}${suffix}`)) {
			copyFileSync(`${path}${suffix}`, `${aside}${suffix}`, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
			flush(`${aside}${suffix}`);
		}
	}
	flush(dirname(path));
}

function removeAll(aside: string): void {
	rmSync(aside, { force: true });
	rmSync(`${aside}-wal`, { force: true });
}
