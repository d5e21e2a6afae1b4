import type { SessionStore } from "../checkpoint/log.ts";
import type { Recorded, SessionEvent } from "../core/events.ts";
import { emptySession, evolveSession, type Session } from "../core/session.ts";

/** What is written into a session before its first turn. */
export type Opening = {
	readonly config: Readonly<Record<string, unknown>>;
	readonly configPath?: string | undefined;
	readonly system?: string | undefined;
	/** What whoever makes the session wants to know of it again. */
	readonly metadata?: Readonly<Record<string, unknown>>;
	/** What was said before it. */
	readonly items?: readonly object[];
};

/** Opens a session for what is to come: it is there for everybody from now on. The agents get their aliases with the first turn. */
export async function openLog(store: SessionStore, { config, configPath, system, metadata, items = [] }: Opening): Promise<void> {
	const opened: SessionEvent = {
		type: "session.opened",
		config,
		aliases: {},
		...(configPath === undefined ? {} : { configPath }),
		...(system === undefined ? {} : { system }),
		...(metadata === undefined ? {} : { metadata }),
	};
	await write(store, items.length === 0 ? [opened] : [opened, { type: "items.added", items }]);
}

/** Closes a session: it can be read, and nothing more is said in it. */
export async function closeLog(store: SessionStore): Promise<void> {
	await write(store, [{ type: "session.closed" }]);
}

async function write(store: SessionStore, events: readonly SessionEvent[]): Promise<void> {
	const lease = await store.acquire();
	try {
		await lease.append(events.map((event) => ({ at: Date.now(), turn: 0, attempt: 0, ...event })));
	} finally {
		await lease.release();
	}
}

/** A whole session as its log has it. */
export type Reading = { readonly session: Session; readonly events: readonly Recorded[] };

export async function readLog(store: SessionStore): Promise<Reading> {
	const events: Recorded[] = [];
	for await (const page of store.read()) events.push(...page);
	return { session: events.reduce(evolveSession, { ...emptySession, id: store.id }), events };
}
