import { randomUUID } from "node:crypto";
import { checkSessionId } from "./ids.ts";
import { ItemSession, type ItemSessionOptions } from "./item-session.ts";
import type { ItemStore } from "./items.ts";
import { memoryItems } from "./memory-items.ts";

export type MemorySessionOptions = ItemSessionOptions & {
	readonly sessionId?: string;
	readonly initialItems?: readonly object[];
	/** Sessions with the same id share a conversation only if they share a store. */
	readonly store?: ItemStore;
};

/** A conversation in memory: gone with the process. */
export class MemorySession extends ItemSession {
	constructor({ sessionId = randomUUID(), initialItems = [], store, ...options }: MemorySessionOptions = {}) {
		const id = checkSessionId(sessionId);
		super(store ?? memoryItems({ initial: [[id, initialItems]] }), id, options);
	}
}
