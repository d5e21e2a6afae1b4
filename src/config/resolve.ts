import type { Limits } from "../core/types.ts";
import { isObject, type Json } from "./normalize.ts";
import { camelCase, displays } from "./schema.ts";
import type { AgentConfig, Rules, Team } from "./team.ts";

const defaultTimeoutSeconds = 1800;
const defaultGraceSeconds = 120;

export type ResolveOptions = {
	/** Checked, spelling in order, variables filled in. */
	readonly value: Json;
	/** The same as it is stored: variables not filled in, no secrets. */
	readonly stored: Json;
	readonly path?: string | undefined;
	readonly protocol: string;
};

/** Checked values -> the team that the rest of the program sees. */
export function resolveTeam({ value, stored, path, protocol }: ResolveOptions): Team {
	const orchestrator = object(value.orchestrator);
	const seed = number(orchestrator.seed);
	const reviewer = text(orchestrator.reviewer);
	const rules: Rules = {
		protocol: text(orchestrator.protocol) ?? protocol,
		maxAnswers: number(orchestrator.max_new_answers_per_agent) ?? 2,
		maxFailures: number(orchestrator.max_failures) ?? 1,
		maxSteps: number(orchestrator.max_steps) ?? 50,
		stop: orchestrator.stop === "all" ? "all" : "majority",
		presentation: orchestrator.final_presentation === "rewrite" ? "rewrite" : "verbatim",
		maxRestarts: number(object(orchestrator.coordination).max_orchestration_restarts) ?? 0,
		...(reviewer === undefined ? {} : { reviewer }),
		...(seed === undefined ? {} : { seed }),
		date: orchestrator.date === true,
	};
	const prompt = text(value.prompt);
	const sessionId = text(value.session_id);
	const known = new Set([
		"$schema",
		"agents",
		"orchestrator",
		"timeout_settings",
		"ui",
		"display",
		"prompt",
		"session_id",
		"prices",
		"rate_limits",
	]);
	const more = Object.fromEntries(Object.entries(value).filter(([key]) => !known.has(key)));
	return {
		agents: agentsOf(value.agents, stored.agents),
		rules,
		limits: limitsOf(value, orchestrator),
		ui: userInterface(value),
		...(prompt === undefined ? {} : { prompt }),
		...(sessionId === undefined ? {} : { sessionId }),
		stored,
		...(path === undefined ? {} : { path }),
		...(isObject(value.rate_limits) ? { rateLimits: value.rate_limits } : {}),
		...(isObject(value.prices)
			? { prices: Object.fromEntries(Object.entries(value.prices).map(([model, price]) => [model, camelCase(object(price))])) }
			: {}),
		more: camelCase(more),
	};
}

/** The id of the n-th entry of `agents`, before `count` multiplies it. */
export function idOf(agent: Json, index: number): string {
	return text(agent.id) ?? `agent${index + 1}`;
}

function agentsOf(filled: unknown, stored: unknown): AgentConfig[] {
	const written = Array.isArray(stored) ? stored : [];
	return (Array.isArray(filled) ? filled : []).flatMap((entry, index) => {
		const agent = object(entry);
		const backend = object(agent.backend);
		const { type, model, system_message: inner, ...options } = backend;
		const { type: _type, model: _model, system_message: _inner, ...storedOptions } = object(object(written[index]).backend);
		const system = [text(agent.system_message) ?? text(inner), text(agent.append_system_prompt)]
			.filter((part) => part !== undefined)
			.join("\n\n");
		const modelName = text(model);
		const config: AgentConfig = {
			id: idOf(agent, index),
			backend: text(type) ?? "",
			...(modelName === undefined ? {} : { model: modelName }),
			...(system === "" ? {} : { systemMessage: system }),
			options: camelCase(unfilled(options, storedOptions)),
			secretOptions: camelCase(options),
		};
		const count = number(agent.count);
		if (count === undefined) return [config];
		return Array.from({ length: count }, (_, copy) => ({ ...config, id: `${config.id}${copy + 1}` }));
	});
}

/** The checked value, but text that holds variables (or held a secret) as it is stored. */
function unfilled(value: Json, stored: Json): Json {
	return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unfilledValue(item, stored[key])]));
}

function unfilledValue(value: unknown, stored: unknown): unknown {
	if (typeof stored === "string" && stored.includes("${")) return stored;
	if (isObject(value) && isObject(stored)) return unfilled(value, stored);
	if (Array.isArray(value) && Array.isArray(stored)) return value.map((item, index) => unfilledValue(item, stored[index]));
	return value;
}

function limitsOf(value: Json, orchestrator: Json): Limits {
	const alias = isObject(orchestrator.timeout) ? orchestrator.timeout : { orchestrator_timeout_seconds: orchestrator.timeout };
	const times = { ...alias, ...object(value.timeout_settings) };
	const budget = object(orchestrator.budget);
	const perAgent = object(budget.per_agent);
	const seconds = (name: string) => number((times as Json)[name]);
	const total = seconds("orchestrator_timeout_seconds") ?? defaultTimeoutSeconds;
	return {
		...optional("timeMs", total === 0 ? undefined : total * 1000),
		...optional("costUsd", number(budget.max_cost_usd)),
		...optional("tokens", number(budget.max_tokens)),
		...(isObject(budget.per_agent)
			? { perAgent: { ...optional("costUsd", number(perAgent.max_cost_usd)), ...optional("tokens", number(perAgent.max_tokens)) } }
			: {}),
		onLimit: budget.on_limit === "stop" ? "stop" : "wrap_up",
		...optional("firstRoundMs", milliseconds(seconds("initial_round_timeout_seconds"))),
		...optional("laterRoundMs", milliseconds(seconds("subsequent_round_timeout_seconds"))),
		graceMs: (seconds("round_timeout_grace_seconds") ?? defaultGraceSeconds) * 1000,
	};
}

const displayNames: Readonly<Record<string, string>> = {
	rich_terminal: "terminal",
	textual_terminal: "terminal",
	simple: "plain",
	silent: "quiet",
	none: "quiet",
};

function userInterface(value: Json): Team["ui"] {
	const display = isObject(value.display) ? value.display : { display_type: value.display };
	const ui = { ...display, ...object(value.ui) } as Json;
	const name = [text(ui.display_type), text(ui.type)].find((word) => word !== undefined && displays.some((known) => known === word));
	return { ...optional("display", name === undefined ? undefined : (displayNames[name] ?? name)), logging: ui.logging_enabled !== false };
}

function milliseconds(seconds: number | undefined): number | undefined {
	return seconds === undefined || seconds === 0 ? undefined : seconds * 1000;
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
	return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}

function object(value: unknown): Json {
	return isObject(value) ? value : {};
}

function text(value: unknown): string | undefined {
	return typeof value === "string" ? value : undefined;
}

function number(value: unknown): number | undefined {
	return typeof value === "number" ? value : undefined;
}
