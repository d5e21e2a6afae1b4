import type { SessionStore } from "../checkpoint/log.ts";
import { changeSession, ofSession } from "../sessions/reading.ts";

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
	const opened = ofSession({
		type: "session.opened",
		config,
		aliases: {},
		...(configPath === undefined ? {} : { configPath }),
		...(system === undefined ? {} : { system }),
		...(metadata === undefined ? {} : { metadata }),
	});
	await changeSession(store, () => (items.length === 0 ? [opened] : [opened, ofSession({ type: "items.added", items })]));
}

/** Closes a session: it can be read, and nothing more is said in it. A second time it changes nothing. */
export async function closeLog(store: SessionStore): Promise<void> {
	await changeSession(store, ({ session }) => (session.isClosed ? [] : [ofSession({ type: "session.closed" })]));
}
