import pLimit, { type LimitFunction } from "p-limit";
import type { Request } from "../core/conversation.ts";
import type { Backend, BackendError, Call, CallResult, Clock } from "./backend.ts";
import { type Breaker, breaker, type CircuitOptions, type Verdict } from "./circuit.ts";
import { aborted } from "./errors.ts";
import { type RateLimits, RateWindow } from "./rate-limits.ts";

/** What all agents that ask one server share. */
type Gate = { readonly slots: LimitFunction; readonly window: RateWindow; readonly breaker: Breaker; heldUntil: number };

export type GuardOptions = {
	readonly clock: Clock;
	readonly limits?: RateLimits | undefined;
	readonly circuit?: CircuitOptions | undefined;
};

/** Which server a backend asks, and how large a request is about, in tokens. */
export type Guarded = { readonly backend: string; readonly baseUrl?: string | undefined; readonly tokens: (request: Request) => number };

/** A server that asks for a longer pause than this has no time for us today. */
const longestHoldMs = 60_000;
/** A longer wait for our own limits is told as a failure: nobody sits in front of a program for hours. */
const longestWaitMs = 10 * 60_000;
const remindMs = 30_000;

/**
 * Puts every server behind one gate per process: so many calls at a time, so many requests and tokens in a minute and a
 * day, a pause for everybody when the server asks for one, and a failure at once while it is down. Who waits says so;
 * agents of other servers do not notice.
 */
export function guards({ clock, limits = {}, circuit }: GuardOptions): (backend: Backend, guarded: Guarded) => Backend {
	const gates = new Map<string, Gate>();

	function gateOf({ backend, baseUrl = "" }: Guarded): Gate {
		const key = `${backend} ${baseUrl}`;
		const limit = limits[backend] ?? limits.default ?? {};
		const known = gates.get(key);
		if (known) return known;
		const gate = {
			slots: pLimit(limit.concurrent ?? Number.POSITIVE_INFINITY),
			window: new RateWindow(limit),
			breaker: breaker(clock, circuit),
			heldUntil: 0,
		};
		gates.set(key, gate);
		return gate;
	}

	return (backend, guarded) => {
		// No server, no limits: what simulated agents and programs of one's own do concerns nobody else.
		if (guarded.baseUrl === undefined && limits[guarded.backend] === undefined) return backend;
		const gate = gateOf(guarded);
		return {
			...backend,
			call: (call) => passed(gate, clock, guarded, call, (allowed) => backend.call(allowed)),
		};
	};
}

async function passed(
	gate: Gate,
	clock: Clock,
	guarded: Guarded,
	call: Call,
	make: (call: Call) => Promise<CallResult>,
): Promise<CallResult> {
	const begun = new AbortController();
	if (gate.slots.activeCount >= gate.slots.concurrency)
		void remind(call, clock, begun.signal, `Waiting for a free place at ${guarded.backend}: ${gate.slots.concurrency} calls at a time.`);
	const passing = gate.slots(async () => {
		begun.abort();
		const rate = await rateAllows(gate, clock, guarded, call);
		if (rate.kind === "refused") return failed(rate.error);
		const pauseMs = gate.breaker.enter();
		if (pauseMs > 0) return failed(down(guarded, pauseMs));
		const result = await make({ ...call, onDelta: onFirst(call.onDelta, () => gate.breaker.report("up")) });
		gate.breaker.report(verdict(result));
		const usage = result.ok ? result.reply.usage : result.usage;
		if (usage) rate.correct(usage.input + usage.output);
		if (!result.ok) hold(gate, clock, result.error);
		return result;
	});
	return leavable(passing, call.signal, () => !begun.signal.aborted);
}

/** Says why it waits, again and again: an agent that says nothing counts as hung. Ends with the wait. */
async function remind(call: Call, clock: Clock, over: AbortSignal, text: string): Promise<void> {
	const done = AbortSignal.any([call.signal, over]);
	while (!done.aborted) {
		say(call, text);
		await clock.sleep(remindMs, done);
	}
}

function down({ backend }: Guarded, ms: number): BackendError {
	return {
		kind: "network",
		message: `${backend}: the server has failed several times in a row; next try in ${duration(ms)}.`,
		retryable: true,
		retryAfterMs: ms,
	};
}

/** A server that has begun to answer is up, however long its answer takes. */
function onFirst(onDelta: Call["onDelta"], first: () => void): Call["onDelta"] {
	let seen = false;
	return (kind, text) => {
		if (!seen) first();
		seen = true;
		onDelta(kind, text);
	};
}

type Rate =
	| { readonly kind: "allowed"; readonly correct: (tokens: number) => void }
	| { readonly kind: "refused"; readonly error: BackendError };

/** Waits until the rates allow one more call, and counts it. */
async function rateAllows(gate: Gate, clock: Clock, { backend, tokens }: Guarded, call: Call): Promise<Rate> {
	const size = gate.window.countsTokens ? tokens(call.request) : 0;
	while (!call.signal.aborted) {
		const now = clock.now();
		const held = { ms: gate.heldUntil - now, why: "the server asked for a pause" };
		const rate = gate.window.wait(size, now);
		const wait = held.ms > rate.ms ? held : rate;
		if (wait.ms <= 0) return { kind: "allowed", correct: gate.window.begin(size, now) };
		if (wait.ms > longestWaitMs) return { kind: "refused", error: usedUp(backend, wait) };
		say(call, `Waiting ${duration(wait.ms)} for ${backend}: ${wait.why}.`);
		await clock.sleep(Math.min(wait.ms, remindMs), call.signal);
	}
	return { kind: "refused", error: aborted() };
}

function usedUp(backend: string, { ms, why }: { readonly ms: number; readonly why: string }): BackendError {
	return {
		kind: "rate-limit",
		message: `${backend}: the limit of ${why} is used up; the next call is free in ${duration(ms)}.`,
		hint: "Raise it under rate_limits in your configuration, or give this agent another backend.",
		retryable: false,
	};
}

/** One agent's Retry-After holds for all that ask the same server. */
function hold(gate: Gate, clock: Clock, { kind, retryAfterMs }: BackendError): void {
	if (kind === "rate-limit" && retryAfterMs !== undefined)
		gate.heldUntil = Math.max(gate.heldUntil, clock.now() + Math.min(retryAfterMs, longestHoldMs));
}

/** Only the network speaks against a server: whoever answers, even with an error, is up. */
function verdict(result: CallResult): Verdict {
	if (result.ok) return "up";
	if (result.error.kind === "aborted") return "unknown";
	return result.error.kind === "network" || result.error.kind === "timeout" ? "down" : "up";
}

function say(call: Call, text: string): void {
	call.onDelta("waiting", text);
}

function duration(ms: number): string {
	if (ms > 2 * 60 * 60_000) return `${Math.round(ms / (60 * 60_000))} h`;
	if (ms > 2 * 60_000) return `${Math.round(ms / 60_000)} min`;
	return `${Math.max(1, Math.ceil(ms / 1000))} s`;
}

function failed(error: BackendError): CallResult {
	return { ok: false, error };
}

/** Who is aborted while it is queued leaves at once; its place in the queue runs empty. */
function leavable(passing: Promise<CallResult>, signal: AbortSignal, isQueued: () => boolean): Promise<CallResult> {
	return new Promise((resolve, reject) => {
		const leave = () => {
			if (isQueued()) resolve(failed(aborted()));
		};
		signal.addEventListener("abort", leave, { once: true });
		passing.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
		if (signal.aborted) leave();
	});
}
