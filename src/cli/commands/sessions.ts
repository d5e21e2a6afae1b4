/** `massgen sessions`: what is stored. What a command of a conversation does, one of these does too. */
import { homedir } from "node:os";
import { nearest } from "../../config/problems.ts";
import { UsageError } from "../../errors.ts";
import type { Spec } from "../command.ts";
import type { Io } from "../io.ts";
import { parse } from "../parse.ts";
import type { SessionsAction } from "./sessions-action.ts";

type Group = { readonly names: readonly string[]; readonly load: () => Promise<{ readonly actions: readonly SessionsAction[] }> };

/** By the file that holds them. */
const groups: readonly Group[] = [
	{ names: ["list"], load: () => import("./sessions-list.ts") },
	{ names: ["show", "inspect", "events"], load: () => import("./sessions-show.ts") },
	{ names: ["export", "import", "fork"], load: () => import("./sessions-move.ts") },
	{ names: ["clear", "undo", "trim", "rename", "delete", "prune"], load: () => import("./sessions-change.ts") },
	{ names: ["cancel", "say", "extend", "drop", "finish"], load: () => import("./sessions-ask.ts") },
	{ names: ["metrics"], load: () => import("./sessions-metrics.ts") },
	{ names: ["repair"], load: () => import("./sessions-repair.ts") },
];

const names = groups.flatMap((group) => group.names);
const otherNames: Readonly<Record<string, string>> = { ls: "list", rm: "delete" };

export const specs = async (): Promise<readonly Spec[]> => {
	const actions = (await Promise.all(groups.map(({ load }) => load()))).flatMap((group) => group.actions);
	return [groupSpec(actions), ...actions.map(({ spec }) => spec)];
};

function groupSpec(actions: readonly SessionsAction[]): Spec {
	return {
		name: "sessions",
		usage: "massgen sessions COMMAND",
		about: "Stored sessions. Each is a directory in .massgen/sessions, where it was started.",
		words: { max: 0, hint: "massgen sessions list" },
		options: { help: { kind: "flag", alias: "h", group: "Options", describe: "This text; after a command, that of the command." } },
		examples: actions.map(({ spec }) => [spec.usage, spec.about] as const),
	};
}

export async function run([word, ...rest]: readonly string[], io: Io): Promise<number> {
	const name = otherNames[word ?? ""] ?? word ?? "";
	const group = groups.find((each) => each.names.includes(name));
	if (group) {
		const found = (await group.load()).actions.find(({ spec }) => spec.name === `sessions ${name}`);
		if (found) return await found.run(rest, io, { cwd: io.cwd, home: homedir() });
	}
	// Flags alone: whatever is wrong with them.
	if (name.startsWith("-")) parse(groupSpec([]), [name, ...rest]);
	const near = nearest(name, names);
	throw new UsageError(
		name === "" || name.startsWith("-") ? "massgen sessions needs to know what to do." : `There is no massgen sessions ${name}.`,
		`${near === undefined ? "" : `Did you mean massgen sessions ${near}? `}massgen sessions list shows what is stored, massgen sessions --help all that it can do.`,
	);
}
