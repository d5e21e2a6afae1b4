import { describe, expect, test } from "vitest";
import { systemClock } from "../../src/agents/clock.ts";
import { virtualClock } from "../../src/agents/virtual-clock.ts";
import type { Backend, Call, CallResult, Clock } from "../../src/backends/backend.ts";
import { admit, type Circuit, closedCircuit, learn, type Verdict } from "../../src/backends/circuit.ts";
import { type GuardOptions, guards } from "../../src/backends/guard.ts";
import { type RateLimits, RateWindow, rateLimits } from "../../src/backends/rate-limits.ts";
import { hear } from "../contracts/backend.ts";
import { backendOf } from "../fixtures/backends.ts";
import { startFaultServer } from "../fixtures/fault-server.ts";

const answer: CallResult = {
	ok: true,
	reply: { text: "yes", reasoning: "", toolCalls: [], finish: "stop", usage: { input: 60, output: 40, cached: 0, reasoning: 0 } },
};
const broken: CallResult = { ok: false, error: { kind: "network", message: "down", retryable: true } };

/** A backend that takes a second for each call, and what it saw. */
function slow(clock: Clock, results: (call: number) => CallResult = () => answer) {
	const seen = { calls: 0, now: 0, most: 0, at: [] as number[] };
	const backend: Backend = {
		async call({ signal }) {
			const number = seen.calls++;
			seen.at.push(Math.round(clock.now()));
			seen.most = Math.max(seen.most, ++seen.now);
			await clock.sleep(1000, signal);
			seen.now--;
			return results(number);
		},
	};
	return { backend, seen };
}

function made(options: {
	readonly limits?: RateLimits;
	readonly results?: (call: number) => CallResult;
	readonly circuit?: GuardOptions["circuit"];
}) {
	const clock = virtualClock();
	const { backend, seen } = slow(clock, options.results);
	const guard = guards({ clock, limits: options.limits, circuit: options.circuit });
	const said: string[] = [];
	const call = (guarded: Backend, signal = new AbortController().signal) =>
		guarded.call({
			agent: "a",
			step: "s",
			request: { system: "", messages: [], tools: [] },
			signal,
			onDelta: (_, text) => said.push(text),
		} satisfies Call);
	return {
		clock,
		seen,
		said,
		call,
		guarded: (name: string, tokens = 100) => guard(backend, { backend: name, baseUrl: `https://${name}.example/v1`, tokens: () => tokens }),
	};
}

describe("limits of a server", () => {
	test("hold for all agents together: never more calls at a time", async () => {
		const { guarded, call, seen, clock, said } = made({ limits: { default: { concurrent: 3 } } });
		const results = await Promise.all(Array.from({ length: 10 }, () => call(guarded("x"))));
		expect(results.every((result) => result.ok)).toBe(true);
		expect(seen).toMatchObject({ calls: 10, most: 3 });
		expect(clock.now()).toBe(4000);
		expect(said).toContain("Waiting for a free place at x: 3 calls at a time.");
	});

	test("hold for requests and for tokens of the last minute, and the wait is said", async () => {
		const requests = made({ limits: { x: { requestsPerMinute: 2 } } });
		await Promise.all(Array.from({ length: 5 }, () => requests.call(requests.guarded("x"))));
		expect(requests.seen.at).toEqual([0, 0, 60_000, 60_000, 120_000]);
		expect(requests.said).toContain("Waiting 60 s for x: 2 requests per minute.");
		const tokens = made({ limits: { x: { tokensPerMinute: 250 } } });
		await Promise.all(Array.from({ length: 3 }, () => tokens.call(tokens.guarded("x"))));
		expect(tokens.seen.at).toEqual([0, 0, 60_000]);
	});

	test("do not hold up agents of another server", async () => {
		const { guarded, call, seen } = made({ limits: { x: { requestsPerMinute: 1 } } });
		await Promise.all([call(guarded("x")), call(guarded("y")), call(guarded("x")), call(guarded("y"))]);
		expect(seen.at).toEqual([0, 0, 0, 60_000]);
	});

	test("let who is aborted leave at once, and keep no place for it", async () => {
		const { guarded, call, clock } = made({ limits: { x: { concurrent: 1, requestsPerMinute: 1 } } });
		const controller = new AbortController();
		const first = call(guarded("x"));
		const waiting = [call(guarded("x"), controller.signal), call(guarded("x"), controller.signal)];
		await clock.sleep(10);
		controller.abort();
		for (const result of await Promise.all(waiting)) expect(result).toMatchObject({ ok: false, error: { kind: "aborted" } });
		expect(clock.now()).toBeLessThan(1000);
		expect((await first).ok).toBe(true);
	});

	test("a pause that the server asks one agent for holds for all", async () => {
		const limited: CallResult = { ok: false, error: { kind: "rate-limit", message: "slow down", retryable: true, retryAfterMs: 20_000 } };
		const { guarded, call, seen, said } = made({ results: (number) => (number === 0 ? limited : answer) });
		await call(guarded("x"));
		await call(guarded("x"));
		expect(seen.at).toEqual([0, 21_000]);
		expect(said).toContain("Waiting 20 s for x: the server asked for a pause.");
	});
});

test("a wait for hours is told as a failure", async () => {
	const { guarded, call } = made({ limits: { x: { requestsPerDay: 1 } } });
	await call(guarded("x"));
	expect(await call(guarded("x"))).toMatchObject({
		ok: false,
		error: {
			kind: "rate-limit",
			retryable: false,
			message: "x: the limit of 1 requests per day is used up; the next call is free in 24 h.",
		},
	});
});

