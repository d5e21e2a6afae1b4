/** Wakes those who wait for the next append in this process. */
export type Bell = {
	/** Appends so far. */
	readonly count: number;
	ring(): void;
	/** Resolves at the next ring, when the signal aborts, or after this time. Never rejects. */
	wait(signal: AbortSignal, atMostMs?: number): Promise<void>;
};

export function createBell(): Bell {
	const waiting = new Set<() => void>();
	let count = 0;
	return {
		get count() {
			return count;
		},
		ring() {
			count++;
			for (const wake of [...waiting]) {
				wake();
			}
		},
		wait(signal, atMostMs) {
			return new Promise((resolve) => {
				const wake = () => {
					clearTimeout(timer);
					waiting.delete(wake);
					signal.removeEventListener("abort", wake);
					resolve();
				};
				const timer = atMostMs === undefined ? undefined : setTimeout(wake, atMostMs);
				waiting.add(wake);
				signal.addEventListener("abort", wake, { once: true });
			});
		},
	};
}
