/**
 * `massgen/testing`: what it takes to try out a team without models, files or waiting. A turn of simulated agents on a
 * virtual clock takes milliseconds, and the same seed always brings the same turn.
 */
import type { Profile, Script } from "./backends/simulated-options.ts";
import type { Rules, Team } from "./config/team.ts";
import type { Limits } from "./core/types.ts";

export { virtualClock } from "./agents/virtual-clock.ts";
export type { Clock } from "./backends/backend.ts";
export { createMemoryStore } from "./checkpoint/memory.ts";
export { runTurn, type TurnRequest, type TurnResult } from "./massgen.ts";

/** What a simulated agent does: see docs/simulated.md. */
export type SimulatedAgent = {
	readonly id?: string;
	readonly script?: Script;
	readonly profile?: Partial<Profile>;
	readonly seed?: number;
	readonly systemMessage?: string;
};

/** A team of simulated agents without a file: so many of them, or what each of them does. */
export function simulatedTeam(
	agents: number | readonly SimulatedAgent[],
	settings: { readonly rules?: Partial<Rules>; readonly limits?: Partial<Limits> } = {},
): Team {
	const members = typeof agents === "number" ? Array.from({ length: agents }, (): SimulatedAgent => ({})) : agents;
	return {
		agents: members.map(({ id, systemMessage, ...options }, index) => ({
			id: id ?? `agent${index + 1}`,
			backend: "simulated",
			...(systemMessage === undefined ? {} : { systemMessage }),
			options,
			secretOptions: options,
		})),
		rules: { ...usual, ...settings.rules },
		limits: { onLimit: "wrap_up", graceMs: 120_000, ...settings.limits },
		ui: { logging: false },
		stored: {},
		more: {},
	};
}

const usual: Rules = {
	protocol: "vote",
	maxAnswers: 2,
	maxFailures: 1,
	maxSteps: 50,
	stop: "majority",
	presentation: "verbatim",
	maxRestarts: 0,
	date: false,
};
