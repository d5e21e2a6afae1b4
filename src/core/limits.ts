import type { Event } from "./events.ts";
import { isOver } from "./queries.ts";
import { budgetUsed } from "./spending.ts";
import type { LimitKind, Turn } from "./types.ts";

/** Part of the budget after which no new answers are asked for. */
const softPart = 0.8;

/** Each limit is reached once; time may still run out while the last calls of a spent budget finish. */
export function reachLimit(turn: Turn, kind: LimitKind, hard: boolean): readonly Event[] {
	const isNews =
		hard && kind !== "user" ? turn.hard !== kind && turn.hard !== "time" : turn.hard === undefined && !turn.warned.includes(kind);
	return isNews ? [{ type: "limit.reached", kind, hard: hard && kind !== "user" }] : [];
}

/** The budget's soft limit, by what was paid or may have been: what open calls may cost at most is no reason to hurry. */
export function warnings(turn: Turn): readonly Event[] {
	return isOver(turn) || turn.warned.includes("budget") || budgetUsed(turn, "spent") < softPart ? [] : reachLimit(turn, "budget", false);
}
