import { setTimeout as delay } from "node:timers/promises";
import type { SessionStore } from "../checkpoint/log.ts";
import { writeTurnFiles } from "../checkpoint/partial.ts";
import { decide } from "../core/decide.ts";
import { openTurn } from "../core/session.ts";
import { protocolNamed } from "../protocols/registry.ts";
import { closeLog, readLog } from "./opening.ts";

const pollMs = 50;

/** Ends whatever is open in a session as cancelled: through the process that drives it, or, if none does, at once. */
export async function cancelIn(store: SessionStore, why: string): Promise<void> {
	while ((await store.holder()) !== undefined) {
		const number = await store.request({ type: "cancel", why });
		// A holder answers every request; one that dies leaves it unanswered.
		while ((await store.holder()) !== undefined && (await store.answer(number)) === undefined) await delay(pollMs);
		if ((await store.answer(number)) !== undefined) return;
	}
	const { session } = await readLog(store);
	const open = openTurn(session)?.turn;
	if (open) await endTurn(store, why);
	else if (session.turns.length === 0 && !session.isClosed) await closeLog(store);
}

/** Nobody drives the turn: the fact is written by whoever wants it ended. */
async function endTurn(store: SessionStore, why: string): Promise<void> {
	const lease = await store.acquire();
	try {
		const { session } = await readLog(store);
		const open = openTurn(session)?.turn;
		const protocol = open && protocolNamed(open.protocol)?.decide;
		if (!open || !protocol) return;
		const events = decide(open, { type: "cancel", why }, protocol);
		await lease.append(events.map((event) => ({ at: Date.now(), turn: open.number, attempt: open.attempt, ...event })));
		if (store.directory !== undefined) await writeTurnFiles(store.directory, (await readLog(store)).session);
	} finally {
		await lease.release();
	}
}
