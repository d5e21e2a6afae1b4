/** `--resume` without an id, and `--fork`: which session it is, before anything else is done. */
import { homedir } from "node:os";
import { UsageError } from "../errors.ts";
import { findSession, newestSession, sessionNamed } from "./find-session.ts";
import type { Io } from "./io.ts";
import { pickSession } from "./pick-session.ts";
import type { Settings } from "./settings.ts";
import { fork, withSession } from "./stored-sessions.ts";

type Flags = { readonly resume: string | undefined; readonly json: boolean };

/** Asks which one where there is a terminal; otherwise lists them and gives the exit code. */
export async function chooseSession({ resume, json }: Flags, io: Io): Promise<{ resume: string | undefined } | { code: number }> {
	if (resume !== "") return { resume };
	const here = { cwd: io.cwd, home: homedir() };
	if (io.stdin.isTTY && io.stderr.terminal) {
		const id = await pickSession(io, here);
		return id === undefined ? { code: 1 } : { resume: id };
	}
	const { showSessions } = await import("./commands/sessions-list.ts");
	showSessions(io, here, { everywhere: false, json });
	io.stderr.write("massgen: --resume does not say which session. Name one: massgen --resume ID, or the newest: massgen --continue\n");
	return { code: 1 };
}

/** With `--fork`, what is gone on with is a copy. */
export async function forked(settings: Settings, io: Io): Promise<Settings> {
	const here = { cwd: io.cwd, home: homedir() };
	const { session } = settings;
	const place =
		session.kind === "newest"
			? newestSession(here)
			: session.kind === "named"
				? findSession(session.id, here)
				: session.kind === "open"
					? sessionNamed(session.id, here)
					: undefined;
	if (!place) throw new UsageError("--fork needs a session to copy.", "Name it with --resume ID, --session NAME or --continue.");
	const { id } = await withSession(place, (store) => fork(store, here, {}));
	io.stderr.write(`Forked ${place.id} into ${id}.\n`);
	return { ...settings, session: { kind: "named", id } };
}
