/** One document when all is over. */

import { jsonText } from "./clean.ts";
import type { Display, DisplaySetup } from "./display.ts";

export function create({ sink }: DisplaySetup): Display {
	return {
		onEvent() {},
		onDelta() {},
		onNotice() {},
		finish(document) {
			sink.write(`${jsonText(document, 2)}\n`);
		},
	};
}
