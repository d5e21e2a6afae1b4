/**
 * One record per line: events as they are stored, live text between them, and the result document at the end. Live text is
 * left out while the reader is more than a megabyte behind; events never are.
 */

import { jsonText } from "./clean.ts";
import type { Display, DisplaySetup } from "./display.ts";

/** Version of the records' form. */
const version = 1;
const behind = 1_000_000;

export function create({ sink }: DisplaySetup): Display {
	let session: string | null = null;
	let turn: number | null = null;
	const print = (record: object) => sink.write(`${jsonText(record)}\n`);
	return {
		onEvent(record) {
			session = record.session;
			if (record.turn > 0) turn = record.turn;
			print(record);
		},
		onDelta({ agent, step, kind, text }) {
			if (sink.waiting() > behind) return;
			print({ v: version, at: Date.now(), session, turn, type: "delta", agent, step, kind, text });
		},
		onNotice() {},
		finish(document) {
			print(document);
		},
	};
}
