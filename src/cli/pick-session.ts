/** Asks which session is meant, where there is somebody to ask. */
import { oneLine } from "../displays/clean.ts";
import { localTime } from "../displays/local-time.ts";
import { SessionError } from "../errors.ts";
import type { SessionSummary } from "../sessions/catalogue.ts";
import { type Here, sessionsEverywhere, sessionsHere } from "./find-session.ts";
import type { Io } from "./io.ts";

/** The id of the session that was chosen; undefined if none was. `lender` gives up the terminal meanwhile. */
export async function pickSession(
	{ stdin, stderr }: Pick<Io, "stdin" | "stderr">,
	here: Here,
	lender: { lend<T>(work: () => Promise<T>): Promise<T> } = { lend: (work) => work() },
): Promise<string | undefined> {
	const { terminal } = stderr;
	const near = sessionsHere(here);
	const found = (near.length > 0 ? near : sessionsEverywhere(here)).slice(0, 200);
	if (!stdin.isTTY || !terminal) return undefined;
	if (found.length === 0)
		throw new SessionError("session_not_found", "There is no session to go on with yet.", { hint: "Ask something: it begins one." });
	return await lender.lend(async () => {
		const { autocomplete, isCancel } = await import("@clack/prompts");
		const chosen = await autocomplete({
			message: "Which session?",
			options: found.map((session) => ({ value: session.id, label: session.id, hint: about(session) })),
			maxItems: 10,
			input: stdin,
			output: terminal,
		});
		return isCancel(chosen) ? undefined : chosen;
	});
}

function about({ name, question, problem, status, lastActivityAt }: SessionSummary): string {
	return [localTime(lastActivityAt).slice(0, 16), status, oneLine(problem ?? name ?? question ?? "", 50)].join("  ");
}
