import type { Move, Script } from "./simulated-options.ts";

/** One reply that a script plays: its moves, and where in the script it stands. */
export type Scene = { readonly index: number; readonly moves: readonly Move[] };

/**
 * Cuts a script into replies. What is said, thought, waited for or failed at belongs to the reply of the next tool call,
 * answer or vote; `together` is one reply, whatever it holds. Text at the end is a reply without a call.
 */
export function scenes(script: Script): readonly Scene[] {
	const cut: Move[][] = [];
	let current: Move[] = [];
	for (const item of script) {
		if ("together" in item) {
			cut.push([...current, ...item.together]);
			current = [];
			continue;
		}
		current.push(item);
		if ("call" in item || "answer" in item || "vote" in item) {
			cut.push(current);
			current = [];
		}
	}
	if (current.length > 0) cut.push(current);
	return cut.map((moves, index) => ({ index, moves }));
}
