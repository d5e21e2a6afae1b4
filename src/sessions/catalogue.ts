import { existsSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { createGlancer, type Glancer } from "../checkpoint/glance.ts";
import type { Holder } from "../checkpoint/log.ts";
import { places } from "../checkpoint/places.ts";
import { databaseName } from "../checkpoint/schema.ts";
import { type SessionPlace, sessionDirectories } from "../checkpoint/session-directory.ts";
import type { Outcome } from "../core/types.ts";
import { type Cache, type Entry, openCache } from "./catalogue-cache.ts";
import { emptySummary, type Summary, summarise, summarisedTypes } from "./summary.ts";

/**
 * The sessions of all noted directories. `~/.massgen/catalogue.db` remembers what was read of each, together with size
 * and time of its file, so that only what changed is read again. It is a cache: whatever is wrong with it, it is made
 * anew; whatever is wrong with one session, the others are listed.
 */
export type SessionSummary = Omit<Summary, "seq"> & {
	/** Position in the list, from 1. */
	readonly index: number;
	readonly id: string;
	readonly directory: string;
	/** Of the last turn: its outcome, or else whether somebody is at work on it. */
	readonly status: Outcome | "running" | "interrupted" | "empty" | "damaged";
	readonly driver?: Holder;
	/** What is wrong with a damaged one. */
	readonly problem?: string;
};

export type ListOptions = {
	readonly home: string;
	/** The directory whose sessions are listed also if it was never noted. */
	readonly here: string;
	readonly now?: () => number;
};

/** All sessions, the one with the latest activity first. */
export function listSessions(options: ListOptions): readonly SessionSummary[] {
	const cache = openCache(join(options.home, ".massgen", "catalogue.db"));
	try {
		const entries = refresh(cache, sessionPlaces(options), (options.now ?? Date.now)());
		return [...entries]
			.sort(([, a], [, b]) => (b.summary.lastActivityAt ?? 0) - (a.summary.lastActivityAt ?? 0))
			.map(([place, entry], index) => present(place, entry, index + 1));
	} finally {
		cache.close();
	}
}

function refresh(cache: Cache, found: readonly SessionPlace[], now: number): ReadonlyMap<SessionPlace, Entry> {
	const entries = new Map<SessionPlace, Entry>();
	const changed = new Map<string, Entry>();
	const gone = new Set(cache.entries.keys());
	let glancer: Glancer | undefined;
	try {
		for (const place of found) {
			const file = look(place.directory, now);
			if (file === undefined) {
				continue;
			}
			gone.delete(place.directory);
			const old = cache.entries.get(place.directory);
			if (old !== undefined && old.stamp !== "" && old.stamp === file.stamp) {
				entries.set(place, old);
				continue;
			}
			glancer ??= createGlancer(summarisedTypes);
			const entry = read(glancer, { place, file, now }, old);
			entries.set(place, entry);
			changed.set(place.directory, entry);
		}
	} finally {
		glancer?.close();
	}
	if (changed.size + gone.size > 0) {
		cache.save(changed, [...gone]);
	}
	return entries;
}

function sessionPlaces(options: ListOptions): readonly SessionPlace[] {
	const here = existsSync(options.here) ? [realpathSync(options.here)] : [];
	return [...new Set([...here, ...places(options.home)])].flatMap((root) => sessionDirectories(root));
}

type SessionFile = {
	/** Size and time of the file and of the log beside it: one of them changes with every commit. Empty: too young to tell. */
	readonly stamp: string;
	/** The log beside it is empty. */
	readonly settled: boolean;
	readonly changedAt: number;
};

/** Undefined if there is no session file: nothing else in such a directory is of interest here. */
function look(directory: string, now: number): SessionFile | undefined {
	const file = statSync(join(directory, databaseName), { throwIfNoEntry: false });
	if (file === undefined) {
		return undefined;
	}
	const log = statSync(join(directory, `${databaseName}-wal`), { throwIfNoEntry: false });
	const changedAt = Math.max(file.mtimeMs, log?.mtimeMs ?? 0);
	// File systems count time in steps: what was written a moment ago may be written again without a trace.
	const young = Math.abs(now - changedAt) < 2_000;
	return { stamp: young ? "" : `${file.mtimeMs} ${file.size} ${log?.mtimeMs} ${log?.size}`, settled: (log?.size ?? 0) === 0, changedAt };
}

type Reading = { readonly place: SessionPlace; readonly file: SessionFile; readonly now: number };

function read(glancer: Glancer, reading: Reading, old: Entry | undefined): Entry {
	const { place, file, now } = reading;
	const { stamp, settled } = file;
	const from = old?.problem === undefined ? (old?.summary ?? emptySummary) : emptySummary;
	try {
		const path = join(place.directory, databaseName);
		const { events, first, last, holder } = glancer.look({ place: { id: place.id, path }, after: from.seq, settled, now });
		if (from.seq > (last?.seq ?? 0) || (first !== undefined && from.startedAt !== undefined && from.startedAt !== first.at)) {
			// Another session stands where this one stood, or it was repaired.
			return read(glancer, reading, undefined);
		}
		const folded = events.reduce(summarise, from);
		const times =
			first && last ? { seq: last.seq, startedAt: first.at, lastActivityAt: last.at } : { lastActivityAt: Math.floor(file.changedAt) };
		const summary: Summary = { ...folded, ...times };
		// A driver can vanish without a trace in the file.
		return holder === undefined ? { stamp, summary } : { stamp: "", summary, driver: holder };
	} catch (error) {
		const summary: Summary = { ...from, lastActivityAt: from.lastActivityAt ?? Math.floor(file.changedAt) };
		return { stamp, summary, problem: error instanceof Error ? error.message : String(error) };
	}
}

function present(place: SessionPlace, entry: Entry, index: number): SessionSummary {
	const { seq: _, ...summary } = entry.summary;
	return {
		index,
		id: place.id,
		directory: place.directory,
		status: statusOf(entry),
		...summary,
		...(entry.driver === undefined ? {} : { driver: entry.driver }),
		...(entry.problem === undefined ? {} : { problem: entry.problem }),
	};
}

function statusOf({ summary, driver, problem }: Entry): SessionSummary["status"] {
	if (problem !== undefined) {
		return "damaged";
	}
	if (summary.turns === 0) {
		return "empty";
	}
	return summary.outcome ?? (driver === undefined ? "interrupted" : "running");
}
