import * as z from "zod";
import { isRecord, snakeKeys } from "./keys.ts";

/** How fast one backend may be asked, by all agents of a process together. What is absent is not limited. */
export type RateLimit = {
	readonly concurrent?: number;
	readonly requestsPerMinute?: number;
	readonly requestsPerDay?: number;
	readonly tokensPerMinute?: number;
	readonly tokensPerDay?: number;
};

/** By backend; `default` is for those without a row. */
export type RateLimits = Readonly<Record<string, RateLimit>>;

const count = z.number().positive().optional();

/** A row of `configs/rate_limits.yaml`, or of `rate_limits` in a configuration. The short names are MassGen's. */
export const rateLimitSchema = z.strictObject({
	concurrent: z.int().min(1).optional(),
	requests_per_minute: count,
	requests_per_day: count,
	tokens_per_minute: count,
	tokens_per_day: count,
	rpm: count,
	rpd: count,
	tpm: count,
	tpd: count,
});

/** The limits that hold: the shipped rows, and the user's in their place. Without `rates` only how many at a time is taken from the shipped ones. */
export function rateLimits(shipped: unknown, user: unknown, { rates }: { readonly rates: boolean }): RateLimits {
	const known = Object.entries(rows(shipped)).map(([name, limit]) => [name, rates ? limit : concurrency(limit)] as const);
	return { ...Object.fromEntries(known), ...rows(user) };
}

function concurrency({ concurrent }: RateLimit): RateLimit {
	return concurrent === undefined ? {} : { concurrent };
}

function rows(value: unknown): RateLimits {
	if (!isRecord(value)) return {};
	return Object.fromEntries(
		Object.entries(value).map(([name, row]) => [name, limit(rateLimitSchema.parse(isRecord(row) ? snakeKeys(row) : row))]),
	);
}

function limit(row: z.infer<typeof rateLimitSchema>): RateLimit {
	const found = {
		concurrent: row.concurrent,
		requestsPerMinute: row.requests_per_minute ?? row.rpm,
		requestsPerDay: row.requests_per_day ?? row.rpd,
		tokensPerMinute: row.tokens_per_minute ?? row.tpm,
		tokensPerDay: row.tokens_per_day ?? row.tpd,
	};
	return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** A call that was begun, and what it took. */
type Spent = { readonly at: number; tokens: number };

const minute = 60_000;
const day = 24 * 60 * minute;

/** What was begun within the last day, so that rates can be kept. Times are of a monotonic clock. */
export class RateWindow {
	readonly #limit: RateLimit;
	#spent: Spent[] = [];

	constructor(limit: RateLimit) {
		this.#limit = limit;
	}

	/** Whether the size of a call matters. */
	get countsTokens(): boolean {
		return this.#limit.tokensPerMinute !== undefined || this.#limit.tokensPerDay !== undefined;
	}

	/** How long a call of this size has to wait, and for what; 0 if it may go. */
	wait(tokens: number, now: number): { readonly ms: number; readonly why: string } {
		const { requestsPerMinute, requestsPerDay, tokensPerMinute, tokensPerDay } = this.#limit;
		const waits = [
			{ ms: this.#until(requestsPerMinute, minute, 1, now, () => 1), why: `${requestsPerMinute} requests per minute` },
			{ ms: this.#until(requestsPerDay, day, 1, now, () => 1), why: `${requestsPerDay} requests per day` },
			{ ms: this.#until(tokensPerMinute, minute, tokens, now, (spent) => spent.tokens), why: `${tokensPerMinute} tokens per minute` },
			{ ms: this.#until(tokensPerDay, day, tokens, now, (spent) => spent.tokens), why: `${tokensPerDay} tokens per day` },
		];
		return waits.reduce((longest, wait) => (wait.ms > longest.ms ? wait : longest));
	}

	/** Counts a call; the answer corrects its tokens once they are known. */
	begin(tokens: number, now: number): (tokens: number) => void {
		const spent = { at: now, tokens };
		if (!this.countsTokens && this.#limit.requestsPerMinute === undefined && this.#limit.requestsPerDay === undefined) return () => {};
		const oldest = now - (this.#limit.requestsPerDay || this.#limit.tokensPerDay ? day : minute);
		this.#spent = this.#spent.filter(({ at }) => at > oldest);
		this.#spent.push(spent);
		return (real) => {
			spent.tokens = real;
		};
	}

	/** Until enough of what was begun within `windowMs` is older than that. What is larger than the limit goes alone. */
	#until(limit: number | undefined, windowMs: number, size: number, now: number, sizeOf: (spent: Spent) => number): number {
		if (limit === undefined) return 0;
		const inside = this.#spent.filter(({ at }) => at > now - windowMs);
		let used = inside.reduce((sum, spent) => sum + sizeOf(spent), 0);
		for (const spent of inside) {
			if (used + size <= limit) return inside[0] === spent ? 0 : this.#leaves(inside, spent, windowMs, now);
			used -= sizeOf(spent);
		}
		const last = inside.at(-1);
		return last === undefined ? 0 : last.at + windowMs - now;
	}

	/** When the one before `spent` has left the window. */
	#leaves(inside: readonly Spent[], spent: Spent, windowMs: number, now: number): number {
		const before = inside[inside.indexOf(spent) - 1];
		return before === undefined ? 0 : before.at + windowMs - now;
	}
}
