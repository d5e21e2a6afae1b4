import { addUsage, noUsage, type Usage } from "./conversation.ts";
import type { Estimate, Seat, Spending, Turn } from "./types.ts";

export const noSpending: Spending = { ...noUsage, calls: 0, costUsd: 0, uncertain: { tokens: 0, costUsd: 0 }, possiblyPaidTwice: 0 };

/** A finished call. Without usage from the provider its estimate stands for it. */
export function charge(before: Spending, usage: Usage | undefined, costUsd: number | undefined, estimate?: Estimate): Spending {
	const calls = before.calls + 1;
	if (usage) return tidy({ ...before, ...addUsage(before, usage), calls, costUsd: plus(before.costUsd, costUsd) });
	return { ...before, calls, uncertain: addEstimates(before.uncertain, estimate ?? { tokens: 0, costUsd: 0 }) };
}

/** A call whose end was never seen: it may have been paid. */
export function reserve(before: Spending, estimate: Estimate, twice = 0): Spending {
	return { ...before, uncertain: addEstimates(before.uncertain, estimate), possiblyPaidTwice: before.possiblyPaidTwice + twice };
}

/** What all agents of a turn have spent. */
export function spentBy(turn: Turn): Spending {
	return total(turn.seats.map(({ spending }) => spending));
}

function total(spendings: readonly Spending[]): Spending {
	return spendings.reduce(
		(a, b) =>
			tidy({
				...addUsage(a, b),
				calls: a.calls + b.calls,
				costUsd: plus(a.costUsd, b.costUsd),
				uncertain: addEstimates(a.uncertain, b.uncertain),
				possiblyPaidTwice: a.possiblyPaidTwice + b.possiblyPaidTwice,
			}),
		noSpending,
	);
}

/** `spent`: what was paid or may have been. `committed`: that, and what the calls now open may cost at most. */
type Measure = "spent" | "committed";

/** How much of the turn's budget is used once `more` is spent too: 1 is all of it, 0 if there is no budget. */
export function budgetUsed(turn: Turn, measure: Measure, more: Estimate = { tokens: 0 }): number {
	const { costUsd, tokens, outputTokens } = turn.limits;
	if (costUsd === undefined && tokens === undefined && outputTokens === undefined) return 0;
	const open = measure === "spent" ? [] : turn.open.flatMap(({ step }) => (step ? [step.estimate] : []));
	return used(
		turn.seats.map(({ spending }) => spending),
		[...open, more],
		turn.limits,
	);
}

export function agentBudgetUsed(turn: Turn, { spending: spent }: Seat, more: Estimate): number {
	return turn.limits.perAgent ? used([spent], [more], turn.limits.perAgent) : 0;
}

function used(
	spendings: readonly Spending[],
	estimates: readonly Estimate[],
	limit: { readonly costUsd?: number; readonly tokens?: number; readonly outputTokens?: number },
): number {
	// What a call will write is not known before: each is taken to write one token at least.
	let [tokens, costUsd, output] = [0, 0, estimates.length];
	for (const spent of spendings) {
		output += spent.output;
		tokens += spent.input + spent.output + spent.uncertain.tokens;
		costUsd += (spent.costUsd ?? 0) + (spent.uncertain.costUsd ?? 0);
	}
	for (const estimate of estimates) {
		tokens += estimate.tokens;
		costUsd += estimate.costUsd ?? 0;
	}
	return Math.max(
		limit.costUsd === undefined ? 0 : costUsd / limit.costUsd,
		limit.tokens === undefined ? 0 : tokens / limit.tokens,
		limit.outputTokens === undefined ? 0 : output / limit.outputTokens,
	);
}

function addEstimates(a: Estimate, b: Estimate): Estimate {
	const costUsd = plus(a.costUsd, b.costUsd);
	return { tokens: a.tokens + b.tokens, ...(costUsd === undefined ? {} : { costUsd }) };
}

/** The sum of two amounts, unknown if one of them is. */
function plus(a: number | undefined, b: number | undefined): number | undefined {
	return a === undefined || b === undefined ? undefined : a + b;
}

function tidy(spending: Omit<Spending, "costUsd"> & { costUsd: number | undefined }): Spending {
	const { costUsd, ...rest } = spending;
	return costUsd === undefined ? rest : { ...rest, costUsd };
}
