import { checkSessionId } from "./ids.ts";
import { ItemSession, type ItemSessionOptions } from "./item-session.ts";
import { sqliteItems } from "./sqlite-items.ts";

/**
 * A conversation in a SQLite file that the Agents SDK for Python can open too: same id and same file, same conversation.
 * Without a file it is in memory, its own, and gone with the process. Throws at once if the file cannot be used.
 */
export class SqliteSession extends ItemSession {
	constructor(sessionId: string, path = ":memory:", options: ItemSessionOptions = {}) {
		super(sqliteItems(path), checkSessionId(sessionId), options);
	}
}
