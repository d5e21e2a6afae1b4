import type { Clock } from "./backend.ts";

/**
 * Keeps a server that is down from being asked again and again by every agent.
 *
 * Closed: calls go through. After `threshold` network faults in a row it opens: calls fail at once, with the time of the
 * next try, for `pauseMs`, which doubles with every try that fails. Then it is half open: one call goes through as a
 * probe and decides for all.
 */
export type Circuit =
	| { readonly kind: "closed"; readonly failures: number }
	| { readonly kind: "open"; readonly until: number; readonly pauseMs: number }
	| { readonly kind: "half-open"; readonly pauseMs: number };

export const closedCircuit: Circuit = { kind: "closed", failures: 0 };

export type CircuitOptions = { readonly threshold: number; readonly pauseMs: number; readonly longestMs: number };

export const defaultCircuit: CircuitOptions = { threshold: 5, pauseMs: 5_000, longestMs: 60_000 };

/** Whether a call may go now, or how long it should wait before it asks again. */
export type Admission = { readonly kind: "go"; readonly circuit: Circuit } | { readonly kind: "stay"; readonly ms: number };

export function admit(circuit: Circuit, now: number): Admission {
	switch (circuit.kind) {
		case "closed":
			return { kind: "go", circuit };
		case "open":
			if (now < circuit.until) return { kind: "stay", ms: circuit.until - now };
			return { kind: "go", circuit: { kind: "half-open", pauseMs: circuit.pauseMs } };
		case "half-open":
			return { kind: "stay", ms: circuit.pauseMs };
	}
}

/** What a call that has ended says of its server. `unknown`: it was aborted before it could tell. */
export type Verdict = "up" | "down" | "unknown";

export function learn(circuit: Circuit, verdict: Verdict, now: number, options: CircuitOptions): Circuit {
	if (verdict === "up") return closedCircuit;
	switch (circuit.kind) {
		case "closed": {
			if (verdict === "unknown") return circuit;
			const failures = circuit.failures + 1;
			return failures < options.threshold
				? { kind: "closed", failures }
				: { kind: "open", until: now + options.pauseMs, pauseMs: options.pauseMs };
		}
		case "open":
			return circuit;
		case "half-open": {
			// A probe that was aborted has shown nothing: the next call is the probe.
			if (verdict === "unknown") return { kind: "open", until: now, pauseMs: circuit.pauseMs };
			const pauseMs = Math.min(circuit.pauseMs * 2, options.longestMs);
			return { kind: "open", until: now + pauseMs, pauseMs };
		}
	}
}

/** The circuit of one server, shared by all agents that ask it. */
export type Breaker = {
	/** 0 if a call may be made, which must then `report`; else how long to wait before the next try. */
	enter(): number;
	report(verdict: Verdict): void;
};

export function breaker(clock: Clock, options: CircuitOptions = defaultCircuit): Breaker {
	let circuit = closedCircuit;
	return {
		enter() {
			const admission = admit(circuit, clock.now());
			if (admission.kind === "stay") return admission.ms;
			circuit = admission.circuit;
			return 0;
		},
		report(verdict) {
			circuit = learn(circuit, verdict, clock.now(), options);
		},
	};
}
