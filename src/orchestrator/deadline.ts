import type { Command, Recorded } from "../core/events.ts";
import type { Assignment, Turn } from "../core/types.ts";

/** Part of the time after which no new answers are asked for. */
const softPart = 0.8;

/**
 * The clock of one turn: a fold of its events. It runs only while a process drives the turn, so a night in between does
 * not count. From it follow all time limits: what is due now, and when to look again.
 */
export class Deadline {
	#drivenMs = 0;
	#last: { at: number; epoch: number } | undefined;
	/** When assignments started and were told to submit, in driven time. */
	readonly #started = new Map<string, number>();
	readonly #urged = new Map<string, number>();

	/** From here on this process drives the turn: whatever lies between the last event and now does not count. */
	begin(at: number, epoch: number): void {
		this.#last = { at, epoch };
	}

	see(event: Recorded): void {
		const isGap = event.type === "turn.started" || event.type === "turn.resumed" || event.epoch !== this.#last?.epoch;
		if (!isGap && this.#last) this.#drivenMs += Math.max(0, event.at - this.#last.at);
		this.#last = { at: event.at, epoch: event.epoch };
		if (event.type === "assignment.started") this.#started.set(event.assignment, this.#drivenMs);
		if (event.type === "assignment.closing") this.#urged.set(event.assignment, this.#drivenMs);
	}

	/** Driven time of the turn at a moment of this process. */
	driven(at: number): number {
		return this.#drivenMs + (this.#last ? Math.max(0, at - this.#last.at) : 0);
	}

	/** What time demands now, and how long until it may demand more. */
	demands(turn: Turn, at: number): { readonly commands: readonly Command[]; readonly againInMs: number | undefined } {
		if (turn.interrupted) return { commands: [], againInMs: undefined };
		const now = this.driven(at);
		const timers = [...this.#ofTurn(turn), ...turn.open.flatMap((assignment) => this.#ofAssignment(turn, assignment, now))];
		const waits = turn.open.flatMap(({ notBefore }) => (notBefore !== undefined && notBefore > at ? [notBefore - at] : []));
		const later = [...timers.filter(({ due }) => due > now).map(({ due }) => due - now), ...waits];
		return {
			commands: timers.filter(({ due }) => due <= now).map(({ command }) => command),
			againInMs: later.length === 0 ? undefined : Math.min(...later),
		};
	}

	#ofTurn(turn: Turn): Timer[] {
		const { timeMs } = turn.limits;
		// Time may still run out while the last calls of a spent budget finish.
		if (timeMs === undefined || turn.hard === "time") return [];
		const isWarned = turn.hard !== undefined || turn.warned.includes("time");
		const soft: Timer[] = isWarned ? [] : [{ due: timeMs * softPart, command: { type: "reach-limit", kind: "time", hard: false } }];
		return [...soft, { due: timeMs, command: { type: "reach-limit", kind: "time", hard: true } }];
	}

	/** An assignment is told to submit at its own limit, or when the turn closes and there is a version already; then it has the grace. */
	#ofAssignment(turn: Turn, assignment: Assignment, now: number): Timer[] {
		const { id, round, urged, task } = assignment;
		if (urged) {
			const since = this.#urged.get(id) ?? now;
			return [{ due: since + grace(turn, since), command: { type: "time-out", assignment: id } }];
		}
		const limit = round === 1 ? turn.limits.firstRoundMs : turn.limits.laterRoundMs;
		const own: Timer[] =
			limit === undefined ? [] : [{ due: (this.#started.get(id) ?? now) + limit, command: { type: "urge", assignment: id } }];
		const mayWrite = task === "answer" || task === "answer-or-vote";
		const closes = turn.closing !== undefined && turn.answers.length > 0 && mayWrite;
		return closes ? [...own, { due: now, command: { type: "urge", assignment: id } }] : own;
	}
}

/** While the turn closes, the grace leaves half of what was left for the votes. */
function grace(turn: Turn, since: number): number {
	const { graceMs, timeMs } = turn.limits;
	return turn.closing && timeMs !== undefined ? Math.min(graceMs, Math.max(0, timeMs - since) / 2) : graceMs;
}

type Timer = { readonly due: number; readonly command: Command };
