import { setTimeout as delay } from "node:timers/promises";
import { UsageError } from "../errors.ts";

export type RetryOptions = {
	/** Tries in all. */
	readonly attempts?: number;
	/** Before the second try; doubled before each later one, up to `maxMs`. */
	readonly minMs?: number;
	readonly maxMs?: number;
	/** Which errors may pass by themselves. By default those that say so: `retryable: true`. */
	readonly isRetryable?: (error: unknown) => boolean;
	readonly signal?: AbortSignal;
	/** Waits; resolves early or rejects if the signal aborts. */
	readonly sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
};

/** Runs `work`, and again if it fails with an error that may pass: 3 times by default, after 4, 8 ... at most 60 seconds. */
export async function withRetry<T>(work: (attempt: number) => Promise<T>, options: RetryOptions = {}): Promise<T> {
	const { attempts = 3, minMs = 4_000, maxMs = 60_000, isRetryable = saysRetryable, signal, sleep = wait } = options;
	if (!Number.isInteger(attempts) || attempts < 1) throw new UsageError(`withRetry: attempts is ${attempts}; give a whole number from 1.`);
	for (let attempt = 1; ; attempt++) {
		signal?.throwIfAborted();
		try {
			return await work(attempt);
		} catch (error) {
			if (attempt >= attempts || !isRetryable(error)) throw error;
		}
		await sleep(Math.min(minMs * 2 ** (attempt - 1), maxMs), signal);
	}
}

function saysRetryable(error: unknown): boolean {
	return typeof error === "object" && error !== null && "retryable" in error && error.retryable === true;
}

async function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
	await delay(ms, undefined, signal === undefined ? {} : { signal });
}
