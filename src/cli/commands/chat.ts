/** `massgen chat`: a conversation with a team. */
import { homedir } from "node:os";
import { defaultConfig } from "../../config/locate.ts";
import { clean } from "../../displays/clean.ts";
import { askSpec } from "../ask-options.ts";
import type { Spec, Values } from "../command.ts";
import type { Io } from "../io.ts";
import { parse } from "../parse.ts";
import { type Settings, settingsOf } from "../settings.ts";

const {
	init: _init,
	quickstart: _quickstart,
	setup: _setup,
	select: _select,
	"list-examples": _listExamples,
	example: _example,
	"generate-config": _generateConfig,
	"config-agents": _configAgents,
	"config-backend": _configBackend,
	"config-model": _configModel,
	"config-context-path": _configContextPath,
	validate: _validate,
	strict: _strict,
	"dry-run": _dryRun,
	"show-schema": _showSchema,
	"schema-backend": _schemaBackend,
	"list-sessions": _listSessions,
	all: _all,
	"output-file": _outputFile,
	version: _version,
	...options
} = askSpec.options;

export const chatSpec = {
	name: "chat",
	usage: "massgen chat [--session NAME]",
	about:
		"A conversation: every question is worked on by the whole team, which knows all that was said before. Without --session it is the session named default of this directory.",
	words: { max: 0, hint: "The questions are typed once it runs. The session is named with --session." },
	options,
	examples: [
		["massgen chat --config team.yaml", "the session named default, begun or gone on with"],
		["massgen chat --session work", "another one"],
		["massgen chat < questions.txt", "every line a question, the answers on stdout"],
	],
	epilogue: "/help lists what can be typed besides questions.",
} as const satisfies Spec;

export const specs = [chatSpec];

export async function run(words: readonly string[], io: Io): Promise<number> {
	const { values } = parse(chatSpec, words);
	if (values.help) return (await import("../print-help.ts")).printHelp("chat", io);
	const which = values.resume === "" ? await (await import("../choose-session.ts")).chooseSession(values, io) : { resume: values.resume };
	if ("code" in which) return which.code;
	const asked = settingsOf(withDefaults({ ...values, ...which }), undefined);
	const settings = values.fork ? await (await import("../choose-session.ts")).forked(asked, io) : asked;
	if (settings.session.kind !== "new") return await converse(settings, io, true);
	return await converse({ ...settings, session: { kind: "here", id: await usualSession(settings, io) } }, io, true);
}

/** The one that the configuration names, or `default`. */
async function usualSession(settings: Settings, io: Io): Promise<string> {
	const [{ isTeamGiven, loadFor }, { sessionHere }] = await Promise.all([import("../session-for.ts"), import("../find-session.ts")]);
	const around = { env: io.env, cwd: io.cwd, home: homedir() };
	const isGiven = isTeamGiven(settings) || (defaultConfig(around) !== undefined && sessionHere("default", around) === undefined);
	return (isGiven ? loadFor(settings, around, {}).team.sessionId : undefined) ?? "default";
}

/** The flags of a conversation and those of a single question are checked alike. */
function withDefaults(values: Values<typeof chatSpec>): Values<typeof askSpec> {
	return { ...parse(askSpec, []).values, ...values };
}

/** `named`: every prompt tells the name of the session. */
export async function converse(settings: Settings, io: Io, named: boolean): Promise<number> {
	const around = { env: io.env, cwd: io.cwd, home: homedir(), warn: (text: string) => io.stderr.write(`${clean(text)}\n`) };
	const [{ chat }, { createReader }] = await Promise.all([import("../chat/chat.ts"), import("../chat/create-reader.ts")]);
	return await chat({ settings, io, around, named }, () => createReader(io, around));
}
