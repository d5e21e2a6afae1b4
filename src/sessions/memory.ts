import { type Item, isItem } from "./items.ts";
import { itemText, parseItemText } from "./json.ts";
import { trimmed } from "./window.ts";

/** What a memory can be stored as, and made from again. */
export type MemoryState = { readonly messages: readonly Item[] };

/**
 * What one agent has said and heard, word for word, for as long as it works. It holds copies: nobody changes it from
 * outside. No limit separates a tool's result from its call, and none drops the system's words.
 */
export class ConversationMemory {
	#texts: string[];

	constructor(state: MemoryState = { messages: [] }) {
		this.#texts = state.messages.map(itemText);
	}

	get size(): number {
		return this.#texts.length;
	}

	/**
	 * Adds messages; nothing at all is ignored. One whose `id` is there already is refused, and with it all that were given,
	 * unless duplicates are allowed. Throws `TypeError` for what is no message.
	 */
	add(
		given: object | readonly (object | null | undefined)[] | null | undefined,
		options: { readonly allowDuplicates?: boolean } = {},
	): void {
		const list: readonly unknown[] = Array.isArray(given) ? given : [given];
		const added = list.filter((each) => each !== null && each !== undefined).map(checkMessage);
		if (options.allowDuplicates !== true) {
			const known = new Set(this.#items().map((item) => item.id));
			for (const { id } of added) {
				if (id !== undefined && known.has(id)) throw new RangeError(`There is a message with the id ${String(id)} already.`);
				known.add(id);
			}
		}
		this.#texts.push(...added.map(itemText));
	}

	/** All messages, or the newest `limit`, oldest first. */
	get(limit?: number): Item[] {
		return limit === undefined ? this.#items() : trimmed(this.#items(), limit);
	}

	/** Removes the messages at these places; -1 is the last. Throws `RangeError`, and removes none, if one is not there. */
	delete(places: number | readonly number[]): void {
		const wanted = typeof places === "number" ? [places] : places;
		const gone = new Set(wanted.map((place) => (place < 0 ? this.#texts.length + place : place)));
		for (const place of gone) {
			if (!Number.isInteger(place) || place < 0 || place >= this.#texts.length) {
				throw new RangeError(`There is no message at ${wanted.join(", ")}: the memory holds ${this.#texts.length}.`);
			}
		}
		this.#texts = this.#texts.filter((_text, place) => !gone.has(place));
	}

	/** Keeps the newest messages, at most so many. */
	truncate(size: number): void {
		this.#texts = this.get(size).map(itemText);
	}

	clear(): void {
		this.#texts = [];
	}

	export(): MemoryState {
		return { messages: this.#items() };
	}

	#items(): Item[] {
		return this.#texts.map((text) => checkMessage(parseItemText(text)));
	}
}

function checkMessage(value: unknown): Item {
	if (isItem(value) && (typeof value.role === "string" || typeof value.type === "string")) return value;
	throw new TypeError('What was added is no message: it needs a role or a type, as in {"role": "user", "content": "Hello"}.');
}
