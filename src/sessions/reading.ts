import type { SessionStore } from "../checkpoint/log.ts";
import { writeTurnFiles } from "../checkpoint/partial.ts";
import type { Event, Recorded } from "../core/events.ts";
import { emptySession, evolveSession, type Session } from "../core/session.ts";

/** A session as its log tells it, up to event `seq`. */
export type Folded = { readonly session: Session; readonly seq: number };

export const nothingRead: Folded = { session: emptySession, seq: 0 };

/** What is new in the log since an earlier look; by default all of it. */
export async function foldSession(store: Pick<SessionStore, "read">, before: Folded = nothingRead): Promise<Folded> {
	let { session, seq } = before;
	for await (const page of store.read(seq)) {
		for (const event of page) {
			session = evolveSession(session, event);
			seq = event.seq;
		}
	}
	return { session, seq };
}

/** The whole log, with its events. */
export type Reading = { readonly session: Session; readonly events: readonly Recorded[] };

export async function readSession(store: Pick<SessionStore, "read">): Promise<Reading> {
	const events: Recorded[] = [];
	for await (const page of store.read()) events.push(...page);
	return { session: events.reduce(evolveSession, emptySession), events };
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
	decide: (now: Folded) => readonly Change[],
	now: () => number = Date.now,
): Promise<Folded> {
	const lease = await store.acquire();
	try {
		const before = await foldSession(store);
		const changes = decide(before);
		if (changes.length === 0) return before;
		await lease.append(changes.map(({ turn, attempt, event }) => ({ ...event, at: now(), turn, attempt })));
		const after = await foldSession(store, before);
		if (store.directory !== undefined) await writeTurnFiles(store.directory, after.session);
		return after;
	} finally {
		await lease.release();
	}
}
