import type { Recorded } from "./events.ts";

/**
 * One thing that was said in a session: the question of a turn, what came of it, or an item that was added by hand.
 * Clearing hides all of it and popping takes back the newest; the turns themselves stay in the log.
 */
export type Spoken = { readonly kind: "question" | "answer"; readonly turn: number } | { readonly kind: "item"; readonly item: unknown };

export function evolveSpoken(spoken: readonly Spoken[], event: Recorded): readonly Spoken[] {
	switch (event.type) {
		case "turn.started":
			return [...spoken, { kind: "question", turn: event.terms.number }];
		case "turn.ended":
			// A question that was taken back while the turn was open takes its answer along.
			return spoken.some((entry) => entry.kind === "question" && entry.turn === event.turn)
				? [...spoken, { kind: "answer", turn: event.turn }]
				: spoken;
		case "items.added":
			return [...spoken, ...event.items.map((item): Spoken => ({ kind: "item", item }))];
		case "item.popped":
			return spoken.slice(0, -1);
		case "session.cleared":
			return [];
		default:
			return spoken;
	}
}

/** Who said an item, and its text; undefined for what is no message of the user or of the assistant. */
export function messageOf(item: unknown): { readonly role: "user" | "assistant"; readonly text: string } | undefined {
	if (typeof item !== "object" || item === null || !("role" in item)) return undefined;
	const { role } = item;
	if (role !== "user" && role !== "assistant") return undefined;
	const text = textIn("content" in item ? item.content : undefined);
	return text === "" ? undefined : { role, text };
}

/** A text, or the texts of a list of parts. */
function textIn(content: unknown): string {
	if (typeof content === "string") return content;
	if (!Array.isArray(content)) return "";
	return content
		.flatMap((part: unknown) =>
			typeof part === "object" && part !== null && "text" in part && typeof part.text === "string" ? [part.text] : [],
		)
		.join("\n");
}
