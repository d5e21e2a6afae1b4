import type { Crew } from "../agents/member.ts";

/** Rings when it is time to look again. */
export class Alarm {
	readonly #clock: Crew["clock"];
	readonly #ring: () => void;
	#sleep: AbortController | undefined;
	#at = Number.POSITIVE_INFINITY;

	constructor(clock: Crew["clock"], ring: () => void) {
		this.#clock = clock;
		this.#ring = ring;
	}

	/** Rings after so long at the latest. One that rings early does no harm, so an earlier time that was set before stays. */
	set(inMs: number): void {
		const at = this.#clock.now() + inMs;
		if (at >= this.#at) return;
		this.stop();
		this.#at = at;
		const sleep = new AbortController();
		this.#sleep = sleep;
		void this.#clock.sleep(inMs, sleep.signal).then(() => {
			if (this.#sleep !== sleep) return;
			this.#sleep = undefined;
			this.#at = Number.POSITIVE_INFINITY;
			this.#ring();
		});
	}

	stop(): void {
		const sleep = this.#sleep;
		this.#sleep = undefined;
		this.#at = Number.POSITIVE_INFINITY;
		// Without a reason Node makes an error with a stack, each time.
		sleep?.abort("stopped");
	}
}
