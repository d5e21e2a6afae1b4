import { CorruptSessionError } from "../errors.ts";
import { type Item, isItem } from "./items.ts";
import { itemText, parseItemText } from "./json.ts";
import { wayOut } from "./toon.ts";

/** What a `.toon` file holds. Messages are plain JSON here; bytes in them are tagged (`json.ts`). */
export type SessionDocument = {
	readonly session_id: string;
	/** Set once, when the session is first saved. */
	readonly created_at: string;
	readonly last_activity: string;
	readonly metadata?: Item;
	/** Changes that must not be applied twice, by id. */
	readonly operations?: Readonly<Record<string, string>>;
	readonly messages: readonly Item[];
	/** Last in a TOON file of ours: JSON shows where it ends, TOON does not, and a file may have lost its end. */
	readonly message_count?: number;
};

type Origin = {
	readonly id: string;
	readonly path: string;
	readonly modifiedAt: Date;
	readonly format: "toon" | "json";
	readonly isLenient?: boolean;
};

/**
 * What was read, as a document; a bare list counts as its messages. Files of other programs have no `last_activity` and
 * times without a zone, which are local. Throws `CorruptSessionError` for anything else.
 */
export function checkDocument(value: unknown, origin: Origin): SessionDocument {
	const document = Array.isArray(value) ? { messages: value } : value;
	if (!isItem(document) || !Array.isArray(document.messages)) throw damage(origin, "it holds no list of messages.");
	const messages: unknown[] = document.messages;
	const wrong = messages.findIndex((message) => !isItem(message));
	if (wrong >= 0 && origin.isLenient !== true) throw damage(origin, `message ${wrong + 1} is no object.`);
	const isCut = origin.format === "toon" && document.last_activity !== undefined && document.message_count === undefined;
	const isShort = document.message_count !== undefined && document.message_count !== messages.length;
	if (isCut && origin.isLenient !== true) throw damage(origin, "its end is missing.");
	if (isShort && origin.isLenient !== true) {
		throw damage(origin, `it holds ${messages.length} messages and says that it had ${String(document.message_count)}.`);
	}
	return {
		session_id: typeof document.session_id === "string" ? document.session_id : origin.id,
		created_at: time(document.created_at) ?? origin.modifiedAt.toISOString(),
		last_activity: time(document.last_activity) ?? origin.modifiedAt.toISOString(),
		...(isItem(document.metadata) ? { metadata: document.metadata } : {}),
		...(isItem(document.operations) ? { operations: texts(document.operations) } : {}),
		messages: messages.filter(isItem),
	};
}

/** A message as plain JSON, as the file holds it. */
export function plainMessage(message: object): Item {
	const value: unknown = JSON.parse(itemText(message));
	return isItem(value) ? value : {};
}

/** A message as it was given, bytes and all. */
export function givenMessage(message: Item): Item {
	const value = parseItemText(JSON.stringify(message));
	return isItem(value) ? value : message;
}

function damage(origin: Origin, problem: string): CorruptSessionError {
	return new CorruptSessionError(origin.path, problem, { sessionId: origin.id, hint: wayOut });
}

/** ISO 8601 in UTC; a time without a zone is local. */
function time(value: unknown): string | undefined {
	if (typeof value !== "string") return undefined;
	const date = new Date(value);
	return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function texts(value: Item): Record<string, string> {
	return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}
