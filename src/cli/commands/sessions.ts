/** `massgen sessions`: what is stored. */
import { homedir } from "node:os";
import { openSession } from "../../checkpoint/session-directory.ts";
import { emptySession, evolveSession, openTurn, type Session } from "../../core/session.ts";
import { oneLine } from "../../displays/clean.ts";
import { MassgenError, UsageError } from "../../errors.ts";
import type { Spec } from "../command.ts";
import { type Found, sessionsEverywhere, sessionsHere } from "../find-session.ts";
import type { Io } from "../io.ts";
import { parse } from "../parse.ts";

const listSpec = {
	name: "sessions list",
	usage: "massgen sessions list",
	about: "The sessions of this directory, the newest first.",
	words: { max: 0, hint: "massgen sessions list takes flags only." },
	options: {
		all: { kind: "flag", group: "Options", describe: "All sessions of all directories." },
		json: { kind: "flag", group: "Options", describe: "One JSON document." },
		help: { kind: "flag", alias: "h", group: "Options", describe: "This text." },
	},
	examples: [["massgen --resume session_20260101", "go on with one; the beginning of its id is enough"]],
} as const satisfies Spec;

const groupSpec = {
	name: "sessions",
	usage: "massgen sessions list",
	about: "Stored sessions. They are in .massgen/sessions of the directory where they were started.",
	words: { max: 1, hint: "massgen sessions list" },
	options: { help: { kind: "flag", alias: "h", group: "Options", describe: "This text." } },
	examples: [],
} as const satisfies Spec;

export const specs: readonly Spec[] = [groupSpec, listSpec];

export async function run(words: readonly string[], io: Io): Promise<number> {
	const [action, ...rest] = words;
	if (action === "list" || action === "ls") {
		const { values } = parse(listSpec, rest);
		return await listSessions(io, { everywhere: values.all, json: values.json });
	}
	throw new UsageError(
		action === undefined ? "massgen sessions needs to know what to do." : `There is no massgen sessions ${action}.`,
		"massgen sessions list shows the sessions of this directory.",
	);
}

const shownByDefault = 10;

export async function listSessions(io: Io, { everywhere, json }: { everywhere: boolean; json: boolean }): Promise<number> {
	const here = { cwd: io.cwd, home: homedir() };
	const found = everywhere ? sessionsEverywhere(here) : sessionsHere(here);
	const rows: Row[] = [];
	for (const session of everywhere || json ? found : found.slice(0, shownByDefault)) rows.push(await row(session));
	if (json) io.stdout.write(`${JSON.stringify({ sessions: rows }, null, 2)}\n`);
	else io.stdout.write(table(rows, { more: found.length - rows.length, everywhere }));
	return 0;
}

type Row = {
	readonly id: string;
	readonly directory: string;
	readonly last_used_at: string;
	readonly turns: number;
	readonly status: string;
	readonly question: string | null;
};

async function row({ id, directory, usedAt }: Found): Promise<Row> {
	const known = { id, directory, last_used_at: new Date(usedAt).toISOString() };
	try {
		const store = await openSession(directory);
		try {
			let session = emptySession;
			for await (const page of store.read()) session = page.reduce(evolveSession, session);
			const holder = await store.holder();
			return {
				...known,
				turns: session.turns.length,
				status: holder ? `running (process ${holder.pid})` : status(session),
				question: session.turns.at(-1)?.turn.question ?? null,
			};
		} finally {
			await store.close();
		}
	} catch (error) {
		// One damaged session must not hide the others.
		if (!(error instanceof MassgenError)) throw error;
		return { ...known, turns: 0, status: `damaged: ${error.message}`, question: null };
	}
}

function status(session: Session): string {
	if (openTurn(session)) return "interrupted";
	const outcome = session.turns.at(-1)?.turn.outcome;
	return outcome ?? "empty";
}

function table(rows: readonly Row[], { more, everywhere }: { more: number; everywhere: boolean }): string {
	if (rows.length === 0)
		return everywhere ? "There are no sessions.\n" : "There are no sessions in this directory. With --all: those of all directories.\n";
	const width = Math.max(...rows.map(({ id }) => id.length));
	const lines = rows.map(({ id, last_used_at, turns, status: state, question, directory }) => {
		const place = everywhere ? `  ${directory}` : "";
		return `${id.padEnd(width)}  ${last_used_at.slice(0, 16).replace("T", " ")}  ${String(turns).padStart(3)} ${turns === 1 ? "turn " : "turns"}  ${oneLine(state, 60).padEnd(12)}  ${oneLine(question ?? "", 60)}${place}`;
	});
	return [...lines, ...(more > 0 ? [`${more} more: massgen --list-sessions --all`] : []), "Go on with one: massgen --resume ID", ""].join(
		"\n",
	);
}
