/** Plain lines, for logs, pipes and terminals that can do no more. */

import { clean } from "./clean.ts";
import type { Display, DisplaySetup } from "./display.ts";
import { narrate } from "./narrate.ts";
import { summary } from "./summary.ts";

export function create({ sink, verbose }: DisplaySetup): Display {
	const print = (text: string) => sink.write(`${clean(text)}\n`);
	return {
		onEvent(record, turn) {
			for (const { kind, text } of narrate(record, turn)) if (verbose || kind !== "detail") print(text);
		},
		onDelta() {},
		onNotice: print,
		finish(document) {
			for (const text of summary(document)) print(text);
		},
	};
}
