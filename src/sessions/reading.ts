import type { Lease, SessionStore } from "../checkpoint/log.ts";
import { writeTurnFiles } from "../checkpoint/partial.ts";
import type { Event, Recorded } from "../core/events.ts";
import { emptySession, foldSession, type Session } from "../core/session.ts";

/** A session as its log tells it. */
export type Reading = { readonly session: Session; readonly events: readonly Recorded[] };

export const emptyReading: Reading = { session: emptySession, events: [] };

/** The whole log, or what is new in it since an earlier reading. */
export async function readSession(store: Pick<SessionStore, "read">, before: Reading = emptyReading): Promise<Reading> {
	const events = [...before.events];
	let { session } = before;
	for await (const page of store.read(events.at(-1)?.seq ?? 0)) {
		session = foldSession(session, page);
		events.push(...page);
	}
	return { session, events };
}

/** An event and the turn it belongs to; 0 for the session as a whole. */
export type Change = { readonly turn: number; readonly attempt: number; readonly event: Event };

export function ofSession(event: Event): Change {
	return { turn: 0, attempt: 0, event };
}

/**
 * Appends what `decide` makes of the session as it is under the lease, all in one, and renews the files for people.
 * Nothing is written if it decides for nothing or throws. Rejects with `SessionBusyError` while somebody drives it.
 */
export async function changeSession(
	store: SessionStore,
	decide: (reading: Reading) => readonly Change[],
	now: () => number = Date.now,
): Promise<Reading> {
	const lease: Lease = await store.acquire();
	try {
		const reading = await readSession(store);
		const changes = decide(reading);
		if (changes.length === 0) return reading;
		await lease.append(changes.map(({ turn, attempt, event }) => ({ ...event, at: now(), turn, attempt })));
		const after = await readSession(store, reading);
		if (store.directory !== undefined) await writeTurnFiles(store.directory, after.session);
		return after;
	} finally {
		await lease.release();
	}
}
