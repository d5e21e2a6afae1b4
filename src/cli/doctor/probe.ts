/** One tiny call to every model of a team: does it answer, how soon, does it call tools, what does it cost? */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../agents/clock.ts";
import type { CallResult } from "../../backends/backend.ts";
import { costOf, type Price, priceOf } from "../../backends/prices.ts";
import { backendEntry } from "../../backends/registry.ts";
import { watchSignals } from "../../checkpoint/interrupt.ts";
import type { AgentConfig, Team } from "../../config/team.ts";
import type { Environment } from "../../config/values.ts";
import type { Request } from "../../core/conversation.ts";
import { MassgenError } from "../../errors.ts";
import type { ProbeReport } from "./report.ts";

const patienceMs = 60_000;

const request: Request = {
	system: "This is a test of the connection.",
	messages: [{ role: "user", text: 'Call the tool `report` with the word "ready". Do nothing else.' }],
	tools: [
		{
			name: "report",
			description: "Reports one word.",
			inputSchema: { type: "object", properties: { word: { type: "string" } }, required: ["word"], additionalProperties: false },
		},
	],
};

/** All at once; simulated agents are left out. Ctrl+C stops what is under way. */
export async function probeTeam(team: Team, env: Environment): Promise<readonly ProbeReport[]> {
	const stop = new AbortController();
	const unwatch = watchSignals({ first: () => stop.abort(), next: () => process.exit(130) });
	try {
		return await Promise.all(distinct(team.agents).map((agent) => probe(agent, { env, prices: team.prices, stop: stop.signal })));
	} finally {
		unwatch();
	}
}

/** Each model once, whatever its agents are told. */
function distinct(agents: readonly AgentConfig[]): readonly AgentConfig[] {
	const byModel = new Map(
		agents.map((agent) => [JSON.stringify([agent.backend, agent.model, agent.options.baseUrl, agent.options.command]), agent]),
	);
	return [...byModel.values()].filter(({ backend }) => backend !== "simulated");
}

type Around = { readonly env: Environment; readonly prices: Team["prices"]; readonly stop: AbortSignal };

async function probe(agent: AgentConfig, { env, prices, stop }: Around): Promise<ProbeReport> {
	const entry = backendEntry(agent.backend);
	const model = agent.model ?? entry?.defaultModel;
	const given = agent.secretOptions.baseUrl;
	const baseUrl = typeof given === "string" ? given : entry?.baseUrl;
	const began = performance.now();
	const signal = AbortSignal.any([stop, AbortSignal.timeout(patienceMs)]);
	const result = await ask(agent, model, { env, signal });
	const priced = { backend: agent.backend, model, baseUrl };
	const usage = result.ok ? result.reply.usage : undefined;
	const aborted = !result.ok && result.error.kind === "aborted";
	return {
		backend: agent.backend,
		model: model ?? null,
		base_url: baseUrl ?? null,
		ok: result.ok,
		latency_ms: Math.round(performance.now() - began),
		called_tool: result.ok ? result.reply.toolCalls.some(({ name }) => name === "report") : null,
		input_tokens: usage?.input ?? null,
		output_tokens: usage?.output ?? null,
		cost_usd: result.costUsd ?? (usage && costOf(priced, usage, prices)) ?? null,
		price: shownPrice(priceOf(priced, prices)),
		error: result.ok
			? null
			: aborted
				? stop.aborted
					? "It was stopped."
					: `No answer within ${patienceMs / 1000} s.`
				: result.error.message,
		hint: result.ok ? null : (result.error.hint ?? null),
	};
}

function shownPrice(price: Price | undefined): ProbeReport["price"] {
	return price === undefined ? null : { input: price.input, output: price.output };
}

type Call = { readonly env: Environment; readonly signal: AbortSignal };

/** What cannot even be asked is told like a call that failed. */
async function ask(
	{ backend: name, secretOptions: options }: AgentConfig,
	model: string | undefined,
	{ env, signal }: Call,
): Promise<CallResult> {
	const workspace = await mkdtemp(join(tmpdir(), "massgen-probe-"));
	try {
		const entry = backendEntry(name);
		if (!entry) throw new MassgenError("backend-unknown", `There is no backend ${name}.`);
		const { create } = await entry.load();
		const backend = create({ agent: "probe", model, options, env, workspace, seed: 1, clock: systemClock, idleMs: patienceMs });
		const result = await backend.call({ agent: "probe", step: "probe", request, signal, onDelta: () => {} });
		await backend.close?.();
		return result;
	} catch (error) {
		if (!(error instanceof MassgenError)) throw error;
		const { message, hint } = error;
		return { ok: false, error: { kind: "bad-request", message, retryable: false, ...(hint === undefined ? {} : { hint }) } };
	} finally {
		await rm(workspace, { recursive: true, force: true });
	}
}
