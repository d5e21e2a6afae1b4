import type { BackendError } from "../backends/backend.ts";

const firstMs = 1000;
const longestMs = 30_000;
const spreadMs = 1000;

/**
 * How long to wait before the same call is made again, in milliseconds; undefined if it is not worth it: the error will
 * not pass, or the waits of this assignment would exceed `limitMs`. Exponential, half of it drawn; what the server asks
 * for (Retry-After) is the least that is waited, and a little more, so that not everybody comes back at the same moment.
 */
export function retryDelay(
	error: BackendError,
	past: { readonly tries: number; readonly waitedMs: number },
	limitMs: number,
	random: () => number,
): number | undefined {
	if (!error.retryable) return undefined;
	const backoff = Math.min(longestMs, firstMs * 2 ** past.tries) * (0.5 + random() / 2);
	const { retryAfterMs = 0 } = error;
	const asked = retryAfterMs + random() * Math.min(spreadMs, retryAfterMs / 10);
	const delay = Math.round(Math.max(backoff, asked));
	return past.waitedMs + delay > limitMs ? undefined : delay;
}
