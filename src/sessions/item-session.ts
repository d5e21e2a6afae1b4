import { createHash } from "node:crypto";
import { SessionError } from "../errors.ts";
import { convertItems, isForeign, toolNames } from "./dialects.ts";
import { type Change, type Item, type ItemStore, isItem } from "./items.ts";
import { itemText, orderedJson, sameJson } from "./json.ts";
import { windowed } from "./window.ts";

export type ItemSessionOptions = {
	/** How many items `getItems()` returns if it is not told: the newest, no tool's result without its call. */
	readonly limit?: number;
	/**
	 * What new items are stored as: `agents-js` as they are given, `responses` so that the Agents SDK for Python can go on
	 * with the conversation. Both are read.
	 */
	readonly dialect?: "agents-js" | "responses";
};

type HistoryMutation = { readonly type: "replace_function_call"; readonly callId: string; readonly replacement: object };

type HistoryTransaction =
	| { readonly type: "append_items"; readonly items: readonly object[] }
	| { readonly type: "replace_suffix"; readonly expectedSuffix: readonly object[]; readonly replacement: readonly object[] };

/**
 * A conversation as the OpenAI Agents SDK for JavaScript wants a `Session` to be: give it to `run(agent, input, { session })`.
 * The SDK is not needed to use it; the types are its by shape, and a caller names the type of items it put in.
 *
 * Items come back as they were given. Only what that SDK could not read at all comes back in its form: rows that were
 * written in Python, and tool calls and results in the form of chat messages.
 */
export class ItemSession {
	readonly sessionId: string;
	readonly #store: ItemStore;
	readonly #options: ItemSessionOptions;
	#names: ReadonlyMap<string, string> = new Map();

	constructor(store: ItemStore, sessionId: string, options: ItemSessionOptions = {}) {
		this.sessionId = sessionId;
		this.#store = store;
		this.#options = options;
	}

	async getSessionId(): Promise<string> {
		return this.sessionId;
	}

	/** The newest `limit` items, oldest first; all of them without a limit, none for 0 or less. */
	async getItems<I extends object = Item>(limit?: number): Promise<I[]> {
		const stored = await this.#store.get(this.sessionId, limit);
		const items = limit === undefined ? windowed(stored, this.#options.limit) : stored;
		this.#names = toolNames(items);
		return items.flatMap((item) => this.#shown(item)) as object[] as I[];
	}

	async addItems(items: readonly object[]): Promise<void> {
		await this.#store.add(this.sessionId, this.#written(items));
	}

	/** Removes the newest item and returns it; undefined if there is none. */
	async popItem<I extends object = Item>(): Promise<I | undefined> {
		const item = await this.#store.pop(this.sessionId);
		if (item === undefined) return undefined;
		const [shown = item, ...others] = this.#shown(item);
		return (others.length === 0 ? shown : item) as object as I;
	}

	async clearSession(): Promise<void> {
		await this.#store.clear(this.sessionId);
	}

	/** The item as the SDK's models want it: a reply stored as plain text gets its parts and its status. */
	prepareHistoryItemForModelInput<I extends object>(item: I): I {
		const [converted = item, ...others] = isItem(item) ? convertItems([item], "agents-js") : [];
		return (others.length === 0 ? converted : item) as object as I;
	}

	/** Puts other function calls in the place of stored ones, all or none. */
	async applyHistoryMutations(args: { readonly mutations: readonly HistoryMutation[] }): Promise<void> {
		if (args.mutations.length === 0) return;
		await this.#store.change(this.sessionId, (items) =>
			args.mutations.reduce((list, mutation) => this.#replaceCall(list, mutation), items),
		);
	}

	/** Appends, or replaces the end if it is what the caller believes; the same `operationId` again does nothing. */
	async applyHistoryTransaction(args: { readonly operationId: string; readonly transaction: HistoryTransaction }): Promise<void> {
		const { operationId, transaction } = args;
		if (typeof operationId !== "string" || operationId.trim() === "") {
			throw this.#wrong("The operation has no id.", "Give the transaction a text that stays the same when it is tried again.");
		}
		const { change, newest } = this.#changeOf(transaction);
		const fingerprint = createHash("sha256")
			.update(orderedJson(plain(transaction)))
			.digest("hex");
		await this.#store.change(this.sessionId, change, { newest, operation: { id: operationId, fingerprint } });
	}

	/** The history becomes these items, all or nothing: a compaction and what follows it. */
	async replaceHistoryWithCompaction(items: readonly object[]): Promise<void> {
		await this.#store.change(this.sessionId, () => this.#written(items));
	}

	/** Gives back the file. The session cannot be used after it. */
	async close(): Promise<void> {
		await this.#store.close();
	}

	#changeOf(transaction: HistoryTransaction): { readonly change: Change; readonly newest: number } {
		switch (transaction.type) {
			case "append_items":
				return { newest: 0, change: () => this.#written(transaction.items) };
			case "replace_suffix": {
				const { expectedSuffix, replacement } = transaction;
				const change: Change = (suffix) => {
					const isExpected =
						suffix.length === expectedSuffix.length && suffix.every((item, index) => this.#isSame(item, expectedSuffix[index]));
					if (isExpected) return this.#written(replacement);
					throw this.#wrong(
						"The end of the history is not what the change expects.",
						"Read the items again, and decide on what they are now.",
					);
				};
				return { newest: expectedSuffix.length, change };
			}
			default:
				throw this.#wrong("The kind of the transaction is not known.", "Known are append_items and replace_suffix.");
		}
	}

	#isSame(stored: Item, expected: unknown): boolean {
		if (!isItem(expected)) return false;
		const given = plain(expected);
		return sameJson(plain(stored), given) || this.#shown(stored).some((shown, _, all) => all.length === 1 && sameJson(plain(shown), given));
	}

	#replaceCall(items: readonly Item[], { callId, replacement }: HistoryMutation): readonly Item[] {
		let isDone = false;
		return items.flatMap((item) => {
			const isCall = item.type === "function_call" && (item.callId === callId || item.call_id === callId);
			if (!isCall) return [item];
			if (isDone) return [];
			isDone = true;
			return this.#written([replacement]);
		});
	}

	/** An item in the form in which it can be used, most often just as it is. */
	#shown(item: Item): Item[] {
		if (!isForeign(item)) return [item];
		return convertItems([item], "agents-js").map((shown) => this.#named(shown));
	}

	/** A result whose call is in another item gets its name from there. */
	#named(item: Item): Item {
		const name = item.name === "unknown_tool" && typeof item.callId === "string" ? this.#names.get(item.callId) : undefined;
		return name === undefined ? item : { ...item, name };
	}

	#written(items: readonly object[]): readonly Item[] {
		const given = items.filter(isItem);
		if (given.length !== items.length)
			throw this.#wrong("An item is no object.", 'Give objects, for example {"role": "user", "content": "Hello"}.');
		return this.#options.dialect === "responses" ? convertItems(given, "responses") : given;
	}

	#wrong(message: string, hint: string): SessionError {
		return new SessionError("invalid_request", message, { sessionId: this.sessionId, hint });
	}
}

/** The value as JSON has it, so that `undefined` and a missing key are the same. Refuses what is no JSON. */
function plain(value: object): unknown {
	return JSON.parse(itemText(value));
}
