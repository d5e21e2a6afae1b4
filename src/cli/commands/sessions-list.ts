/** `massgen sessions list` and `massgen --list-sessions` */
import { jsonText, oneLine } from "../../displays/clean.ts";
import type { SessionSummary } from "../../sessions/catalogue.ts";
import type { Spec } from "../command.ts";
import { type Here, sessionsEverywhere, sessionsHere } from "../find-session.ts";
import type { Io } from "../io.ts";
import { action, type SessionsAction } from "./sessions-action.ts";

export const listSpec = {
	name: "sessions list",
	usage: "massgen sessions list",
	about: "The sessions of this directory, the one that was used last first.",
	words: { max: 0, hint: "massgen sessions list takes flags only." },
	options: {
		all: { kind: "flag", group: "Options", describe: "Those of all directories, and all of them." },
		json: { kind: "flag", group: "Options", describe: "One JSON document." },
		help: { kind: "flag", alias: "h", group: "Options", describe: "This text." },
	},
	examples: [["massgen --resume session_20260101", "go on with one; the beginning of its id is enough"]],
} as const satisfies Spec;

const shownByDefault = 10;

export function showSessions(io: Io, here: Here, { everywhere, json }: { everywhere: boolean; json: boolean }): number {
	const found = everywhere ? sessionsEverywhere(here) : sessionsHere(here);
	if (json) io.stdout.write(`${jsonText({ sessions: found.map(row) }, 2)}\n`);
	else
		io.stdout.write(
			table(everywhere ? found : found.slice(0, shownByDefault), { more: everywhere ? 0 : found.length - shownByDefault, everywhere }),
		);
	return 0;
}

function row(session: SessionSummary) {
	return {
		id: session.id,
		name: session.name ?? null,
		directory: session.directory,
		started_at: time(session.startedAt),
		last_activity_at: time(session.lastActivityAt),
		turns: session.turns,
		status: session.status,
		question: session.question ?? null,
		problem: session.problem ?? null,
		driver: session.driver ?? null,
	};
}

function time(at: number | undefined): string | null {
	return at === undefined ? null : new Date(at).toISOString();
}

function table(sessions: readonly SessionSummary[], { more, everywhere }: { more: number; everywhere: boolean }): string {
	if (sessions.length === 0)
		return everywhere ? "There are no sessions.\n" : "There are no sessions in this directory. With --all: those of all directories.\n";
	const width = Math.max(...sessions.map(({ id }) => id.length));
	const lines = sessions.map((session) => {
		const turns = `${session.turns} ${session.turns === 1 ? "turn" : "turns"}`;
		const about = session.problem ?? session.name ?? session.question ?? "";
		const cells = [
			String(session.index).padStart(3),
			session.id.padEnd(width),
			localTime(session.lastActivityAt),
			turns.padStart(8),
			session.status.padEnd(11),
			oneLine(about, 60),
		];
		return [...cells, ...(everywhere ? [session.directory] : [])].join("  ").trimEnd();
	});
	return [...lines, ...(more > 0 ? [`${more} more: massgen --list-sessions --all`] : []), "Go on with one: massgen --resume ID", ""].join(
		"\n",
	);
}

function localTime(at: number | undefined): string {
	if (at === undefined) return "-".padEnd(16);
	const date = new Date(at);
	const two = (number: number) => String(number).padStart(2, "0");
	return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

const listing = action(listSpec, async ({ values }, io, here) => showSessions(io, here, { everywhere: values.all, json: values.json }));

export const actions: readonly SessionsAction[] = [listing];
