/** A queue that many write to and one reads, everything that has arrived at a time. */
export class Inbox<T> {
	#items: T[] = [];
	#wake: (() => void) | undefined;
	#isRung = false;

	push(item: T): void {
		this.#items.push(item);
		this.ring();
	}

	/** Wakes the reader although nothing has arrived: time has passed. */
	ring(): void {
		this.#isRung = true;
		this.#wake?.();
	}

	/** What has arrived since the last time; waits until there is something, or somebody rings. */
	async take(): Promise<readonly T[]> {
		if (!this.#isRung) await new Promise<void>((resolve) => (this.#wake = resolve));
		return this.drain();
	}

	/** What has arrived since the last time, which may be nothing. */
	drain(): readonly T[] {
		this.#wake = undefined;
		this.#isRung = false;
		const items = this.#items;
		this.#items = [];
		return items;
	}
}
