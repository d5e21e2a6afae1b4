/** All the chance of one simulated world: the same seed always draws the same. */
export class Draws {
	#state: number;

	constructor(seed: number) {
		this.#state = seed >>> 0;
	}

	/** In [0, 1). (mulberry32) */
	readonly next = (): number => {
		this.#state = (this.#state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};

	/** A whole number from `low` to `high`, both included. */
	whole(low: number, high: number): number {
		return low + Math.floor(this.next() * (high - low + 1));
	}

	happens(share: number): boolean {
		return this.next() < share;
	}

	one<T>(items: readonly [T, ...T[]]): T {
		return items[this.whole(0, items.length - 1)] ?? items[0];
	}
}
