/** What was spent, by agent, turn and session. Pure. */
import { seatOf } from "../core/queries.ts";
import type { Session } from "../core/session.ts";
import { spentBy } from "../core/spending.ts";
import type { Spending, Turn } from "../core/types.ts";
import { dollars, figure } from "./words.ts";

type Row = readonly string[];

const head: Row = ["", "calls", "tokens in", "tokens out", "cost"];

/** Figures for programs; `null` where a price is unknown. */
export function costs(session: Session) {
	const turns = session.turns.map(({ turn }) => ({
		turn: turn.number,
		...figures(spentBy(turn)),
		agents: turn.agents.map(({ id }) => ({ agent: id, ...figures(seatOf(turn, id).spending) })),
	}));
	return { turns, total: sum(turns) };
}

function figures({ calls, input, output, cached, reasoning, costUsd, uncertain, possiblyPaidTwice }: Spending) {
	return {
		calls,
		input_tokens: input,
		output_tokens: output,
		cached_input_tokens: cached,
		reasoning_tokens: reasoning,
		cost_usd: costUsd ?? null,
		uncertain_tokens: uncertain.tokens,
		possibly_paid_twice: possiblyPaidTwice,
	};
}

type Figures = ReturnType<typeof figures>;

function sum(all: readonly Figures[]): Figures {
	const of = (pick: (each: Figures) => number) => all.reduce((total, each) => total + pick(each), 0);
	const isKnown = all.every(({ cost_usd }) => cost_usd !== null);
	return {
		calls: of(({ calls }) => calls),
		input_tokens: of(({ input_tokens }) => input_tokens),
		output_tokens: of(({ output_tokens }) => output_tokens),
		cached_input_tokens: of(({ cached_input_tokens }) => cached_input_tokens),
		reasoning_tokens: of(({ reasoning_tokens }) => reasoning_tokens),
		cost_usd: isKnown ? of(({ cost_usd }) => cost_usd ?? 0) : null,
		uncertain_tokens: of(({ uncertain_tokens }) => uncertain_tokens),
		possibly_paid_twice: of(({ possibly_paid_twice }) => possibly_paid_twice),
	};
}

export function costTable(session: Session): readonly string[] {
	const { turns, total } = costs(session);
	if (turns.length === 0) return ["Nothing was spent: no turn has been asked yet."];
	const rows = turns.flatMap((turn) => [row(`Turn ${turn.turn}`, turn), ...turn.agents.map((agent) => row(`  ${agent.agent}`, agent))]);
	return [...aligned([head, ...rows, row("Session", total)]), ...notes(total)];
}

export function turnCostTable(turn: Turn): readonly string[] {
	const rows = turn.agents.map(({ id }) => row(id, figures(seatOf(turn, id).spending)));
	const total = figures(spentBy(turn));
	return [...aligned([head, ...rows, row("Turn", total)]), ...notes(total)];
}

function row(name: string, { calls, input_tokens, output_tokens, cost_usd }: Figures): Row {
	return [name, figure(calls), figure(input_tokens), figure(output_tokens), cost_usd === null ? "unknown" : dollars(cost_usd)];
}

function notes({ uncertain_tokens, possibly_paid_twice }: Figures): readonly string[] {
	const parts = [
		...(uncertain_tokens > 0 ? [`up to ${figure(uncertain_tokens)} tokens more in calls whose end was not seen`] : []),
		...(possibly_paid_twice > 0 ? [`${figure(possibly_paid_twice)} of the calls possibly paid twice`] : []),
	];
	return parts.length === 0 ? [] : [`Not in these figures: ${parts.join("; ")}.`];
}

/** The first column to the left, figures to the right. */
export function aligned(rows: readonly Row[]): readonly string[] {
	const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
	return rows.map((cells) =>
		cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  "),
	);
}
