import type { Recorded, Unsaved } from "../core/events.ts";
import { currentVersion, serialise } from "./upcast.ts";

/** Where the log stands: number and time of its last event, and the lease under which the next ones are written. */
export type Position = { readonly session: string; readonly epoch: number; readonly seq: number; readonly at: number };

/** The events with their envelopes, and the text of each as it is stored. Times do not go back, whatever the clock does. */
export function record(events: readonly Unsaved[], position: Position): readonly (readonly [Recorded, string])[] {
	let { seq, at } = position;
	return events.map((event) => {
		seq++;
		at = Math.max(Math.floor(event.at), at);
		return [{ ...event, v: currentVersion, seq, at, epoch: position.epoch, session: position.session }, serialise(event)];
	});
}
