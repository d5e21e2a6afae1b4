/** What the user should know about a turn that ended well. Pure. */
import { spentBy } from "../core/spending.ts";
import type { Turn } from "../core/types.ts";
import { oneLine } from "./clean.ts";
import { count, list } from "./words.ts";

export function turnWarnings(turn: Turn): readonly string[] {
	const retired = Object.entries(turn.retired);
	const everybody = retired.length === turn.agents.length && turn.decision !== undefined;
	const twice = spentBy(turn).possiblyPaidTwice;
	return [
		...(everybody ? [`No agent was left (${list(retired.map(([id]) => id))}), so the ranking of what they had written decided.`] : []),
		...retired.map(([id, why]) => `${id} dropped out: ${oneLine(why)}`),
		...(twice > 0
			? [
					`${count(twice, "model call")} may have been paid twice, because ${twice === 1 ? "it was" : "they were"} stopped in the middle and made again.`,
				]
			: []),
	];
}
