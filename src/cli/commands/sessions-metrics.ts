/** `massgen sessions metrics`: numbers of the turns, over all sessions or of one. */
import { openSession, type SessionPlace } from "../../checkpoint/session-directory.ts";
import { openTurn } from "../../core/session.ts";
import { count, seconds } from "../../displays/words.ts";
import { CorruptSessionError } from "../../errors.ts";
import { type MetricName, metricNames, metrics, type RunSummary, sessionMetrics } from "../../sessions/metrics.ts";
import { readSession } from "../../sessions/reading.ts";
import { runOf } from "../../sessions/runs.ts";
import { findSession, sessionsEverywhere, sessionsHere } from "../find-session.ts";
import { action, type SessionsAction, tell, usualOptions } from "./sessions-action.ts";

const measuring = action(
	{
		name: "sessions metrics",
		usage: "massgen sessions metrics [ID] [--period 7d]",
		about: "How many turns there were, how they ended, what they took. Of one session, or of all of this directory.",
		words: { max: 1, hint: "massgen sessions metrics takes one id." },
		options: {
			period: { kind: "text", value: "PERIOD", group: "Options", describe: "By when they began: 30m, 12h, 7d, 4w, or all. 7d by default." },
			metric: {
				kind: "list",
				value: "NAME",
				group: "Options",
				choices: metricNames,
				describe: "Only this one; several times for several.",
			},
			all: { kind: "flag", group: "Options", describe: "Of all directories." },
			...usualOptions,
		},
		examples: [["massgen sessions metrics --period all --json", ""]],
	} as const,
	async ({ values, words }, io, here) => {
		const places = words[0] !== undefined ? [findSession(words[0], here)] : values.all ? sessionsEverywhere(here) : sessionsHere(here);
		const runs: RunSummary[] = [];
		let skipped = 0;
		for (const place of places) {
			const found = await runsOf(place);
			if (found) runs.push(...found);
			else skipped++;
		}
		const names = values.metric.filter((name): name is MetricName => metricNames.some((known) => known === name));
		const numbers = metrics(runs, {
			now: Date.now(),
			period: values.period ?? (words[0] === undefined ? "7d" : "all"),
			...(names.length === 0 ? {} : { metrics: names }),
		});
		const session = words[0] === undefined ? {} : { session: sessionMetrics(runs) };
		const lines = Object.entries(numbers).map(([name, value]) => `${`${name}:`.padEnd(22)} ${shown(name, value)}`);
		return tell(io, values.json, { ...numbers, ...session, skipped_damaged: skipped }, [
			...lines,
			...(skipped > 0 ? [`${count(skipped, "damaged session")} left out.`] : []),
		]);
	},
);

/** Undefined if it is damaged: one such must not hide the numbers of the others. */
async function runsOf({ directory }: SessionPlace): Promise<readonly RunSummary[] | undefined> {
	try {
		const store = await openSession(directory);
		try {
			const { session, events } = await readSession(store);
			const isDriven = (await store.holder()) !== undefined;
			const open = openTurn(session)?.turn.number;
			return session.turns.map((record) => {
				const own = events.filter(({ turn }) => turn === record.turn.number);
				return runOf(record, own, isDriven && record.turn.number === open);
			});
		} finally {
			await store.close();
		}
	} catch (error) {
		if (error instanceof CorruptSessionError) return undefined;
		throw error;
	}
}

function shown(name: string, value: unknown): string {
	if (value === null) return "-";
	if (name.endsWith("_duration") && typeof value === "number") return seconds(value);
	if (name === "success_rate") return `${Math.round(Number(value))} %`;
	if (typeof value === "object" && value !== null)
		return (
			Object.entries(value)
				.map(([key, number]) => `${key} ${number}`)
				.join(", ") || "-"
		);
	return String(value);
}

export const actions: readonly SessionsAction[] = [measuring];
