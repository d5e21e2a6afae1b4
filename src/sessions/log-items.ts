import type { Lease, SessionStore } from "../checkpoint/log.ts";
import type { SessionEvent } from "../core/events.ts";
import { emptySession, evolveSession, type Session } from "../core/session.ts";
import { evolveOperations, historyItems, type Operations } from "./history.ts";
import { type Item, type ItemStore, isApplied, isItem, newest, splitNewest } from "./items.ts";
import { sameJson } from "./json.ts";
import { givenMessage, plainMessage } from "./toon-document.ts";

/** Where the logs of sessions are. */
export type Logs = {
	/** The log of this session; with `make`, a new one if there is none. */
	open(session: string, how: "find" | "make"): Promise<SessionStore | undefined>;
	/** Ids of the sessions that have a log. */
	ids(): Promise<readonly string[]>;
	now?(): number;
};

/** One session's log and what has been read of it. */
type Reading = { readonly store: SessionStore; seq: number; session: Session; operations: Operations };

/**
 * Items as a fold of the logs in which teams work: the questions and answers of their turns, and what was added by hand.
 * Nothing is ever deleted there: popping and clearing are events too. While somebody drives a turn of the session it can
 * be read and not be changed (`SessionBusyError`).
 */
export function logItems(logs: Logs): ItemStore {
	const { now = Date.now } = logs;
	const readings = new Map<string, Reading>();
	const queues = new Map<string, Promise<unknown>>();

	async function reading(session: string, how: "find" | "make"): Promise<Reading | undefined> {
		const known = readings.get(session);
		if (known !== undefined) return known;
		const store = await logs.open(session, how);
		if (store === undefined) return undefined;
		const fresh: Reading = { store, seq: 0, session: emptySession, operations: {} };
		readings.set(session, fresh);
		return fresh;
	}

	/** Calls on one session follow one another: its log has one writer, and a reading grows by what is new. */
	function inTurn<T>(session: string, work: () => Promise<T>): Promise<T> {
		const before = queues.get(session) ?? Promise.resolve();
		const mine = before.then(work, work);
		queues.set(session, mine);
		const leave = (): void => {
			if (queues.get(session) === mine) queues.delete(session);
		};
		mine.then(leave, leave);
		return mine;
	}

	/** Appends what `decide` makes of the items as they are under the lease, all in one. */
	async function write(session: string, decide: (current: Reading) => readonly SessionEvent[]): Promise<void> {
		const current = await reading(session, "make");
		if (current === undefined) return;
		const lease = await current.store.acquire();
		try {
			await refresh(current);
			await append(lease, current, decide(current), now());
		} finally {
			await lease.release();
		}
	}

	return {
		get: (session, limit) =>
			inTurn(session, async () => {
				const current = await reading(session, "find");
				return current === undefined ? [] : newest(given(await refresh(current)), limit);
			}),
		add: (session, items) =>
			inTurn(session, async () => {
				const added = items.map(plainMessage);
				if (added.length > 0) await write(session, () => [{ type: "items.added", items: added }]);
			}),
		pop: (session) =>
			inTurn(session, async () => {
				const current = await reading(session, "find");
				if (current === undefined || (await refresh(current)).session.spoken.length === 0) return undefined;
				let popped: Item | undefined;
				await write(session, (held) => {
					popped = given(held).at(-1);
					return popped === undefined ? [] : [{ type: "item.popped" }];
				});
				return popped;
			}),
		clear: (session) =>
			inTurn(session, async () => {
				const current = await reading(session, "find");
				if (current !== undefined) await write(session, () => [{ type: "session.cleared" }]);
			}),
		change: (session, change, { newest: count, operation } = {}) =>
			inTurn(session, () =>
				write(session, (current) => {
					const known = operation === undefined ? undefined : current.operations[operation.id];
					if (operation !== undefined && isApplied(known, operation, session)) return [];
					const [, before] = splitNewest(given(current), count);
					const after = change(before.map((item) => structuredClone(item))).map(plainMessage);
					const same = commonStart(before.map(plainMessage), after);
					const pops = before.slice(same).map((): SessionEvent => ({ type: "item.popped" }));
					const added = after.slice(same);
					if (pops.length + added.length === 0 && operation === undefined) return [];
					return [...pops, { type: "items.added", items: added, ...(operation === undefined ? {} : { operation }) }];
				}),
			),
		async list() {
			const listed = await Promise.all(
				(await logs.ids()).map((id) =>
					inTurn(id, async () => {
						const current = await reading(id, "find");
						if (current === undefined) return [];
						const { session } = await refresh(current);
						const [createdAt, lastActivity] = [session.openedAt ?? 0, session.lastAt ?? 0].map((at) => new Date(at).toISOString());
						return [
							{
								id,
								createdAt: createdAt ?? "",
								lastActivity: lastActivity ?? "",
								count: session.spoken.length,
								lastAt: session.lastAt ?? 0,
							},
						];
					}),
				),
			);
			return listed
				.flat()
				.filter(({ count }) => count > 0)
				.sort((left, right) => right.lastAt - left.lastAt)
				.map(({ lastAt: _, ...session }) => session);
		},
		async close() {
			await Promise.all([...readings.values()].map(({ store }) => store.close()));
			readings.clear();
		},
	};
}

/** Reads what is new in the log. */
async function refresh(current: Reading): Promise<Reading> {
	for await (const page of current.store.read(current.seq)) {
		for (const event of page) {
			current.session = evolveSession(current.session, event);
			current.operations = evolveOperations(current.operations, event);
			current.seq = event.seq;
		}
	}
	return current;
}

async function append(lease: Lease, current: Reading, events: readonly SessionEvent[], at: number): Promise<void> {
	if (events.length === 0) return;
	// The first event of every log. No team has worked here yet: its configuration comes with its first turn.
	const opening: readonly SessionEvent[] = lease.seq === 0 ? [{ type: "session.opened", config: {}, aliases: {} }] : [];
	await lease.append([...opening, ...events].map((event) => ({ at, turn: 0, attempt: 0, ...event })));
	await refresh(current);
}

function given({ session }: Reading): Item[] {
	return historyItems(session).filter(isItem).map(givenMessage);
}

function commonStart(before: readonly Item[], after: readonly Item[]): number {
	const different = before.findIndex((item, index) => !sameJson(item, after[index]));
	return different < 0 ? before.length : different;
}
