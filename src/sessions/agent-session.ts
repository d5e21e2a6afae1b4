import { checkSessionId } from "./ids.ts";

/** A message in a session: a role, what was said, and whatever else its writer put there. */
export type SessionMessage = { readonly role: string; readonly content?: unknown; readonly [key: string]: unknown };

/** A named conversation as a program holds it: what `agent.getSession(id)` gives. `SessionManager` saves its messages. */
export class AgentSession {
	readonly sessionId: string;
	/** Yours to read and to replace, for example by what `loadSession` returned. */
	messages: SessionMessage[];
	readonly metadata: Record<string, unknown> = {};
	readonly createdAt: Date;
	#lastActivity: Date;
	readonly #now: () => Date;

	/** Starts with the words of the system, if it is given any. */
	constructor(sessionId: string, system?: string, now: () => Date = () => new Date()) {
		this.sessionId = checkSessionId(sessionId);
		this.messages = system === undefined ? [] : [{ role: "system", content: system }];
		this.#now = now;
		this.createdAt = now();
		this.#lastActivity = this.createdAt;
	}

	get lastActivity(): Date {
		return this.#lastActivity;
	}

	addMessage(message: SessionMessage): void {
		if (typeof message !== "object" || message === null || typeof message.role !== "string") {
			throw new TypeError('A message needs a role, as in {"role": "user", "content": "Hello"}.');
		}
		this.messages.push(message);
		this.#touch();
	}

	/** Keeps only what the system said, or nothing at all. */
	clearHistory(options: { readonly keepSystem?: boolean } = {}): void {
		this.messages = options.keepSystem === false ? [] : this.messages.filter((message) => message.role === "system");
		this.#touch();
	}

	/** Activity moves forward, whatever the clock does. */
	#touch(): void {
		const now = this.#now();
		this.#lastActivity = now > this.#lastActivity ? now : new Date(this.#lastActivity.getTime() + 1);
	}
}
