/** `massgen sessions`: what is stored. */
import { homedir } from "node:os";
import { UsageError } from "../../errors.ts";
import type { Spec } from "../command.ts";
import type { Io } from "../io.ts";
import { parse } from "../parse.ts";
import { listSpec, showSessions } from "./sessions-list.ts";
import { repair, repairSpec } from "./sessions-repair.ts";

const groupSpec = {
	name: "sessions",
	usage: "massgen sessions list|repair",
	about: "Stored sessions. Each is a directory in .massgen/sessions, where it was started.",
	words: { max: 0, hint: "massgen sessions list" },
	options: { help: { kind: "flag", alias: "h", group: "Options", describe: "This text." } },
	examples: [
		["massgen sessions list", listSpec.about],
		["massgen sessions repair ID", repairSpec.about],
	],
} as const satisfies Spec;

export const specs: readonly Spec[] = [groupSpec, listSpec, repairSpec];

export async function run([action, ...rest]: readonly string[], io: Io): Promise<number> {
	const here = { cwd: io.cwd, home: homedir() };
	switch (action) {
		case "list":
		case "ls": {
			const { values } = parse(listSpec, rest);
			return showSessions(io, here, { everywhere: values.all, json: values.json });
		}
		case "repair": {
			const { values, words } = parse(repairSpec, rest);
			return await repair(io, here, { wanted: words[0], json: values.json });
		}
	}
	throw new UsageError(
		action === undefined ? "massgen sessions needs to know what to do." : `There is no massgen sessions ${action}.`,
		"massgen sessions list shows what is stored, massgen sessions --help all that it can do.",
	);
}
