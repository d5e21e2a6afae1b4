import type { BackendError } from "../backends/backend.ts";

const firstMs = 1000;
const longestMs = 30_000;

/**
 * How long to wait before the same call is made again, in milliseconds; undefined if it is not worth it: the error will
 * not pass, or the waits of this assignment would exceed `limitMs`. Exponential with full jitter; what the server asks
 * for (Retry-After) is the least that is waited.
 */
export function retryDelay(
	error: BackendError,
	past: { readonly tries: number; readonly waitedMs: number },
	limitMs: number,
	random: () => number,
): number | undefined {
	if (!error.retryable) return undefined;
	const backoff = Math.min(longestMs, firstMs * 2 ** past.tries) * (0.5 + random() / 2);
	const delay = Math.round(Math.max(backoff, error.retryAfterMs ?? 0));
	return past.waitedMs + delay > limitMs ? undefined : delay;
}