test("who waits keeps saying so", async () => {
	const { guarded, call, said } = made({ limits: { x: { requestsPerMinute: 1 } } });
	await Promise.all([call(guarded("x")), call(guarded("x"))]);
	expect(said).toEqual(["Waiting 60 s for x: 1 requests per minute.", "Waiting 30 s for x: 1 requests per minute."]);
});

test("a request that is larger than the limit goes alone instead of never", () => {
	const window = new RateWindow({ tokensPerMinute: 100 });
	expect(window.wait(500, 0).ms).toBe(0);
	window.begin(500, 0);
	expect(window.wait(500, 1000).ms).toBe(59_000);
	expect(window.wait(500, 60_000).ms).toBe(0);
});

test("the tokens of a call count as the provider counted them once it is over", () => {
	const window = new RateWindow({ tokensPerMinute: 100 });
	const correct = window.begin(90, 0);
	expect(window.wait(20, 0).ms).toBe(60_000);
	correct(10);
	expect(window.wait(20, 0).ms).toBe(0);
});

test("the user's limits replace the shipped ones, whose rates hold only if asked for", () => {
	const shipped = { default: { concurrent: 100 }, groq: { concurrent: 10, requests_per_minute: 30 } };
	expect(rateLimits(shipped, undefined, { rates: false })).toEqual({ default: { concurrent: 100 }, groq: { concurrent: 10 } });
	expect(rateLimits(shipped, { groq: { rpm: 5, tpd: 9 } }, { rates: true })).toEqual({
		default: { concurrent: 100 },
		groq: { requestsPerMinute: 5, tokensPerDay: 9 },
	});
});

test("what has neither a server nor limits is left as it is", async () => {
	const clock = virtualClock();
	const { backend } = slow(clock);
	const guard = guards({ clock, limits: { default: { concurrent: 1 }, command: { concurrent: 1 } } });
	expect(guard(backend, { backend: "simulated", tokens: () => 1 })).toBe(backend);
	expect(guard(backend, { backend: "command", tokens: () => 1 })).not.toBe(backend);
});

describe("the circuit of a server", () => {
	const options = { threshold: 2, pauseMs: 1000, longestMs: 3000 };
	const learned = (verdicts: readonly Verdict[], from: Circuit = closedCircuit, now = 0) =>
		verdicts.reduce((circuit, verdict) => learn(circuit, verdict, now, options), from);

	test("opens after faults in a row, and only in a row", () => {
		expect(learned(["down", "up", "down"])).toEqual({ kind: "closed", failures: 1 });
		expect(learned(["down", "unknown", "down"])).toEqual({ kind: "open", until: 1000, pauseMs: 1000 });
	});

	test("lets one probe through after the pause, which doubles if the probe fails, up to its limit", () => {
		let circuit = learned(["down", "down"]);
		expect(admit(circuit, 400)).toEqual({ kind: "stay", ms: 600 });
		const pauses: number[] = [];
		for (let now = 1000, round = 0; round < 3; round++) {
			const probe = admit(circuit, now);
			if (probe.kind !== "go") throw new Error("no probe");
			expect(admit(probe.circuit, now)).toMatchObject({ kind: "stay" });
			circuit = learn(probe.circuit, "down", now, options);
			if (circuit.kind !== "open") throw new Error("not open");
			pauses.push(circuit.pauseMs);
			now = circuit.until;
		}
		expect(pauses).toEqual([2000, 3000, 3000]);
		const last = admit(circuit, 99_000);
		expect(last.kind === "go" && learn(last.circuit, "up", 99_000, options)).toEqual(closedCircuit);
	});

	test("a probe that is aborted leaves the next call to probe", () => {
		expect(admit(learned(["unknown"], { kind: "half-open", pauseMs: 1000 }, 50), 50)).toMatchObject({ kind: "go" });
	});

	test("spares a server that is down, and says when it is asked next", async () => {
		const { guarded, call, seen } = made({ results: () => broken, circuit: options });
		for (let round = 0; round < 6; round++) await call(guarded("x"));
		expect(seen.calls).toBe(2);
		expect(await call(guarded("x"))).toMatchObject({
			ok: false,
			error: {
				kind: "network",
				retryable: true,
				retryAfterMs: 1000,
				message: "x: the server has failed several times in a row; next try in 1 s.",
			},
		});
		expect((await call(guarded("y"))).ok).toBe(false);
		expect(seen.calls).toBe(3);
	});
});

test("100 agents against a server that says 429 never have more than the allowed calls open", async () => {
	const server = await startFaultServer({ retryAfter: "0" });
	const guard = guards({ clock: systemClock, limits: { default: { concurrent: 8 } } });
	const backend = await backendOf({ type: "chatcompletion", baseUrl: server.url("openai chat", "429") });
	const guarded = guard(backend, { backend: "chatcompletion", baseUrl: server.url("openai chat"), tokens: () => 1 });
	const results = await Promise.all(Array.from({ length: 100 }, () => hear(guarded)));
	for (const { result } of results)
		expect(result).toMatchObject({ ok: false, error: { kind: "rate-limit", retryable: true, retryAfterMs: 0 } });
	expect(server.received).toHaveLength(100);
	expect(server.mostAtOnce()).toBeLessThanOrEqual(8);
	await server.close();
});
