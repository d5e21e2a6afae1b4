/**
 * Signals that ask the process to stop. The first one interrupts: what is unfinished is saved, then calls and children end,
 * and the turn stays open. The next one, of whatever kind, ends the process at once.
 */
export const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export type StopSignal = (typeof stopSignals)[number];

/** Returns a function that stops listening. Must be installed before anything is started that a signal should end. */
export function watchSignals({ first, next }: { first: (signal: StopSignal) => void; next: (signal: StopSignal) => void }): () => void {
	let seen = false;
	const listeners = stopSignals.map((signal) => {
		const listener = () => {
			if (seen) return next(signal);
			seen = true;
			first(signal);
		};
		process.on(signal, listener);
		return () => process.off(signal, listener);
	});
	return () => {
		for (const stop of listeners) stop();
	};
}
