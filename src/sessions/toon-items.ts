import { type Item, type ItemStore, isApplied, newest, splitNewest } from "./items.ts";
import { type DirectoryOptions, toonDirectory } from "./toon-directory.ts";
import { givenMessage, plainMessage, type SessionDocument } from "./toon-document.ts";

/**
 * Items in a directory of `.toon` files, one per session: easy to read and to keep under version control. Every change
 * writes its file anew, so it is for conversations, not for logs.
 */
export function toonItems(directory: string, options: DirectoryOptions = {}): ItemStore {
	const files = toonDirectory(directory, options);

	/** The document with other messages; all else in it stays. */
	function withMessages(
		document: SessionDocument | undefined,
		messages: readonly Item[],
	): Pick<SessionDocument, "messages" | "metadata" | "operations"> {
		return { ...document, messages };
	}

	return {
		async get(session, limit) {
			const document = await files.read(session);
			return newest(document?.messages ?? [], limit).map(givenMessage);
		},
		async add(session, items) {
			const added = items.map(plainMessage);
			if (added.length > 0) await files.update(session, (document) => withMessages(document, [...(document?.messages ?? []), ...added]));
		},
		async pop(session) {
			let popped: Item | undefined;
			await files.update(session, (document) => {
				popped = document?.messages.at(-1);
				return document === undefined || popped === undefined ? undefined : withMessages(document, document.messages.slice(0, -1));
			});
			return popped === undefined ? undefined : givenMessage(popped);
		},
		async clear(session) {
			await files.update(session, (document) => (document === undefined ? undefined : { ...document, messages: [], operations: {} }));
		},
		async change(session, change, { newest: count, operation } = {}) {
			await files.update(session, (document) => {
				const operations = document?.operations ?? {};
				if (operation !== undefined && isApplied(operations[operation.id], operation, session)) return undefined;
				const [older, changed] = splitNewest(document?.messages ?? [], count);
				const messages = [...older, ...change(changed.map(givenMessage)).map(plainMessage)];
				const applied = operation === undefined ? operations : { ...operations, [operation.id]: operation.fingerprint };
				return { ...document, messages, operations: applied };
			});
		},
		async list() {
			const sessions = await Promise.all((await files.ids()).map(async (id) => ({ id, document: await files.read(id) })));
			return sessions
				.flatMap(({ id, document }) => (document === undefined ? [] : [summary(id, document)]))
				.sort((left, right) => (left.lastActivity < right.lastActivity ? 1 : -1));
		},
		async close() {},
	};
}

function summary(id: string, document: SessionDocument) {
	return { id, createdAt: document.created_at, lastActivity: document.last_activity, count: document.messages.length };
}
