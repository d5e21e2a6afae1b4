import type { Clock } from "../backends/backend.ts";

/** The real time. */
export const systemClock: Clock = {
	now: () => performance.now(),
	wall: () => Date.now(),
	sleep: (ms, signal) =>
		new Promise((resolve) => {
			if (signal?.aborted) return resolve();
			const wake = () => {
				clearTimeout(timer);
				signal?.removeEventListener("abort", wake);
				resolve();
			};
			// Node fires at once for anything longer than 2^31 - 1 ms.
			const timer = setTimeout(wake, Math.min(ms, 2 ** 31 - 1));
			signal?.addEventListener("abort", wake);
		}),
	breath: () => new Promise((resolve) => setImmediate(resolve)),
};
