/** `massgen "question"`: one turn of a session, from its options to its exit code. */
import { homedir } from "node:os";
import { askSpec } from "../ask-options.ts";
import type { Io } from "../io.ts";
import { parse } from "../parse.ts";
import { readQuestion } from "../question.ts";
import { type Settings, settingsOf } from "../settings.ts";

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
	if (await opensConversation(settings, io)) return await (await import("./chat.ts")).converse(settings, io, false);
	const { askTeam } = await import("../ask-team.ts");
	return await askTeam(settings, io, (needed, notice) => readQuestion(settings.question, { stdin: io.stdin, needed, notice }));
}

/** Without a question, in front of a terminal: talk. An interrupted turn goes on first, and a team may bring its own question. */
async function opensConversation(settings: Settings, io: Io): Promise<boolean> {
	const { question, automation, output, outputFile } = settings;
	const mayTalk = question === undefined && !automation && output === "text" && outputFile === undefined;
	if (!mayTalk || !io.stdin.isTTY || io.stderr.terminal === undefined) return false;
	const around = { env: io.env, cwd: io.cwd, home: homedir(), warn: () => {} };
	const { defaultConfig } = await import("../../config/locate.ts");
	const { isTeamGiven, openSessionFor } = await import("../session-for.ts");
	if (settings.session.kind === "new" && !isTeamGiven(settings) && defaultConfig(around) === undefined) return false;
	const choice = await openSessionFor(settings, around);
	if (!choice.exists) return choice.loaded.team.prompt === undefined;
	const store = await choice.open();
	try {
		const { readSession } = await import("../../sessions/reading.ts");
		const { openTurn } = await import("../../core/session.ts");
		return openTurn((await readSession(store)).session) === undefined;
	} finally {
		await store.close();
	}
}
