import type { Recorded } from "../core/events.ts";
import { pastOf, type Session } from "../core/session.ts";

/** Changes that were made to a session's items, by id, since it was last cleared. */
export type Operations = Readonly<Record<string, string>>;

export function evolveOperations(operations: Operations, event: Recorded): Operations {
	if (event.type === "session.cleared") return {};
	if (event.type !== "items.added" || event.operation === undefined) return operations;
	return { ...operations, [event.operation.id]: event.operation.fingerprint };
}

/**
 * A session as one list of items: the questions and answers of its turns, and what was added by hand between them. Oldest
 * first. A turn that ended without a decision answers with all that it has brought.
 */
export function historyItems(session: Session): unknown[] {
	return session.spoken.map((entry) => {
		if (entry.kind === "item") return entry.item;
		const [told] = pastOf({ ...session, spoken: [entry] });
		return entry.kind === "question" ? { role: "user", content: told?.question ?? "" } : { role: "assistant", content: told?.answer ?? "" };
	});
}
