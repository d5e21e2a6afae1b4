/** `massgen sessions repair ID` */
import { repairSession } from "../../checkpoint/repair.ts";
import { count } from "../../displays/words.ts";
import { UsageError } from "../../errors.ts";
import type { Spec } from "../command.ts";
import { findSession, type Here } from "../find-session.ts";
import type { Io } from "../io.ts";
import { action, type SessionsAction } from "./sessions-action.ts";

const repairSpec = {
	name: "sessions repair",
	usage: "massgen sessions repair ID",
	about: "Makes a damaged session usable: keeps what is intact, and the damaged file beside it.",
	words: { max: 1, hint: "massgen sessions repair takes one id." },
	options: {
		json: { kind: "flag", group: "Options", describe: "One JSON document." },
		help: { kind: "flag", alias: "h", group: "Options", describe: "This text." },
	},
	examples: [["massgen sessions repair session_20260101_120000", ""]],
} as const satisfies Spec;

async function repair(io: Io, here: Here, { wanted, json }: { wanted: string | undefined; json: boolean }): Promise<number> {
	if (wanted === undefined)
		throw new UsageError("massgen sessions repair needs the id of a session.", "massgen sessions list shows the ids.");
	const { directory } = findSession(wanted, here);
	const report = await repairSession(directory);
	const { id, problem, kept, lost, aside } = report;
	if (json) {
		io.stdout.write(`${JSON.stringify({ id, problem: problem ?? null, kept, lost, aside: aside ?? null }, null, 2)}\n`);
		return 0;
	}
	if (problem === undefined) {
		io.stdout.write(`${id} is not damaged (${count(kept, "event")}). Nothing was changed.\n`);
		return 0;
	}
	const gone = lost > 0 ? ` ${count(lost, "later event")} could not be kept.` : "";
	io.stdout.write(
		`${id} was damaged: ${problem}\nIt has ${count(kept, "event")} now.${gone} The damaged file is kept as ${aside}.\nGo on with it: massgen --resume ${id}\n`,
	);
	return 0;
}

const repairing = action(
	repairSpec,
	async ({ values, words }, io, here) => await repair(io, here, { wanted: words[0], json: values.json }),
);

export const actions: readonly SessionsAction[] = [repairing];
