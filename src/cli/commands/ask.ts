/** `massgen "question"`: one turn of a session, from its options to its exit code. */
import { homedir } from "node:os";
import { askSpec } from "../ask-options.ts";
import type { Io } from "../io.ts";
import { parse } from "../parse.ts";
import { readQuestion } from "../question.ts";
import { settingsOf } from "../settings.ts";

export const specs = [askSpec];

export async function run(words: readonly string[], io: Io): Promise<number> {
	const { values, words: given } = parse(askSpec, words);
	if (values.help) return (await import("../print-help.ts")).printHelp("massgen", io);
	if (values["list-examples"]) return (await import("./examples.ts")).listExamples(io, { json: values.json });
	if (values.example !== undefined) return (await import("./examples.ts")).printExample(io, values.example);
	if (values["list-sessions"])
		return (await import("./sessions-list.ts")).showSessions(
			io,
			{ cwd: io.cwd, home: homedir() },
			{ everywhere: values.all, json: values.json },
		);
	const settings = settingsOf(values, given[0]);
	if (values.validate !== undefined) return (await import("./validate.ts")).validate(io, settings);
	if (values["dry-run"]) return (await import("./dry-run.ts")).dryRun(io, settings);
	const { askTeam } = await import("../ask-team.ts");
	return await askTeam(settings, io, (needed, notice) => readQuestion(settings.question, { stdin: io.stdin, needed, notice }));
}
