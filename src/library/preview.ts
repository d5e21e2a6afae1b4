import { costOf, estimate, type Priced, pricesDate } from "../backends/prices.ts";
import { backendEntry } from "../backends/registry.ts";
import type { AgentConfig, Team } from "../config/team.ts";
import { agentsOf, termsOf } from "../config/terms.ts";
import type { Request } from "../core/conversation.ts";
import { decide } from "../core/decide.ts";
import { emptyTurn, evolve } from "../core/evolve.ts";
import { textIsAnswer } from "../core/queries.ts";
import type { Turn } from "../core/types.ts";
import { promptsVersion, requestFor } from "../prompts/request.ts";
import { protocolNamed } from "../protocols/registry.ts";

/** Length of a reply where `max_tokens` does not say it. */
const usualReply = 500;

export type Preview = {
	/** What each agent would be sent first. Aliases are drawn when a session opens: these are examples. */
	readonly requests: readonly { readonly agent: string; readonly request: Request }[];
	/** Model calls of a turn without failures. */
	readonly calls: Range;
	readonly tokens: Range;
	/** US dollars; null if the price of an agent is unknown. */
	readonly costUsd: Range | null;
	readonly unpriced: readonly string[];
	/** Tokens that a reply is taken to have, where `max_tokens` does not say it. */
	readonly replyTokens: number;
	readonly pricesDate: string;
};

export type Range = { readonly least: number; readonly most: number };

/** What a team would be sent, and what its turn may cost. Nothing is called. */
export function preview(team: Team, question: string, today: string): Preview {
	const turn = firstRound(team, question, today);
	const requests = turn.agents.map(({ id }) => ({ agent: id, request: requestFor(turn, id, [], []) }));
	const costs = team.agents.map((agent, index) => agentCost(agent, requests[index]?.request ?? nothing, turn, team));
	const sum = (pick: (cost: (typeof costs)[number]) => number) => costs.reduce((total, cost) => total + pick(cost), 0);
	const unpriced = costs.flatMap(({ agent, dollars }) => (dollars === undefined ? [agent] : []));
	return {
		requests,
		calls: { least: team.agents.length, most: sum(({ calls }) => calls) },
		tokens: { least: sum(({ tokens }) => tokens.least), most: sum(({ tokens }) => tokens.most) },
		costUsd:
			unpriced.length > 0 ? null : { least: sum(({ dollars }) => dollars?.least ?? 0), most: sum(({ dollars }) => dollars?.most ?? 0) },
		unpriced,
		replyTokens: usualReply,
		pricesDate,
	};
}

const nothing: Request = { system: "", messages: [], tools: [] };

function firstRound(team: Team, question: string, today: string): Turn {
	const aliases = Object.fromEntries(team.agents.map(({ id }, index) => [id, `agent-${String(index + 1).padStart(4, "x")}`]));
	const terms = termsOf(team, {
		number: 1,
		question,
		agents: agentsOf(team, aliases),
		seed: team.rules.seed ?? 0,
		prompts: promptsVersion,
		today,
	});
	const protocol = protocolNamed(terms.protocol)?.decide;
	return protocol ? decide(emptyTurn, { type: "start", terms }, protocol).reduce(evolve, emptyTurn) : { ...emptyTurn, ...terms };
}

/**
 * An agent's least is its draft. At most it acts in every round of every attempt; what it reads grows by its own reply and
 * by everybody's answer each time.
 */
function agentCost(agent: AgentConfig, request: Request, turn: Turn, team: Team) {
	const entry = backendEntry(agent.backend);
	const { maxTokens, baseUrl } = agent.options;
	const output = typeof maxTokens === "number" ? maxTokens : usualReply;
	const first = estimate(request, undefined).tokens;
	const rounds = textIsAnswer(turn) ? 1 : turn.maxAnswers + 1;
	const inputs = Array.from({ length: rounds }, (_, round) => first + round * output * (team.agents.length + 1));
	const priced: Priced = {
		backend: agent.backend,
		model: agent.model ?? entry?.defaultModel,
		baseUrl: typeof baseUrl === "string" ? baseUrl : entry?.baseUrl,
	};
	const price = (input: number) => costOf(priced, { input, output, cached: 0, reasoning: 0 }, team.prices);
	const attempts = turn.maxRestarts + 1;
	const all = inputs.map(price);
	const least = price(first);
	return {
		agent: agent.id,
		calls: rounds * attempts,
		tokens: { least: first + output, most: inputs.reduce((total, input) => total + input + output, 0) * attempts },
		dollars: least === undefined ? undefined : { least, most: all.reduce<number>((total, cost) => total + (cost ?? 0), 0) * attempts },
	};
}
