import type { Recorded } from "../core/events.ts";
import { pastOf, type Session } from "../core/session.ts";

/**
 * A session as one list of items: the questions and answers of its turns, and what was added by hand between them.
 * Oldest first. Clearing hides all of it, popping takes back one; the turns themselves stay in the log.
 */
export type History = {
	readonly entries: readonly HistoryEntry[];
	/** Changes that were made, by id, since the session was last cleared. */
	readonly operations: Readonly<Record<string, string>>;
};

export type HistoryEntry =
	| { readonly kind: "question" | "answer"; readonly turn: number }
	| { readonly kind: "item"; readonly item: unknown };

export const emptyHistory: History = { entries: [], operations: {} };

export function evolveHistory(history: History, event: Recorded): History {
	const { entries, operations } = history;
	switch (event.type) {
		case "turn.started":
			return { ...history, entries: [...entries, { kind: "question", turn: event.terms.number }] };
		case "turn.ended":
			return { ...history, entries: [...entries, { kind: "answer", turn: event.turn }] };
		case "items.added": {
			const added = event.items.map((item): HistoryEntry => ({ kind: "item", item }));
			const known = event.operation === undefined ? operations : { ...operations, [event.operation.id]: event.operation.fingerprint };
			return { entries: [...entries, ...added], operations: known };
		}
		case "item.popped":
			return { ...history, entries: entries.slice(0, -1) };
		case "session.cleared":
			return emptyHistory;
		default:
			return history;
	}
}

/** The entries as messages and items. A turn that ended without a decision answers with all that it has brought. */
export function historyItems(history: History, session: Session): unknown[] {
	const shown = session.turns.filter(({ turn }) => turn.number > session.clearedUpTo);
	const past = new Map(pastOf(session).map((each, index) => [shown[index]?.turn.number, each]));
	return history.entries.map((entry) => {
		if (entry.kind === "item") return entry.item;
		const told = past.get(entry.turn);
		return entry.kind === "question" ? { role: "user", content: told?.question ?? "" } : { role: "assistant", content: told?.answer ?? "" };
	});
}
