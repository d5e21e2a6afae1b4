import { SessionError } from "../errors.ts";

/**
 * The port to stored items: what was said in sessions, kept word for word, in order, one JSON object each.
 *
 * Whoever implements it passes `test/contracts/item-store.ts` and keeps these promises:
 * - what `add` resolved for is seen by every later `get`, in the order given; an empty list changes nothing;
 * - items go in and come out as copies: changing one outside changes nothing inside;
 * - `get(session, limit)` is the newest `limit` items, oldest first; without a limit all; a limit of 0 or less, none;
 * - `add`, `pop`, `clear` and `change` are all or nothing, and calls at the same time follow one another;
 * - an item that cannot be read is skipped, is not counted by `limit`, and stays where it is;
 * - a session that nobody has written to is empty, not an error; no session sees another's items.
 */
export type ItemStore = {
	get(session: string, limit?: number): Promise<Item[]>;
	add(session: string, items: readonly object[]): Promise<void>;
	/** Removes and returns the newest item. */
	pop(session: string): Promise<Item | undefined>;
	/** Removes all items of the session, and forgets its operations. */
	clear(session: string): Promise<void>;
	/**
	 * Replaces the items by what `change` makes of them. If it throws, nothing has changed and the error goes on.
	 * With `newest`, it is given at most so many of the newest items, and what it returns takes their place alone.
	 * With `operation`, both are remembered together: the same operation again does nothing, another one under the same id
	 * is refused (`SessionError`, `invalid_request`).
	 */
	change(session: string, change: Change, options?: { readonly newest?: number; readonly operation?: Operation }): Promise<void>;
	/** Sessions that hold items, the one written to last first. One without items may be missing. */
	list(): Promise<StoredSession[]>;
	/** Gives back what the store holds open. */
	close(): Promise<void>;
};

/** Plain JSON, in whatever dialect it was given (`dialects.ts`). */
export type Item = Readonly<Record<string, unknown>>;

export type Change = (items: readonly Item[]) => readonly object[];

/** A change that may be tried again. `fingerprint` tells two changes under the same id apart. */
export type Operation = { readonly id: string; readonly fingerprint: string };

/** Times are ISO 8601 in UTC. */
export type StoredSession = { readonly id: string; readonly createdAt: string; readonly lastActivity: string; readonly count: number };

/** The newest `limit` of a list, oldest first. */
export function newest<T>(list: readonly T[], limit: number | undefined): T[] {
	if (limit === undefined) return [...list];
	return limit <= 0 ? [] : list.slice(-Math.floor(Math.max(limit, 1)));
}

/** A list cut before its newest `count` entries; all of it is the second part without a count. */
export function splitNewest<T>(list: readonly T[], count: number | undefined): [older: T[], newest: T[]] {
	const start = count === undefined ? 0 : Math.max(list.length - count, 0);
	return [list.slice(0, start), list.slice(start)];
}

export function isItem(value: unknown): value is Item {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether an operation is the one that was applied under its id; refuses another one under the same id. */
export function isApplied(known: string | undefined, operation: Operation, session: string): boolean {
	if (known === undefined) return false;
	if (known === operation.fingerprint) return true;
	throw new SessionError("invalid_request", `Operation ${operation.id} was already applied to session ${session} with other contents.`, {
		sessionId: session,
		hint: "Give each change an id of its own; keep the id only to try the same change again.",
	});
}
