import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { places } from "../checkpoint/places.ts";
import { databaseName } from "../checkpoint/schema.ts";
import { type SessionPlace, sessionPath, sessionsDirectory } from "../checkpoint/session-directory.ts";
import { SessionError } from "../errors.ts";
import { type ListOptions, listSessions, type SessionSummary } from "./catalogue.ts";

/**
 * Finds the session that a user means: by its id, its name, its number in the list, the beginning of its id, or `last`,
 * the newest one with a turn. The sessions of this directory come first: only if none of them is meant, those of all
 * other places are. If several are, none is taken: they are listed in the error.
 */
export function locateSession(wanted: string, options: ListOptions): SessionPlace {
	const exact = sessionWithId(wanted, options);
	if (exact !== undefined) {
		return exact;
	}
	const all = listSessions(options);
	const here = existsSync(options.here) ? join(sessionsDirectory(realpathSync(options.here)), "") : undefined;
	const isHere = (session: SessionSummary) => here !== undefined && session.directory.startsWith(here);
	if (wanted === "last") {
		const lively = all.filter((session) => session.turns > 0 && !session.id.startsWith("subagent_"));
		return lively.find(isHere) ?? lively[0] ?? missing("No session has a turn yet, neither here nor in another directory.");
	}
	const ways: ((session: SessionSummary) => boolean)[] = [
		(session) => session.name === wanted,
		(session) => /^[1-9]\d{0,5}$/.test(wanted) && session.index === Number(wanted),
		(session) => wanted !== "" && session.id.startsWith(wanted),
	];
	for (const way of ways) {
		const meant = all.filter(way);
		const near = meant.filter(isHere);
		const found = onlyOne(wanted, near.length > 0 ? near : meant);
		if (found !== undefined) {
			return found;
		}
	}
	return missing(`There is no session "${wanted}", neither here nor in another directory.`, wanted);
}

/** The session of exactly this id, if there is one: reads no list, opens no file. */
export function sessionWithId(id: string, options: ListOptions): SessionPlace | undefined {
	const inRoot = (root: string): readonly SessionPlace[] => {
		const directory = directoryOf(root, id);
		return directory !== undefined && existsSync(join(directory, databaseName)) ? [{ id, directory }] : [];
	};
	const here = existsSync(options.here) ? inRoot(realpathSync(options.here)) : [];
	return here[0] ?? onlyOne(id, places(options.home).flatMap(inRoot));
}

/** Undefined if no session could have this id. */
function directoryOf(root: string, id: string): string | undefined {
	try {
		return sessionPath(root, id);
	} catch (error) {
		if (error instanceof SessionError) {
			return undefined;
		}
		throw error;
	}
}

const mostListed = 10;

function onlyOne(wanted: string, meant: readonly SessionPlace[]): SessionPlace | undefined {
	const [first, second] = meant;
	if (first === undefined || second === undefined) {
		return first;
	}
	const lines = meant.slice(0, mostListed).map((session) => `  ${session.id}  in ${session.directory}`);
	const more = meant.length > mostListed ? [`  and ${meant.length - mostListed} more`] : [];
	throw new SessionError("session_ambiguous", [`"${wanted}" may be any of ${meant.length} sessions:`, ...lines, ...more].join("\n"), {
		hint: "Type more of the id. Where ids are equal, change to the directory of the one that you mean.",
	});
}

function missing(message: string, sessionId?: string): never {
	throw new SessionError("session_not_found", message, { sessionId, hint: "List the sessions with `massgen sessions list`." });
}
