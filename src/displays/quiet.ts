/** Says only what cannot be left unsaid: why there is no answer, and how to go on. */
import { clean } from "./clean.ts";
import type { Display, DisplaySetup } from "./display.ts";

export function create({ sink }: DisplaySetup): Display {
	return {
		onEvent() {},
		onDelta() {},
		onNotice() {},
		finish({ turn, answer, outcome, agents, resume }) {
			if (turn !== null && answer === null && outcome !== "interrupted") {
				const reasons = agents.flatMap(({ id, error }) => (error === null ? [] : [`${id}: ${error}`]));
				sink.write(`No answer (${outcome}).${reasons.length > 0 ? ` ${clean(reasons.join("; "))}` : ""}\n`);
			}
			if (resume !== null) sink.write(`Resume with: ${resume}\n`);
		},
	};
}
