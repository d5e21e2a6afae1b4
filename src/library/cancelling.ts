import { setTimeout as delay } from "node:timers/promises";
import type { SessionStore } from "../checkpoint/log.ts";
import { openTurn } from "../core/session.ts";
import { SessionBusyError } from "../errors.ts";
import { cancelOpen } from "../sessions/changes.ts";
import { changeSession, ofSession } from "../sessions/reading.ts";

const pollMs = 50;

/** Ends whatever is open in a session as cancelled: through the process that drives it, or, if none does, at once. */
export async function cancelIn(store: SessionStore, why: string): Promise<void> {
	for (;;) {
		if (await cancelledByHolder(store, why)) return;
		try {
			await changeSession(store, ({ session }) => {
				if (openTurn(session)) return cancelOpen(session, why);
				// It has not begun: nothing will.
				return session.turns.length === 0 && !session.isClosed ? [ofSession({ type: "session.closed" })] : [];
			});
			return;
		} catch (error) {
			// Somebody has begun to work on it just now.
			if (!(error instanceof SessionBusyError)) throw error;
		}
	}
}

/** Whoever drives a session answers every request; one that dies leaves it unanswered. */
async function cancelledByHolder(store: SessionStore, why: string): Promise<boolean> {
	if ((await store.holder()) === undefined) return false;
	const number = await store.request({ type: "cancel", why });
	while ((await store.holder()) !== undefined && (await store.answer(number)) === undefined) await delay(pollMs);
	return (await store.answer(number)) !== undefined;
}
