/** The last lines of a run on stderr: how it ended, what it took, how to go on. Pure. */
import { oneLine } from "./clean.ts";
import type { ResultDocument } from "./result.ts";
import { count, dollars, figure, seconds } from "./words.ts";

export function summary(document: ResultDocument): readonly string[] {
	return [
		...document.warnings.map(warningLine),
		...used(document),
		...draft(document),
		...(document.resume ? [`Resume with: ${document.resume}`] : []),
	];
}

export function warningLine(text: string): string {
	return `Warning: ${oneLine(text, 400)}`;
}

function used({ usage, duration_ms, turn }: ResultDocument): readonly string[] {
	if (turn === null) return [];
	const { calls, input_tokens, cached_input_tokens, output_tokens, cost_usd, possibly_paid_twice } = usage;
	const cached = cached_input_tokens > 0 ? ` (${figure(cached_input_tokens)} cached)` : "";
	const cost = cost_usd === null ? "cost unknown" : dollars(cost_usd);
	const twice = possibly_paid_twice > 0 ? `, ${count(possibly_paid_twice, "call")} possibly paid twice` : "";
	return [
		`${seconds(duration_ms)}, ${count(calls, "model call")}, ${count(input_tokens, "token")} in${cached}, ${figure(output_tokens)} out, ${cost}${twice}.`,
	];
}

/** A draft is never the answer, but it is somebody's work. */
function draft({ draft: unfinished }: ResultDocument): readonly string[] {
	return unfinished ? [`No version was finished. The longest draft is ${unfinished.agent}'s:`, unfinished.text] : [];
}
