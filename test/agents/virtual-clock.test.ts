import { expect, test } from "vitest";
import { virtualClock } from "../../src/agents/virtual-clock.ts";

test("time jumps from sleeper to sleeper, in the order of their times", async () => {
	const clock = virtualClock(1000);
	const woken: string[] = [];
	const sleep = (name: string, ms: number) => clock.sleep(ms).then(() => woken.push(`${name} at ${clock.now()}`));
	await Promise.all([sleep("b", 3_600_000), sleep("a", 20), sleep("c", 3_600_000)]);
	expect(woken).toEqual(["a at 20", "b at 3600000", "c at 3600000"]);
	expect(clock.wall()).toBe(3_601_000);
});

test("time does not jump to a sleeper that was roused", async () => {
	const clock = virtualClock();
	const roused = new AbortController();
	const long = clock.sleep(1_000_000, roused.signal);
	await clock.sleep(10);
	roused.abort();
	await long;
	await clock.sleep(10);
	expect(clock.now()).toBe(20);
});

test("a signal that has aborted before does not let anybody sleep", async () => {
	const clock = virtualClock();
	await clock.sleep(1000, AbortSignal.abort());
	expect(clock.now()).toBe(0);
});

test("a sleeper wakes once everything that the last one set off has come to rest", async () => {
	const clock = virtualClock();
	const seen: string[] = [];
	const chain = async () => {
		await clock.sleep(5);
		for (let step = 0; step < 50; step++) await Promise.resolve();
		seen.push("chain");
	};
	await Promise.all([chain(), clock.sleep(5).then(() => seen.push("next"))]);
	expect(seen).toEqual(["chain", "next"]);
});
