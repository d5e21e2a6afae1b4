/** The answer alone: word for word where a program reads it, without escape sequences on a terminal. */
import { clean } from "./clean.ts";
import type { Display, DisplaySetup } from "./display.ts";

export function create({ sink }: DisplaySetup): Display {
	return {
		onEvent() {},
		onDelta() {},
		onNotice() {},
		finish({ answer }) {
			if (answer === null) return;
			const text = sink.terminal ? clean(answer) : answer;
			sink.write(text.endsWith("\n") ? text : `${text}\n`);
		},
	};
}
