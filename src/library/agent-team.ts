import { backendEntry, backends } from "../backends/registry.ts";
import { detect } from "../config/detect.ts";
import { processEnvironment, readVariables } from "../config/environment.ts";
import { type Loaded, shippedRegistries } from "../config/load.ts";
import { isObject } from "../config/normalize.ts";
import type { AgentConfig, Team } from "../config/team.ts";
import { ConfigError } from "../errors.ts";
import { namesTeam, placesOf, type TeamOptions, teamFor } from "./team.ts";

/** What an agent is told if nobody says anything else. */
export const defaultSystem = "You are a helpful assistant.";

/**
 * The team behind an agent: what the options name, or the default configuration, or a model server on this machine. If
 * there is none of these, the error says what there is and what to do.
 */
export async function agentTeam(options: TeamOptions, fetch: typeof globalThis.fetch = globalThis.fetch): Promise<Loaded> {
	try {
		return teamFor(options);
	} catch (error) {
		if (namesTeam(options) || !isMissing(error)) throw error;
	}
	const { cwd, home } = placesOf(options);
	const { env } = readVariables({ cwd, home, env: options.env ?? processEnvironment() });
	const { servers, keys } = await detect({ env, registries: shippedRegistries, fetch, clis: async () => [] });
	const [server] = servers;
	const [model] = server?.models ?? [];
	if (server && model !== undefined) return teamFor({ ...options, backend: server.backend, model, baseUrl: server.baseUrl });
	const [key] = keys;
	throw new ConfigError([
		{
			code: "config-none",
			message: "The agent has no model: it names none, there is no .massgen/config.yaml, and no model server runs on this machine.",
			hint: key
				? `${key.variable} is set: new Agent({ model: "${key.model}" }) uses it.`
				: 'Start a server such as Ollama, name a model: new Agent({ model: "..." }), or try new Agent({ backend: "simulated" }).',
			severity: "error",
		},
	]);
}

/** There is no default configuration, which is no mistake. */
export function isMissing(error: unknown): boolean {
	return error instanceof ConfigError && error.problems.some(({ code }) => code === "config-none");
}

/** The words of the system that all agents of the team share, if they do. */
export function systemOf(team: Team): string | undefined {
	const [first] = team.agents;
	return team.agents.every(({ systemMessage }) => systemMessage === first?.systemMessage) ? first?.systemMessage : undefined;
}

/** The same team on another model, or with other words of the system; what is stored of it says so too. */
export function changedTeam(
	loaded: Loaded,
	changes: { readonly model?: string; readonly systemMessage?: string },
	options: TeamOptions,
): Loaded {
	const { value } = loaded.tree;
	if (Object.keys(changes).length === 0 || !isObject(value) || !Array.isArray(value.agents)) return loaded;
	const { model, systemMessage } = changes;
	const agents = value.agents.map((agent: unknown) => {
		if (!isObject(agent) || !isObject(agent.backend)) return agent;
		const { append_system_prompt: _append, ...rest } = agent;
		const { system_message: _system, ...backend } = agent.backend;
		const spoken = systemMessage === undefined ? agent : { ...rest, system_message: systemMessage };
		const kept = systemMessage === undefined ? agent.backend : backend;
		return { ...spoken, backend: model === undefined ? kept : { ...kept, model } };
	});
	const {
		model: _model,
		models: _models,
		backend: _backend,
		baseUrl: _baseUrl,
		systemMessage: _words,
		agents: _count,
		...others
	} = options;
	const changed = teamFor({ ...others, config: { ...value, agents } });
	const { path } = loaded.team;
	return { ...changed, team: { ...changed.team, ...(path === undefined ? {} : { path }) } };
}

export type RunLimits = { readonly maxSteps: number; readonly maxTokens: number; readonly timeoutSeconds: number };

/** The team within the limits of one run. `maxTokens` bounds each reply, and what all agents write together. */
export function limitedTeam(team: Team, { maxSteps, maxTokens, timeoutSeconds }: RunLimits): Team {
	return {
		...team,
		agents: team.agents.map((agent) => capped(agent, maxTokens)),
		rules: { ...team.rules, maxSteps },
		limits: { ...team.limits, timeMs: timeoutSeconds * 1000, outputTokens: maxTokens },
	};
}

function capped(agent: AgentConfig, maxTokens: number): AgentConfig {
	if (!("max_tokens" in (backendEntry(agent.backend)?.options.shape ?? {}))) return agent;
	const cap = (options: AgentConfig["options"]) => {
		const own = options.maxTokens;
		return { ...options, maxTokens: typeof own === "number" ? Math.min(own, maxTokens) : maxTokens };
	};
	return { ...agent, options: cap(agent.options), secretOptions: cap(agent.secretOptions) };
}

/** The agents that bring tools of their own, and so are given none. */
export function withOwnTools(team: Team): readonly string[] {
	const own = new Set(backends.filter(({ capabilities }) => capabilities.includes("own-tools")).map(({ name }) => name));
	return team.agents.filter(({ backend }) => own.has(backend)).map(({ id }) => id);
}
