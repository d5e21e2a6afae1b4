/** Plain lines, for logs, pipes and terminals that can do no more. */

import { clean } from "./clean.ts";
import type { Display, DisplaySetup } from "./display.ts";
import { narrate } from "./narrate.ts";
import { summary } from "./summary.ts";

export function create({ sink, verbose }: DisplaySetup): Display {
	const print = (text: string) => sink.write(`${clean(text)}\n`);
	/** Reasons to wait that were told of in this round: all agents of a server wait for the same. */
	const told = new Set<string>();
	return {
		onEvent(record, turn) {
			if (record.type === "round.opened") told.clear();
			for (const { kind, text } of narrate(record, turn)) if (verbose || kind !== "detail") print(text);
		},
		onDelta({ agent, kind, text }) {
			const reason = text.replace(/\d+ (s|min|h)\b/, "");
			if (kind !== "waiting" || told.has(reason)) return;
			told.add(reason);
			print(`${agent}: ${text}`);
		},
		onNotice: print,
		finish(document) {
			for (const text of summary(document)) print(text);
		},
	};
}
