import { type Item, type ItemStore, isApplied, isItem, newest, splitNewest } from "./items.ts";
import { itemText, parseItemText } from "./json.ts";

type Held = { texts: string[]; createdAt: string; lastActivity: string; operations: Map<string, string> };

/** Items in memory: gone when the process ends. Sessions share them only if they share this store. */
export function memoryItems(
	options: { readonly now?: () => Date; readonly initial?: Iterable<readonly [string, readonly object[]]> } = {},
): ItemStore {
	const { now = () => new Date(), initial = [] } = options;
	const sessions = new Map<string, Held>();

	// Texts, not objects: what goes in and what comes out are copies for free.
	function write(session: string, texts: string[], operations?: Map<string, string>): void {
		const held = sessions.get(session);
		const at = now().toISOString();
		sessions.delete(session);
		sessions.set(session, {
			texts,
			createdAt: held?.createdAt ?? at,
			lastActivity: at,
			operations: operations ?? held?.operations ?? new Map(),
		});
	}

	for (const [session, items] of initial) {
		if (items.length > 0) write(session, items.map(itemText));
	}

	return {
		async get(session, limit) {
			return newest(sessions.get(session)?.texts ?? [], limit).map(parsed);
		},
		async add(session, items) {
			const added = items.map(itemText);
			if (added.length > 0) write(session, [...(sessions.get(session)?.texts ?? []), ...added]);
		},
		async pop(session) {
			const texts = sessions.get(session)?.texts ?? [];
			const last = texts.at(-1);
			if (last === undefined) return undefined;
			write(session, texts.slice(0, -1));
			return parsed(last);
		},
		async clear(session) {
			sessions.delete(session);
		},
		async change(session, change, { newest: count, operation } = {}) {
			const held = sessions.get(session);
			if (operation !== undefined && isApplied(held?.operations.get(operation.id), operation, session)) return;
			const [older, changed] = splitNewest(held?.texts ?? [], count);
			const texts = change(changed.map(parsed)).map(itemText);
			const operations = new Map(held?.operations);
			if (operation !== undefined) operations.set(operation.id, operation.fingerprint);
			write(session, [...older, ...texts], operations);
		},
		async list() {
			return [...sessions]
				.map(([id, held]) => ({ id, createdAt: held.createdAt, lastActivity: held.lastActivity, count: held.texts.length }))
				.reverse();
		},
		async close() {},
	};
}

function parsed(text: string): Item {
	const value = parseItemText(text);
	if (!isItem(value)) throw new TypeError("a stored item is not an object");
	return value;
}
