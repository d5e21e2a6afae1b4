/** `massgen sessions show`, `inspect` and `events`: what is in a session. */
import { setMaxListeners } from "node:events";
import type { Recorded } from "../../core/events.ts";
import { emptyTurn, evolve } from "../../core/evolve.ts";
import { openTurn, type TurnRecord } from "../../core/session.ts";
import { clean, jsonText } from "../../displays/clean.ts";
import { costs, costTable, turnCostTable } from "../../displays/costs.ts";
import { localTime } from "../../displays/local-time.ts";
import { narrate } from "../../displays/narrate.ts";
import { resultDocument } from "../../displays/result.ts";
import { agentText, finalText, turnTable } from "../../displays/turns.ts";
import { explainVotes } from "../../displays/votes.ts";
import { count } from "../../displays/words.ts";
import { UsageError } from "../../errors.ts";
import { statusOf } from "../../sessions/runs.ts";
import { messagesIn } from "../chat/banner.ts";
import { wantedSession } from "../find-session.ts";
import { numberOf } from "../parse.ts";
import { withNamed } from "../stored-sessions.ts";
import { action, type SessionsAction, tell, usualOptions } from "./sessions-action.ts";

const show = action(
	{
		name: "sessions show",
		usage: "massgen sessions show ID",
		about: "A session at a glance: its state, its turns, what it cost.",
		words: { max: 1, hint: "massgen sessions show takes one id." },
		options: usualOptions,
		examples: [["massgen sessions show last", "the newest one"]],
	} as const,
	async ({ values, words }, io, here) =>
		await withNamed(wantedSession(words[0]), here, async (store, session) => {
			const holder = await store.holder();
			const last = session.turns.at(-1)?.turn;
			const status = last ? statusOf(last, holder !== undefined) : "created";
			const document = {
				id: store.id,
				name: session.name ?? null,
				directory: store.directory ?? null,
				lifecycle: session.isClosed ? "closed" : "open",
				status,
				created_at: new Date(session.openedAt ?? 0).toISOString(),
				last_activity: new Date(session.lastAt ?? 0).toISOString(),
				message_count: messagesIn(session),
				config_path: session.configPath ?? null,
				turns: session.turns.map(({ turn }) => ({ turn: turn.number, question: turn.question, outcome: turn.outcome ?? "interrupted" })),
				costs: costs(session),
				driver: holder ?? null,
			};
			return tell(io, values.json, document, [
				`Session ${store.id}${session.name === undefined ? "" : ` (${session.name})`}: ${status}`,
				`In ${store.directory}`,
				`Created ${localTime(session.openedAt)}, last used ${localTime(session.lastAt)}, ${count(messagesIn(session), "message")}`,
				...(holder ? [`Process ${holder.pid} on ${holder.host} is at work on it.`] : []),
				"",
				...(session.turns.length === 0 ? ["No turns yet."] : turnTable(session)),
				"",
				...costTable(session),
				...(openTurn(session) && !holder ? ["", `Go on with it: massgen --resume ${store.id}`] : []),
			]);
		}),
);

const inspect = action(
	{
		name: "sessions inspect",
		usage: "massgen sessions inspect ID [N|all]",
		about: "Everything of a turn: what each agent wrote, the votes and what decided, the cost. The last turn, or turn N, or a list of all.",
		words: { max: 2, hint: "massgen sessions inspect takes an id and the number of a turn." },
		options: usualOptions,
		examples: [["massgen sessions inspect last 2 --json", "turn 2 as one document"]],
	} as const,
	async ({ values, words }, io, here) =>
		await withNamed(wantedSession(words[0]), here, async (store, session) => {
			if (words[1] === "all") {
				const rows = session.turns.map(({ turn }) => ({
					turn: turn.number,
					question: turn.question,
					outcome: turn.outcome ?? "interrupted",
				}));
				return tell(io, values.json, { turns: rows }, session.turns.length === 0 ? ["No turns yet."] : turnTable(session));
			}
			const record = turnFor(session.turns, words[1]);
			const { turn } = record;
			const circumstances = { sessionId: store.id, exitCode: 0, durationMs: record.drivenMs, resume: null, warnings: [] };
			return tell(io, values.json, resultDocument(turn, circumstances), [
				`Turn ${turn.number}: ${clean(turn.question)}`,
				"",
				...turn.agents.flatMap(({ id }) => [`== ${id}`, ...agentText(turn, id)]),
				"== votes",
				...explainVotes(turn).slice(1),
				"",
				"== cost",
				...turnCostTable(turn),
				"",
				"== final answer",
				...finalText(turn),
			]);
		}),
);

function turnFor(turns: readonly TurnRecord[], word: string | undefined): TurnRecord {
	const number = numberOf("turn", word, { min: 1, whole: true });
	const found = number === undefined ? turns.at(-1) : turns.find(({ turn }) => turn.number === number);
	if (found) return found;
	const [first] = turns;
	throw new UsageError(
		number === undefined ? "This session has no turns yet." : `There is no turn ${number}.`,
		first ? `There are turns ${first.turn.number} to ${turns.at(-1)?.turn.number}.` : undefined,
	);
}

const events = action(
	{
		name: "sessions events",
		usage: "massgen sessions events ID [--follow]",
		about: "What happened, event by event. With --json the stored events, one a line.",
		words: { max: 1, hint: "massgen sessions events takes one id." },
		options: {
			follow: { kind: "flag", alias: "f", group: "Options", describe: "Wait for more, until Ctrl+C." },
			after: { kind: "text", value: "SEQ", group: "Options", describe: "Only those after this number." },
			json: { kind: "flag", group: "Options", describe: "One JSON object a line." },
			help: usualOptions.help,
		},
		examples: [["massgen sessions events last --follow --json", "for programs, as it happens"]],
	} as const,
	async ({ values, words }, io, here) =>
		await withNamed(wantedSession(words[0]), here, async (store) => {
			const after = numberOf("after", values.after, { min: 0, whole: true }) ?? 0;
			const stop = new AbortController();
			setMaxListeners(0, stop.signal);
			const end = () => stop.abort();
			for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, end);
			io.stdout.onClosed(end);
			let turn = emptyTurn;
			const print = (event: Recorded) => {
				if (event.turn > 0) turn = evolve(turn, event);
				if (event.seq <= after) return;
				const lines = values.json ? [jsonText(event)] : narrate(event, turn).map(({ text }) => `${localTime(event.at)}  ${clean(text)}`);
				for (const line of lines) io.stdout.write(`${line}\n`);
			};
			// From the beginning: what an event says depends on the state before it.
			for await (const page of values.follow ? store.follow(0, stop.signal) : store.read()) for (const event of page) print(event);
			return 0;
		}),
);

export const actions: readonly SessionsAction[] = [show, inspect, events];
