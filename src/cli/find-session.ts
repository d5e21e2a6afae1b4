/** Which session the user means: by id, by the beginning of an id, or the newest. Looked up here first, then everywhere. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { places } from "../checkpoint/places.ts";
import { type SessionPlace, sessionsIn } from "../checkpoint/session-directory.ts";
import { SessionError } from "../errors.ts";

export type Here = { readonly cwd: string; readonly home: string };

export type Found = SessionPlace & { readonly root: string; readonly usedAt: number };

/** The sessions of this directory, the one that was written last first. */
export function sessionsHere({ cwd }: Here): readonly Found[] {
	return newestFirst(cwd);
}

/** Those of every directory that ever held one. */
export function sessionsEverywhere({ cwd, home }: Here): readonly Found[] {
	const roots = new Set([cwd, ...places(home)]);
	const byDirectory = new Map([...roots].flatMap(newestFirst).map((found) => [found.directory, found]));
	return [...byDirectory.values()].sort(byUse);
}

/** The newest of this directory, or an error that says where there are some. */
export function newestSession(here: Here): Found {
	const [newest] = sessionsHere(here);
	if (newest) return newest;
	const [elsewhere] = sessionsEverywhere(here);
	throw new SessionError("not_found", "There is no session in this directory to go on with.", {
		hint: elsewhere
			? `The newest elsewhere is ${elsewhere.id} in ${elsewhere.root}: massgen --resume ${elsewhere.id}`
			: 'Start one: massgen --config team.yaml "your question"',
	});
}

/** The session of this id, or of the only id that begins so. */
export function findSession(wanted: string, here: Here): Found {
	const found = lookUp(wanted, sessionsHere(here)) ?? lookUp(wanted, sessionsEverywhere(here));
	if (found) return found;
	throw new SessionError("not_found", `There is no session ${JSON.stringify(wanted)}.`, {
		sessionId: wanted,
		hint: "massgen --list-sessions shows those of this directory, with --all everywhere.",
	});
}

export function sessionNamed(id: string, here: Here): Found | undefined {
	return sessionsHere(here).find((session) => session.id === id) ?? sessionsEverywhere(here).find((session) => session.id === id);
}

function lookUp(wanted: string, sessions: readonly Found[]): Found | undefined {
	const exact = sessions.filter(({ id }) => id === wanted);
	const matches = exact.length > 0 ? exact : sessions.filter(({ id }) => id.startsWith(wanted));
	if (matches.length > 1) {
		const shown = matches.slice(0, 10).map(({ id, root }) => `  ${id}  ${root}`);
		throw new SessionError(
			"ambiguous",
			`${matches.length} sessions are called ${wanted}${exact.length > 0 ? "" : "..."}:\n${shown.join("\n")}`,
			{
				hint: exact.length > 0 ? "Go to the directory of the one you mean." : "Give more of its id.",
			},
		);
	}
	return matches[0];
}

function newestFirst(root: string): readonly Found[] {
	return sessionsIn(root)
		.map((session) => ({ ...session, root, usedAt: usedAt(session.directory) }))
		.sort(byUse);
}

function byUse(a: Found, b: Found): number {
	return b.usedAt - a.usedAt || b.id.localeCompare(a.id);
}

/** The log is two files, and either may be the one that was written last. */
function usedAt(directory: string): number {
	return Math.max(
		...["session.db", "session.db-wal"].map((name) => statSync(join(directory, name), { throwIfNoEntry: false })?.mtimeMs ?? 0),
	);
}
