/** The session that a conversation is in: its team, its log as far as it has been read, and what waits for its next question. */
import type { SessionStore } from "../../checkpoint/log.ts";
import type { Loaded } from "../../config/load.ts";
import type { Session } from "../../core/session.ts";
import { type Change, changeSession, foldSession, nothingRead } from "../../sessions/reading.ts";
import { openSessionFor, type Surroundings } from "../session-for.ts";
import type { Settings } from "../settings.ts";

export class Conversation {
	readonly loaded: Loaded;
	/** What the user calls it; undefined while a generated session has no id. */
	readonly #wanted: string | undefined;
	readonly #open: () => Promise<SessionStore>;
	#store: SessionStore | undefined;
	#read = nothingRead;
	/** Files that go with the next question. */
	readonly files: string[] = [];

	private constructor(loaded: Loaded, wanted: string | undefined, open: () => Promise<SessionStore>, store: SessionStore | undefined) {
		this.loaded = loaded;
		this.#wanted = wanted;
		this.#open = open;
		this.#store = store;
	}

	/** Opens the session that the settings mean. One that does not exist yet is made with its first question. */
	static async open(settings: Settings, around: Surroundings): Promise<Conversation> {
		const choice = await openSessionFor(settings, around);
		const { session } = settings;
		const wanted = session.kind === "open" || session.kind === "here" ? session.id : choice.loaded.team.sessionId;
		const conversation = new Conversation(choice.loaded, wanted, choice.open, choice.exists ? await choice.open() : undefined);
		try {
			await conversation.read();
			return conversation;
		} catch (error) {
			await conversation.close();
			throw error;
		}
	}

	/** Undefined while it has none: it is generated with the first question. */
	get id(): string | undefined {
		return this.#store?.id ?? this.#wanted;
	}

	/** It is on disk. */
	get isSaved(): boolean {
		return this.#store?.directory !== undefined;
	}

	get directory(): string | undefined {
		return this.#store?.directory;
	}

	get session(): Session {
		return this.#read.session;
	}

	/** Another process may have gone on with it. */
	async read(): Promise<Session> {
		if (this.#store) this.#read = await foldSession(this.#store, this.#read);
		return this.session;
	}

	/** Its log; made now if there is none. */
	async store(): Promise<SessionStore> {
		this.#store ??= await this.#open();
		return this.#store;
	}

	/** Writes a change, if there is something to change. */
	async change(decide: (session: Session) => readonly Change[]): Promise<void> {
		if (!this.#store) return;
		await changeSession(this.#store, ({ session }) => decide(session));
		await this.read();
	}

	async close(): Promise<void> {
		await this.#store?.close();
	}
}
