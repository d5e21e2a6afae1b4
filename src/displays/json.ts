/** One document when all is over. */
import type { Display, DisplaySetup } from "./display.ts";

export function create({ sink }: DisplaySetup): Display {
	return {
		onEvent() {},
		onDelta() {},
		onNotice() {},
		finish(document) {
			sink.write(`${JSON.stringify(document, null, 2)}\n`);
		},
	};
}
