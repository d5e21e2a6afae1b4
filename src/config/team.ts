import type { Limits, Terms } from "../core/types.ts";

/** What the user asked for, resolved: the only form of a configuration that the rest of the program sees. */
export type Team = {
	readonly agents: readonly AgentConfig[];
	/** How they decide. Missing values have their defaults. */
	readonly rules: Rules;
	readonly limits: Limits;
	readonly ui: { readonly display?: string; readonly logging: boolean };
	/** Default question, and session to use, if the file names them. */
	readonly prompt?: string;
	readonly sessionId?: string;
	/** What is written into the session: as the user wrote it, `${VAR}` unexpanded, includes merged. */
	readonly stored: Readonly<Record<string, unknown>>;
	readonly path?: string;
	/** Requests at the same time and per minute, by provider; from the limits file. */
	readonly rateLimits?: Readonly<Record<string, unknown>>;
	/** Prices that override the shipped ones, by model. */
	readonly prices?: Readonly<Record<string, unknown>>;
	/** Everything of the file that has no place above, camelCase, for the part of the program that reads it. */
	readonly more: Readonly<Record<string, unknown>>;
};

export type AgentConfig = {
	readonly id: string;
	readonly backend: string;
	readonly model?: string;
	readonly systemMessage?: string;
	/** Options of the backend, camelCase, `${VAR}` unexpanded: safe to store and to show. */
	readonly options: Readonly<Record<string, unknown>>;
	/** The same with `${VAR}` filled in: never stored, never shown. */
	readonly secretOptions: Readonly<Record<string, unknown>>;
};

export type Rules = Pick<Terms, "protocol" | "maxAnswers" | "maxFailures" | "maxSteps" | "stop" | "presentation" | "maxRestarts"> & {
	readonly reviewer?: string;
	readonly seed?: number;
	/** Tell the agents today's date. */
	readonly date: boolean;
};
