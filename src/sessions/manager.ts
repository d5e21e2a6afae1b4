import { mkdirSync } from "node:fs";
import { storeFailure } from "../checkpoint/failures.ts";
import { CorruptSessionError, SessionError } from "../errors.ts";
import type { SessionMessage } from "./agent-session.ts";
import { checkMessages, exportMessages, importMessages } from "./export.ts";
import { checkSessionId } from "./ids.ts";
import type { Item } from "./items.ts";
import { type DirectoryOptions, type ToonDirectory, toonDirectory } from "./toon-directory.ts";
import { givenMessage, plainMessage, type SessionDocument } from "./toon-document.ts";
import { trimmed } from "./window.ts";

/** A saved session as the list shows it. Of a damaged one only the id is known; `loadSession` says what is wrong. */
export type SavedSession = {
	readonly id: string;
	/** ISO 8601 in UTC; empty if damaged. */
	readonly createdAt: string;
	readonly lastActivity: string;
	/** All messages, the system's included. */
	readonly messageCount: number;
	readonly userTurns: number;
	readonly damaged: boolean;
};

export const defaultDirectory = ".massgen/session_history";

/**
 * Named conversations in a directory of files, one `<id>_chat.toon` each. For programs that keep their own messages; what
 * a team did in a session, and how it goes on, is in the session's log.
 */
export class SessionManager {
	readonly directory: string;
	readonly #files: ToonDirectory;

	constructor(directory: string = defaultDirectory, options: DirectoryOptions = {}) {
		this.directory = directory;
		this.#files = toonDirectory(directory, options);
		try {
			mkdirSync(directory, { recursive: true });
		} catch (error) {
			throw storeFailure(error, { id: "", path: directory });
		}
	}

	/** Replaces the messages; the time of creation stays, and the metadata too unless others are given. */
	async saveSession(id: string, messages: readonly object[], options: { readonly metadata?: Item } = {}): Promise<void> {
		if (!Array.isArray(messages)) {
			throw new SessionError("invalid_request", `The messages of session ${checkSessionId(id)} are no list.`, { sessionId: id });
		}
		await this.#files.update(id, (document) => ({ ...document, messages: messages.map(plainMessage), ...options }), "set-aside");
	}

	/** Its messages, or null if there is no such session. Throws `CorruptSessionError` for a damaged file. */
	async loadSession<M extends object = SessionMessage>(id: string): Promise<M[] | null> {
		const document = await this.#files.read(id);
		return document === undefined ? null : (document.messages.map(givenMessage) as object[] as M[]);
	}

	/** What can still be read of a damaged session, or null if there is none. Nothing is written. */
	async salvageSession(id: string): Promise<Item[] | null> {
		const document = await this.#files.read(id, { isLenient: true });
		return document === undefined ? null : document.messages.map(givenMessage);
	}

	/** The free data that was saved with it, or null if there is no such session. */
	async loadMetadata(id: string): Promise<Item | null> {
		const document = await this.#files.read(id);
		return document === undefined ? null : (document.metadata ?? {});
	}

	async sessionExists(id: string): Promise<boolean> {
		return await this.#files.exists(id);
	}

	/** True if there was one. */
	async deleteSession(id: string): Promise<boolean> {
		return await this.#files.remove(id);
	}

	/** The newest first, by creation; damaged ones last. */
	async listSessions(): Promise<SavedSession[]> {
		const saved: SavedSession[] = [];
		for (const id of await this.#files.ids()) {
			const session = await this.#saved(id);
			if (session !== undefined) saved.push(session);
		}
		return saved.sort((left, right) =>
			left.createdAt === right.createdAt ? (left.id < right.id ? -1 : 1) : left.createdAt < right.createdAt ? 1 : -1,
		);
	}

	/** Keeps the newest `keep` messages and those of the system, and no result of a tool without its call. Returns how many went. */
	async trimSession(id: string, keep: number): Promise<number> {
		let removed = 0;
		await this.#files.update(id, (document) => {
			if (document === undefined) throw notFound(id);
			const messages = trimmed(document.messages, keep);
			removed = document.messages.length - messages.length;
			return removed === 0 ? undefined : { ...document, messages };
		});
		return removed;
	}

	/** Deletes sessions without messages, or created before a time. A damaged one is never deleted. Returns their ids. */
	async pruneSessions(which: { readonly empty?: boolean; readonly createdBefore?: Date }): Promise<string[]> {
		const old = (await this.listSessions()).filter(
			(session) =>
				!session.damaged &&
				((which.empty === true && session.messageCount === 0) ||
					(which.createdBefore !== undefined && new Date(session.createdAt) < which.createdBefore)),
		);
		for (const { id } of old) await this.deleteSession(id);
		return old.map(({ id }) => id);
	}

	/** Its messages as a JSON list. */
	async exportSession(id: string): Promise<string> {
		const document = await this.#files.read(id);
		if (document === undefined) throw notFound(id);
		return exportMessages(document.messages, "json");
	}

	/** Saves messages under a new id: a list of them, or what an export gave (JSON, JSON lines, TOON). */
	async importSession(id: string, from: string | readonly object[], options: { readonly overwrite?: boolean } = {}): Promise<void> {
		const messages = typeof from === "string" ? importMessages(from) : checkMessages(from);
		if (options.overwrite !== true && (await this.sessionExists(id))) {
			throw new SessionError("already_exists", `There is a session ${id} already.`, {
				sessionId: id,
				hint: "Choose another id, or pass { overwrite: true } to replace it.",
			});
		}
		await this.saveSession(id, messages);
	}

	async #saved(id: string): Promise<SavedSession | undefined> {
		try {
			const document = await this.#files.read(id);
			return document === undefined ? undefined : { ...summary(document), id };
		} catch (error) {
			if (!(error instanceof CorruptSessionError)) throw error;
			return { id, createdAt: "", lastActivity: "", messageCount: 0, userTurns: 0, damaged: true };
		}
	}
}

function summary(document: SessionDocument): Omit<SavedSession, "id"> {
	return {
		createdAt: document.created_at,
		lastActivity: document.last_activity,
		messageCount: document.messages.length,
		userTurns: document.messages.filter((message) => message.role === "user").length,
		damaged: false,
	};
}

function notFound(id: string): SessionError {
	return new SessionError("not_found", `There is no session ${id}.`, { sessionId: id, hint: "`listSessions()` tells which there are." });
}
