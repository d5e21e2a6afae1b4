import type { SessionStore } from "../checkpoint/log.ts";
import { understands } from "../checkpoint/upcast.ts";
import type { Recorded, SessionEvent, Unsaved } from "../core/events.ts";
import { emptySession, evolveSession } from "../core/session.ts";
import { SessionError } from "../errors.ts";
import { importMessages } from "./export.ts";
import { isItem } from "./items.ts";

/** What an import holds: the events of a whole session, or only its messages. */
export type Imported = { readonly kind: "session" | "messages"; readonly events: readonly Unsaved[]; readonly id: string | undefined };

/** Reads what was exported here or elsewhere, and checks all of it. Throws `SessionError`, naming what is wrong. */
export function readImport(text: string, now: number): Imported {
	const whole = wholeSession(text);
	if (whole) return whole;
	const items = importMessages(text);
	const opened: SessionEvent = { type: "session.opened", config: {}, aliases: {} };
	const events: readonly SessionEvent[] = items.length === 0 ? [opened] : [opened, { type: "items.added", items }];
	return { kind: "messages", id: undefined, events: events.map((event) => ({ at: now, turn: 0, attempt: 0, ...event })) };
}

/** Writes it into an empty log, all or nothing. */
export async function writeImport(store: SessionStore, { events }: Imported): Promise<void> {
	const lease = await store.acquire();
	try {
		if (lease.seq > 0) {
			throw new SessionError("already_exists", `Session ${store.id} holds something already.`, {
				sessionId: store.id,
				hint: "Import under another id, or with --overwrite.",
			});
		}
		await lease.append(events);
	} finally {
		await lease.release();
	}
}

function wholeSession(text: string): Imported | undefined {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return undefined;
	}
	if (!isItem(value) || !Array.isArray(value.events)) return undefined;
	const events = value.events.map((event: unknown, index) => eventFrom(event, index + 1));
	if (events[0]?.type !== "session.opened") throw unusable("its first event does not open a session");
	try {
		// Whatever a fold would stumble over later is found now.
		events.reduce((session, event, index) => evolveSession(session, recorded(event, index + 1)), emptySession);
	} catch (cause) {
		throw unusable(`its events make no session: ${cause instanceof Error ? cause.message : String(cause)}`);
	}
	return { kind: "session", events, id: typeof value.session_id === "string" ? value.session_id : undefined };
}

function eventFrom(value: unknown, number: number): Unsaved {
	if (!isItem(value)) throw unusable(`event ${number} is no object`);
	const { v, seq: _seq, epoch: _epoch, session: _session, ...event } = value;
	const { type, at, turn, attempt } = event;
	if (typeof type !== "string" || typeof at !== "number" || !isCount(turn) || !isCount(attempt))
		throw unusable(`event ${number} lacks its type, time, turn or attempt`);
	if (typeof v !== "number" || !understands(type, v)) {
		throw new SessionError("session_newer", `Event ${number} (${type}) was written by a newer version.`, {
			hint: "Import it with that version.",
		});
	}
	return event as unknown as Unsaved;
}

function recorded(event: Unsaved, seq: number): Recorded {
	return { ...event, v: 1, seq, epoch: 1, session: "" };
}

function isCount(value: unknown): boolean {
	return Number.isSafeInteger(value) && Number(value) >= 0;
}

function unusable(problem: string): SessionError {
	return new SessionError("invalid_request", `This cannot be imported: ${problem}.`, {
		hint: "It looks like a whole session, but is none. Export it anew with `massgen sessions export ID --full`.",
	});
}
