import type { SessionStore } from "../checkpoint/log.ts";
import { createMemoryStore } from "../checkpoint/memory.ts";
import { createSession, openSession } from "../checkpoint/session-directory.ts";
import { CorruptSessionError, SessionError } from "../errors.ts";
import { sessionWithId } from "../sessions/locate.ts";
import type { SessionObject } from "./remembering.ts";
import { placesOf, type TeamOptions } from "./team.ts";

export type SessionChoice = {
	/**
	 * Continued if it exists, else created. Without it: a new one, `api_session_YYYYMMDD_HHMMSS`. Or an object with the methods
	 * of the OpenAI Agents SDK's `Session`: it is what is remembered then, and nothing else is written.
	 */
	readonly session?: string | SessionObject;
	/** Keep it in memory: nothing is written, nothing can be resumed. */
	readonly inMemory?: boolean;
};

/** Opens or makes the session; it must be closed by the caller. */
export async function sessionFor({ session, inMemory, ...options }: SessionChoice & TeamOptions): Promise<SessionStore> {
	if (typeof session === "object") return createMemoryStore(await session.getSessionId());
	if (inMemory) return createMemoryStore(session ?? stamp());
	const { cwd, home } = placesOf(options);
	const found = session === undefined ? undefined : sessionWithId(session, { here: cwd, home });
	if (found) return openSession(found.directory);
	if (session !== undefined) return createSession(cwd, { home, id: session });
	for (let number = 1; ; number++) {
		const id = number === 1 ? stamp() : `${stamp()}_${number}`;
		try {
			return await createSession(cwd, { home, id });
		} catch (error) {
			if (!(error instanceof SessionError && error.code === "session_exists")) throw error;
		}
	}
}

/** What the session was opened with; undefined if it is new. */
export async function storedConfig(store: SessionStore): Promise<Readonly<Record<string, unknown>> | undefined> {
	for await (const [first] of store.read()) {
		if (first?.type === "session.opened") return first.config;
		throw new CorruptSessionError(store.directory ?? store.id, "it does not say which team it belongs to.", { sessionId: store.id });
	}
	return undefined;
}

function stamp(): string {
	const [day = "", time = ""] = new Date().toISOString().split("T");
	return `api_session_${day.replaceAll("-", "")}_${time.slice(0, 8).replaceAll(":", "")}`;
}
