import type { Clock } from "../backends/backend.ts";

type Sleeper = { readonly at: number; readonly wake: () => void };

/** Wall time at which a virtual clock starts unless told otherwise: a plain constant, so that two runs are equal. */
const epochMs = 1_700_000_000_000;

/**
 * A clock for simulation: as soon as nothing else is left to do, it jumps to the next sleeper. An hour of waiting takes
 * no time, and the same program on the same seed wakes everybody in the same order.
 *
 * It only knows of work that is done in promises: while a program waits for a file, a socket or a child, time runs away.
 */
export function virtualClock(wallMs = epochMs): Clock {
	let now = 0;
	let isWaking = false;
	/** Ordered by time; who went to sleep first wakes first. */
	const sleepers: Sleeper[] = [];

	function add(sleeper: Sleeper): void {
		let [low, high] = [0, sleepers.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((sleepers[middle]?.at ?? 0) <= sleeper.at) low = middle + 1;
			else high = middle;
		}
		sleepers.splice(low, 0, sleeper);
	}

	/** One sleeper at a time, each once all that the last one has set off has come to rest. */
	function wakeNext(): void {
		const next = sleepers.shift();
		isWaking = next !== undefined;
		if (!next) return;
		now = Math.max(now, next.at);
		next.wake();
		setImmediate(wakeNext);
	}

	return {
		now: () => now,
		wall: () => wallMs + now,
		sleep: (ms, signal) =>
			new Promise((resolve) => {
				if (signal?.aborted) return resolve();
				const sleeper = { at: now + Math.max(0, ms), wake };
				function wake(): void {
					signal?.removeEventListener("abort", rouse);
					resolve();
				}
				/** Who is roused leaves the queue: time must not jump to a moment that nobody waits for. */
				function rouse(): void {
					sleepers.splice(sleepers.indexOf(sleeper), 1);
					wake();
				}
				signal?.addEventListener("abort", rouse);
				add(sleeper);
				if (isWaking) return;
				isWaking = true;
				setImmediate(wakeNext);
			}),
	};
}
