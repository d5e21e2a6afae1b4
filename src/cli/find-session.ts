/** Which session the flags mean. */
import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { databaseName } from "../checkpoint/schema.ts";
import { type SessionPlace, sessionPath, sessionsDirectory } from "../checkpoint/session-directory.ts";
import { SessionError, UsageError } from "../errors.ts";
import { listSessions, type SessionSummary } from "../sessions/catalogue.ts";
import { locateSession, sessionWithId } from "../sessions/locate.ts";

export type Here = { readonly cwd: string; readonly home: string };

/** The sessions of this directory, the one that was used last first. */
export function sessionsHere({ cwd, home }: Here): readonly SessionSummary[] {
	const here = join(sessionsDirectory(realpathSync(cwd)), "/");
	return sessionsEverywhere({ cwd, home }).filter(({ directory }) => directory.startsWith(here));
}

export function sessionsEverywhere({ cwd, home }: Here): readonly SessionSummary[] {
	return listSessions({ home, here: cwd });
}

/** The newest of this directory that has a turn, or an error that says where there is one. */
export function newestSession(here: Here): SessionPlace {
	const isLively = ({ turns, id }: SessionSummary) => turns > 0 && !id.startsWith("subagent_");
	const newest = sessionsHere(here).find(isLively);
	if (newest) return newest;
	const elsewhere = sessionsEverywhere(here).find(isLively);
	throw new SessionError("session_not_found", "There is no session in this directory to go on with.", {
		hint: elsewhere
			? `The newest elsewhere is ${elsewhere.id}: massgen --resume ${elsewhere.id}`
			: 'Start one: massgen --config team.yaml "your question"',
	});
}

/** By id, name, number in the list, the beginning of the id, or `last`. */
export function findSession(wanted: string, { cwd, home }: Here): SessionPlace {
	return locateSession(wanted, { home, here: cwd });
}

/** The session of exactly this id. */
export function sessionNamed(id: string, { cwd, home }: Here): SessionPlace | undefined {
	return sessionWithId(id, { home, here: cwd });
}

/** The session of exactly this id in this directory. */
export function sessionHere(id: string, { cwd }: Pick<Here, "cwd">): SessionPlace | undefined {
	const directory = sessionPath(realpathSync(cwd), id);
	return existsSync(join(directory, databaseName)) ? { id, directory } : undefined;
}

/** The session that a command is about. */
export function wantedSession(word: string | undefined): string {
	if (word === undefined)
		throw new UsageError(
			"Which session is meant?",
			"Name it: its id, the beginning of it, its name, or last. massgen sessions list shows them.",
		);
	return word;
}
