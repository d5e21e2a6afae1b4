import type { Recorded } from "../core/events.ts";
import type { Database } from "./driver.ts";
import { damaged, type Place } from "./failures.ts";
import { intactEvent } from "./integrity.ts";
import { understands, upcast } from "./upcast.ts";

/** Events per page. An open iterator would keep the write-ahead log from ever being emptied; a page is read at once. */
const pageSize = 2_000;
/** The first page is short: many who read only want to know what the session was opened with. */
const firstPageSize = 32;

export type EventReader = {
	/** The next events after this number, checked: the sum of each is right and no number is missing. Empty at the end. */
	page(after: number): readonly Recorded[];
	/** What was met that a newer program must have written. */
	readonly strange: string | undefined;
};

export function createEventReader(database: Database, place: Place): EventReader {
	const select = database.prepare("SELECT seq, at, epoch, data, crc FROM event WHERE seq > ? ORDER BY seq LIMIT ?");
	let strange: string | undefined;
	return {
		page(after) {
			const events: Recorded[] = [];
			let last = after;
			for (const row of select.all(after, after === 0 ? firstPageSize : pageSize)) {
				const stored = intactEvent(row);
				const event = stored === undefined ? undefined : upcast(stored, place.id);
				if (event === undefined) {
					throw damaged(place, `event ${last + 1} is not what was written; ${intactPart(last)}`);
				}
				if (event.seq !== last + 1) {
					throw damaged(place, `event ${last + 1} is missing; ${intactPart(last)}`);
				}
				if (!understands(event.type, event.v)) {
					strange ??= `event ${event.seq} is "${event.type}" of version ${event.v}`;
				}
				events.push(event);
				last = event.seq;
			}
			return events;
		},
		get strange() {
			return strange;
		},
	};
}

function intactPart(last: number): string {
	return last === 0 ? "none before it" : `${last === 1 ? "event 1 is" : `events 1 to ${last} are`} intact`;
}
