import { mkdir } from "node:fs/promises";
import { type CallLimits, type Crew, defaultCallLimits, type Member } from "./agents/member.ts";
import { keyOf } from "./backends/api-key.ts";
import type { Backend, Clock } from "./backends/backend.ts";
import type { Guarded } from "./backends/guard.ts";
import { backendEntry } from "./backends/registry.ts";
import { workspacePath } from "./checkpoint/workspace-path.ts";
import { shippedRates } from "./config/package-root.ts";
import type { AgentConfig, Team } from "./config/team.ts";
import { inWorkspace } from "./config/values.ts";
import type { AgentId } from "./core/types.ts";
import { MassgenError, UsageError } from "./errors.ts";
import type { Tool } from "./tools/tool.ts";

export type CrewRequest = {
	readonly team: Team;
	readonly seed: number;
	/** The process environment and the `.env` files, merged. */
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly clock: Clock;
	readonly random: () => number;
	readonly callLimits: Partial<CallLimits>;
	/** Where the session is on disk; undefined if it is not. */
	readonly directory: string | undefined;
	/** The rates of `configs/rate_limits.yaml` hold, not only how many calls at a time. */
	readonly rates: boolean;
	/** What an agent can do besides writing. Agents that bring tools of their own are given none. */
	readonly toolsOf?: (agent: AgentId) => readonly Tool[];
};

/**
 * Puts a team to work: a backend for every agent, behind a gate per server, with its price. Throws before anything is
 * called if a backend is unknown, a key is missing, or a budget in dollars is asked of a model whose price nobody knows.
 */
export async function crewOf(request: CrewRequest): Promise<Crew> {
	const { team, clock, random } = request;
	const limits = { ...defaultCallLimits, ...request.callLimits };
	checkKeys(team, request.env);
	await checkPrices(team);
	const guard = await guardFor(request);
	const { meter } = await import("./backends/prices.ts");
	const members = await Promise.all(
		team.agents.map(async (agent): Promise<[AgentId, Member]> => {
			const entry = entryOf(agent);
			const priced = pricedAs(agent);
			const workspace = entry.kind === "cli" ? await workspaceOf(request.directory, agent.id) : undefined;
			const { create } = await entry.load();
			const { seed, env } = request;
			const place = workspace === undefined ? {} : { workspace };
			const options = inWorkspace(agent.secretOptions, workspace);
			const backend = create({ agent: agent.id, model: priced.model, options, env, seed, clock, idleMs: limits.idleMs, ...place });
			const { estimate, cost } = meter({ ...priced, maxTokens: number(agent.options.maxTokens) }, team.prices);
			const tokens: Guarded["tokens"] = (asked) => estimate(asked).tokens;
			const tools = entry.capabilities.includes("own-tools") ? [] : (request.toolsOf?.(agent.id) ?? []);
			return [
				agent.id,
				{ backend: guard(backend, { backend: entry.name, baseUrl: priced.baseUrl, tokens }), tools, estimate, cost, ...place },
			];
		}),
	);
	return { members: Object.fromEntries(members), clock, limits, random };
}

/** Throws an error that names every key that is missing, and where to put it. */
export function checkKeys(team: Team, env: CrewRequest["env"]): void {
	const missing = team.agents.flatMap((agent) => {
		const key = keyOf(entryOf(agent), agent.secretOptions, env);
		return key.kind === "missing" ? [{ message: `Agent ${agent.id}: ${key.message}`, hint: key.hint }] : [];
	});
	if (missing.length === 0) return;
	const hints = [...new Set(missing.map(({ hint }) => hint))];
	throw new MassgenError("key-missing", missing.map(({ message }) => message).join("\n"), { hint: hints.join("\n") });
}

/** Throws if a budget in dollars alone is asked of a model whose price nobody knows. */
export async function checkPrices({ agents, limits, prices }: Team): Promise<void> {
	if (limits.costUsd === undefined || limits.tokens !== undefined) return;
	const { priceOf } = await import("./backends/prices.ts");
	const unpriced = agents.filter((agent) => priceOf(pricedAs(agent), prices) === undefined);
	if (unpriced.length > 0) throw unknownPrice(unpriced.map((agent) => `${agent.id} (${pricedAs(agent).model ?? agent.backend})`));
}

function pricedAs(agent: AgentConfig) {
	const entry = entryOf(agent);
	return { backend: entry.name, model: agent.model ?? entry.defaultModel, baseUrl: text(agent.secretOptions.baseUrl) ?? entry.baseUrl };
}

function entryOf({ id, backend }: AgentConfig) {
	const entry = backendEntry(backend);
	if (!entry) throw new UsageError(`Agent ${id}: there is no backend ${backend}.`, "massgen --help lists the backends.");
	return entry;
}

function unknownPrice(agents: readonly string[]): UsageError {
	return new UsageError(
		`A budget in dollars needs prices, and nobody knows those of ${agents.join(", ")}.`,
		"Put them under `prices:` in the configuration, or give a budget in tokens too (--max-tokens).",
	);
}

type Guard = (backend: Backend, guarded: Guarded) => Backend;

/** All turns of this process that keep the same time share what they ask of a server. */
const guards = new WeakMap<Clock, Map<string, Guard>>();

async function guardFor({ team, clock, rates }: CrewRequest): Promise<Guard> {
	const { rateLimits } = await import("./backends/rate-limits.ts");
	const limits = rateLimits(shippedRates(), team.rateLimits, { rates });
	const known = guards.get(clock) ?? new Map<string, Guard>();
	guards.set(clock, known);
	const name = JSON.stringify(limits);
	const { guards: guardsWith } = await import("./backends/guard.ts");
	const guard = known.get(name) ?? guardsWith({ clock, limits });
	known.set(name, guard);
	return guard;
}

async function workspaceOf(directory: string | undefined, agent: AgentId): Promise<string | undefined> {
	if (directory === undefined) return undefined;
	const path = workspacePath(directory, agent);
	await mkdir(path, { recursive: true });
	return path;
}

function text(value: unknown): string | undefined {
	return typeof value === "string" ? value : undefined;
}

function number(value: unknown): number | undefined {
	return typeof value === "number" ? value : undefined;
}
