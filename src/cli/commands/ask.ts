/** `massgen "question"`: one turn of a session, from its options to its exit code. */
import { homedir } from "node:os";
import { UsageError } from "../../errors.ts";
import { askSpec } from "../ask-options.ts";
import type { Values } from "../command.ts";
import { firstMinute } from "../first/first-minute.ts";
import type { Io } from "../io.ts";
import { massgenCommands } from "../massgen-flags.ts";
import { parse } from "../parse.ts";
import { readQuestion } from "../question.ts";
import { type Settings, settingsOf } from "../settings.ts";

export const specs = [askSpec];

/** What stands behind the first file to check are more of them. */
const manyFiles = { ...askSpec, words: { max: Number.POSITIVE_INFINITY, hint: "" } };

export async function run(words: readonly string[], io: Io): Promise<number> {
	refuseForeign(words);
	const { values, words: given } = parse(words.some((word) => /^--validate(=|$)/.test(word)) ? manyFiles : askSpec, words);
	if (values.help) return (await import("../print-help.ts")).printHelp("massgen", io);
	const code = await firstMinute(values, given, io);
	if (code !== undefined) return code;
	if (values["list-sessions"])
		return (await import("./sessions-list.ts")).showSessions(
			io,
			{ cwd: io.cwd, home: homedir() },
			{ everywhere: values.all, json: values.json },
		);
	const chosen = values.select ? await select(values, given[0], io) : undefined;
	if (values.select && !chosen) return (await import("./examples.ts")).listExamples(io, { json: values.json });
	const which = values.resume === "" ? await (await import("../choose-session.ts")).chooseSession(values, io) : { resume: values.resume };
	if ("code" in which) return which.code;
	const asked = settingsOf({ ...values, ...which, config: chosen?.config ?? values.config }, chosen?.question ?? given[0]);
	const settings = values.fork ? await (await import("../choose-session.ts")).forked(asked, io) : asked;
	if (values["dry-run"]) return (await import("./dry-run.ts")).dryRun(io, settings);
	if (await isNewHere(settings, io)) return await (await import("../first/wizard.ts")).wizard(io);
	if (await opensConversation(settings, io)) return await (await import("./chat.ts")).converse(settings, io, false);
	const { askTeam } = await import("../ask-team.ts");
	return await askTeam(settings, io, (needed, notice) => readQuestion(settings.question, { stdin: io.stdin, needed, notice }));
}

/** A question costs money: a word that is hardly one is asked about first. */
function refuseForeign([first = "", ...rest]: readonly string[]): void {
	const question = `If it is your question: massgen -- ${first}`;
	if (Object.hasOwn(massgenCommands, first))
		throw new UsageError(`${first} is a command of MassGen that this program does not have.`, `${massgenCommands[first]}\n${question}`);
	if (flagWords.includes(first) && rest.length === 0) throw new UsageError(`${first} is a flag here: massgen --${first}`, question);
}

/** What other programs have as commands. */
const flagWords: readonly string[] = ["init", "quickstart", "setup", "select", "help", "version", "resume", "continue"];

async function select(values: Values<typeof askSpec>, question: string | undefined, io: Io) {
	if (values.config !== undefined) throw new UsageError("--select and --config exclude each other.", "Choose a team, or name one.");
	return await (await import("../first/select.ts")).selectTeam(io, question);
}

/** Without a question, in front of a terminal: talk. An interrupted turn goes on first, and a team may bring its own question. */
async function opensConversation(settings: Settings, io: Io): Promise<boolean> {
	if (!mayTalk(settings, io)) return false;
	const around = { env: io.env, cwd: io.cwd, home: homedir(), warn: () => {} };
	const { openSessionFor } = await import("../session-for.ts");
	const choice = await openSessionFor(settings, around);
	if (!choice.exists) return choice.loaded.team.prompt === undefined;
	const store = await choice.open();
	try {
		const { foldSession } = await import("../../sessions/reading.ts");
		const { openTurn } = await import("../../core/session.ts");
		return openTurn((await foldSession(store)).session) === undefined;
	} finally {
		await store.close();
	}
}

/** No question, no team, no configuration in a usual place: somebody who begins. */
async function isNewHere(settings: Settings, io: Io): Promise<boolean> {
	if (!mayTalk(settings, io) || settings.session.kind !== "new" || settings.simulate) return false;
	const [{ isTeamGiven }, { defaultConfig }] = await Promise.all([import("../session-for.ts"), import("../../config/locate.ts")]);
	return !isTeamGiven(settings) && defaultConfig({ cwd: io.cwd, home: homedir() }) === undefined;
}

function mayTalk({ question, automation, output, outputFile }: Settings, { stdin, stderr }: Io): boolean {
	const isPlain = question === undefined && !automation && output === "text" && outputFile === undefined;
	return isPlain && stdin.isTTY && stderr.terminal !== undefined;
}
