/** Changes that a user makes to a session between its turns. Each is an event: nothing is ever deleted from the log. */
import type { Event } from "../core/events.ts";
import { end } from "../core/follow-ups.ts";
import { openTurn, type Session } from "../core/session.ts";
import { messageOf, type Spoken } from "../core/spoken.ts";
import { SessionError } from "../errors.ts";
import { historyItems } from "./history.ts";
import { type Change, ofSession } from "./reading.ts";

/** Ends the open turn for good. What it has brought stays, and later turns are told of it. */
export function cancelOpen(session: Session, why: string): readonly Change[] {
	const open = openTurn(session)?.turn;
	if (!open) return [];
	return end(open, "cancelled", why).map((event) => ({ turn: open.number, attempt: open.attempt, event }));
}

/** Hides everything so far from later turns. An open turn ends: it would come back with all that was cleared. */
export function clear(session: Session): readonly Change[] {
	return [...cancelOpen(session, "the conversation was cleared"), ofSession({ type: "session.cleared" })];
}

/** Takes back the last questions with all that followed them, as many as there are. */
export function undo(session: Session, questions: number): readonly Change[] {
	const cancelled = cancelOpen(session, "the question was taken back");
	const pops = afterQuestion(session.spoken, questions) + (cancelled.length > 0 ? 1 : 0);
	return [...cancelled, ...Array.from({ length: pops }, () => ofSession({ type: "item.popped" }))];
}

/** How many questions can be taken back. */
export function questionsIn(session: Session): number {
	return session.spoken.filter(isQuestion).length;
}

/** Hides all but the newest messages, never an answer without its question. */
export function trim(session: Session, keep: number): readonly Change[] {
	const { spoken } = session;
	if (openTurn(session)) throw stillOpen(session, "trimmed");
	const from = spoken.findIndex((entry, index) => index >= spoken.length - keep && isQuestion(entry));
	if (from === 0 || spoken.length === 0) return [];
	// What is kept is said again after the mark, as it was.
	const items = from === -1 ? [] : historyItems(session).slice(from);
	const again: readonly Event[] = items.length === 0 ? [] : [{ type: "items.added", items }];
	return [{ type: "session.cleared" } as const, ...again].map(ofSession);
}

/** A name to find it by; it needs not be unique. */
export function rename(name: string): readonly Change[] {
	const text = name.trim();
	if (text === "" || text.length > 200 || /\p{Cc}/u.test(text)) {
		throw new SessionError("invalid_request", "A name is one line of at most 200 characters.", { hint: "massgen sessions rename ID NAME" });
	}
	return [ofSession({ type: "session.renamed", name: text })];
}

function isQuestion(entry: Spoken): boolean {
	return entry.kind === "question" || (entry.kind === "item" && messageOf(entry.item)?.role === "user");
}

/** Number of entries from the n-th last question on. */
function afterQuestion(spoken: readonly Spoken[], questions: number): number {
	const at = spoken.flatMap((entry, index) => (isQuestion(entry) ? [index] : []));
	const from = at.at(-questions) ?? at[0];
	return from === undefined ? 0 : spoken.length - from;
}

function stillOpen(session: Session, done: string): SessionError {
	return new SessionError("session_open", `Session ${session.id} has an open turn; it cannot be ${done} now.`, {
		sessionId: session.id,
		hint: `Go on with it (massgen --resume ${session.id}) or end it (massgen sessions cancel ${session.id}).`,
	});
}
