import { expect, test } from "vitest";
import { withRetry } from "../../src/sessions/retry.ts";

function recorder() {
	const waits: number[] = [];
	return { waits, sleep: async (ms: number) => void waits.push(ms) };
}

const passing = Object.assign(new Error("busy"), { retryable: true });

test("R36: three tries, after four and eight seconds, and then the error", async () => {
	const { waits, sleep } = recorder();
	const attempts: number[] = [];
	const failing = withRetry(
		async (attempt) => {
			attempts.push(attempt);
			throw passing;
		},
		{ sleep },
	);
	await expect(failing).rejects.toBe(passing);
	expect({ attempts, waits }).toEqual({ attempts: [1, 2, 3], waits: [4_000, 8_000] });
});

test("R36: the first success ends it", async () => {
	const { waits, sleep } = recorder();
	const work = async (attempt: number) => {
		if (attempt < 2) throw passing;
		return `on ${attempt}`;
	};
	expect(await withRetry(work, { sleep })).toBe("on 2");
	expect(waits).toEqual([4_000]);
});

test("R36: waits double up to the limit", async () => {
	const { waits, sleep } = recorder();
	await expect(withRetry(() => Promise.reject(passing), { attempts: 6, sleep, maxMs: 20_000 })).rejects.toBe(passing);
	expect(waits).toEqual([4_000, 8_000, 16_000, 20_000, 20_000]);
});

test("R36: an error that does not say that it may pass is not tried again, unless the caller knows better", async () => {
	const { waits, sleep } = recorder();
	const plain = new Error("wrong key");
	await expect(withRetry(() => Promise.reject(plain), { sleep })).rejects.toBe(plain);
	expect(waits).toEqual([]);
	await expect(withRetry(() => Promise.reject(plain), { sleep, isRetryable: () => true })).rejects.toBe(plain);
	expect(waits).toHaveLength(2);
});

test("R36: an abort ends the waiting", async () => {
	const controller = new AbortController();
	const waiting = withRetry(() => Promise.reject(passing), { signal: controller.signal });
	controller.abort();
	await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
});

test("R36: no try at all is a mistake", async () => {
	for (const attempts of [0, -1, 1.5, Number.NaN])
		await expect(withRetry(async () => 1, { attempts })).rejects.toMatchObject({ code: "usage-error" });
});
