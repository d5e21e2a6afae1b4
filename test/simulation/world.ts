import type { Script } from "../../src/backends/simulated-options.ts";
import type { SessionRequest } from "../../src/checkpoint/log.ts";
import type { Rules, Team } from "../../src/config/team.ts";
import type { Limits } from "../../src/core/types.ts";
import { type SimulatedAgent, simulatedTeam } from "../../src/testing.ts";
import { Draws } from "./draws.ts";

/** How one process that drives the turn ends before its time. */
export type Mishap =
	/** The user stops it after so many milliseconds. */
	| { readonly kind: "interrupt"; readonly ms: number }
	/** It dies with its nth append: before anything of it is written, or after all of it is. */
	| { readonly kind: "crash"; readonly append: number; readonly isWritten: boolean };

/** What somebody asks of the process that drives the turn, after so many milliseconds. */
export type Wish = { readonly ms: number; readonly request: SessionRequest };

export type World = {
	readonly seed: number;
	readonly team: Team;
	/** One per process; the last one has none. */
	readonly mishaps: readonly Mishap[];
	readonly wishes: readonly Wish[];
	/** Who wins may depend on nothing but what agents are asked: no failures, limits or wishes. */
	readonly isCalm: boolean;
};

/** A team, its rules and its fate, all drawn from the seed. */
export function worldOf(seed: number): World {
	const draws = new Draws(seed);
	const isCalm = draws.happens(0.5);
	const count = draws.one([1, 2, 2, 3, 3, 3, 4, 6]);
	const agents = Array.from({ length: count }, () => agentOf(draws, isCalm));
	const rules = rulesOf(draws, isCalm, seed);
	return {
		seed,
		team: simulatedTeam(agents, { rules, limits: isCalm ? {} : limitsOf(draws) }),
		mishaps: mishapsOf(draws),
		wishes: isCalm ? [] : wishesOf(draws, count),
		isCalm,
	};
}

function agentOf(draws: Draws, isCalm: boolean): SimulatedAgent {
	const script = draws.happens(0.4) ? scriptOf(draws, isCalm) : [];
	const closed = draws.happens(0.4) ? { accuracy: 0.6, options: ["A", "B", "C"].slice(0, draws.whole(2, 3)) } : {};
	return {
		script,
		profile: {
			...closed,
			stubborn: draws.happens(0.15),
			answers: draws.whole(1, 3),
			length: draws.whole(1, 20),
			time_to_first_token_ms: draws.whole(1, 3000),
			tokens_per_second: draws.happens(0.1) ? 20 : 5000,
			failure_rate: isCalm || draws.happens(0.7) ? 0 : draws.next() * 0.7,
		},
	};
}

/** One or two odd replies, then what the profile does. */
function scriptOf(draws: Draws, isCalm: boolean): Script {
	const odd: [Script, ...Script[]] = [
		[{ say: "I do not call anything." }, { call: { tool: "dig", input: {} } }],
		[{ together: [{ say: "Nothing but words." }] }],
		[{ together: [{ answer: "one" }, { answer: "two" }] }],
		[{ together: [{ answer: "one" }, { vote: 1 }] }],
		[{ vote: "nobody" }],
		[{ vote: 1 }],
		[{ answer: "42" }],
		[{ answer: " 42\r\n" }],
		[{ think: "Let me see." }, { call: { tool: "dig", input: { ms: 1500 } } }],
		[{ together: [{ call: { tool: "dig", input: {} } }, { answer: "found" }] }],
		[{ together: [{ call: { tool: "look", input: { ms: 2500 } } }, { call: { tool: "dig", input: { ms: 900 } } }] }],
		[{ call: { tool: "look", input: { ms: 700 } } }, { call: { tool: "fly", input: {} } }],
		[{ call: { tool: "restart_orchestration", input: { reason: "It is thin.", instructions: "Do it again." } } }],
	];
	const wild: [Script, ...Script[]] = [
		[{ wait: 1e9 }, { answer: "late" }],
		[{ fail: { kind: "rate-limit", times: 2 } }],
		[{ call: { tool: "dig", input: { ms: 1e9 } } }, { answer: "late" }],
		[{ fail: { kind: "auth" } }],
		[{ fail: { kind: "bad-response", times: 9 } }],
		[{ together: [{ say: "No." }] }, { together: [{ say: "No." }] }, { together: [{ say: "No." }] }],
	];
	const first = draws.one(!isCalm && draws.happens(0.4) ? wild : odd);
	return draws.happens(0.3) ? [...first, ...draws.one(odd)] : first;
}

function rulesOf(draws: Draws, isCalm: boolean, seed: number): Partial<Rules> {
	return {
		seed,
		// With `first`, who wins is who is quick.
		protocol: draws.one(isCalm ? ["vote", "vote", "council"] : ["vote", "vote", "council", "first"]),
		maxAnswers: draws.whole(1, 3),
		maxFailures: draws.whole(0, 2),
		maxSteps: isCalm ? 50 : draws.whole(1, 8),
		stop: draws.one(["majority", "majority", "all"]),
		presentation: draws.happens(0.2) ? "rewrite" : "verbatim",
		maxRestarts: draws.happens(0.2) ? 1 : 0,
	};
}

function limitsOf(draws: Draws): Partial<Limits> {
	return {
		onLimit: draws.one(["wrap_up", "stop"]),
		graceMs: draws.whole(0, 20_000),
		...(draws.happens(0.4) ? { timeMs: draws.whole(100, 60_000) } : {}),
		...(draws.happens(0.4) ? { tokens: draws.whole(500, 60_000) } : {}),
		...(draws.happens(0.2) ? { perAgent: { tokens: draws.whole(300, 10_000) } } : {}),
		...(draws.happens(0.3) ? { firstRoundMs: draws.whole(1, 30_000) } : {}),
		...(draws.happens(0.3) ? { laterRoundMs: draws.whole(1, 30_000) } : {}),
	};
}

function mishapsOf(draws: Draws): readonly Mishap[] {
	return Array.from({ length: draws.one([0, 1, 1, 2, 3]) }, (): Mishap => {
		if (draws.happens(0.4)) return { kind: "interrupt", ms: draws.whole(0, 20_000) };
		return { kind: "crash", append: draws.whole(1, 14), isWritten: draws.happens(0.5) };
	});
}

function wishesOf(draws: Draws, agents: number): readonly Wish[] {
	return Array.from({ length: draws.one([0, 0, 1, 3]) }, () => ({
		ms: draws.whole(0, 15_000),
		request: draws.one<SessionRequest>([
			{ type: "say", text: "Be brief." },
			{ type: "say", text: "You, be thorough.", to: [`agent${draws.whole(1, agents)}`] },
			{ type: "drop", agent: `agent${draws.whole(1, agents + 1)}` },
			{ type: "extend", ms: 10_000, tokens: 1000 },
			{ type: "finish-now" },
			{ type: "interrupt", by: "another process" },
			{ type: "cancel" },
		]),
	}));
}
