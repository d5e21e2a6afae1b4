import type { Event, Recorded, Unsaved } from "../core/events.ts";
import type { StoredEvent } from "./integrity.ts";

/** Version of the form in which events are written. Raised when the meaning of a stored field changes; `upcast` then turns old ones into new ones. */
export const currentVersion = 1;

/** Every type of event this program knows. The compiler refuses it as soon as the core has one that is missing here. */
const known: Readonly<Record<Event["type"], true>> = {
	"session.opened": true,
	"session.renamed": true,
	"session.cleared": true,
	"session.closed": true,
	"aliases.added": true,
	"items.added": true,
	"item.popped": true,
	"turn.started": true,
	"message.added": true,
	"turn.interrupted": true,
	"turn.resumed": true,
	"limits.changed": true,
	"limit.reached": true,
	"turn.ended": true,
	"attempt.started": true,
	"round.opened": true,
	"winner.chosen": true,
	"answer.rewritten": true,
	"review.given": true,
	"agent.retired": true,
	"assignment.started": true,
	"assignment.bookmarked": true,
	"assignment.closing": true,
	"assignment.ended": true,
	"step.started": true,
	"step.completed": true,
	"step.rejected": true,
	"step.failed": true,
	"draft.saved": true,
	"process.started": true,
	"process.ended": true,
	"tool.started": true,
	"tool.completed": true,
	"answer.submitted": true,
	"vote.cast": true,
	"files.apply-started": true,
	"files.applied": true,
	"conversation.compacted": true,
};

export const knownEventTypes: ReadonlySet<string> = new Set(Object.keys(known));

/** Whether this program may go on with a log that holds such an event; one that it may not, it may still show. */
export function understands(type: string, version: number): boolean {
	return knownEventTypes.has(type) && version <= currentVersion;
}

/** The text that is stored for an event: `type` first, so that types can be found without parsing. */
export function serialise(event: Unsaved): string {
	const { type, turn, attempt, at: _, ...rest } = event;
	return JSON.stringify({ type, v: currentVersion, turn, attempt, ...rest });
}

/** A stored event in its current form, or undefined if its text is not one. Version 1 is the first: nothing to convert. */
export function upcast(stored: StoredEvent, session: string): Recorded | undefined {
	const data = parseObject(stored.data);
	if (typeof data?.type !== "string" || typeof data.v !== "number" || typeof data.turn !== "number" || typeof data.attempt !== "number") {
		return undefined;
	}
	// The checksum proves that a program like this one wrote it. A type from the future stays what it is: folds ignore it.
	return Object.assign(data, { seq: stored.seq, at: stored.at, epoch: stored.epoch, session }) as unknown as Recorded;
}

function parseObject(text: string): Record<string, unknown> | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
	} catch {
		return undefined;
	}
}
