/** `massgen --init`: a few questions, a configuration, and a rehearsal of it with simulated agents. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, relative, resolve } from "node:path";
import { intro, log, multiselect, outro, select, spinner, text } from "@clack/prompts";
import { readVariables } from "../../config/environment.ts";
import type { NewTeam } from "../../config/new-team.ts";
import { type Choice, choices, zeroTeam } from "../../config/zero.ts";
import { askSpec } from "../ask-options.ts";
import type { Io } from "../io.ts";
import { parse } from "../parse.ts";
import { settingsOf } from "../settings.ts";
import { shellWord } from "../shell-word.ts";
import { lookAround } from "./look-around.ts";
import { agentsFrom, purposes, simulatedChoice } from "./plan-team.ts";
import { answered, type Desk, deskOf } from "./questions.ts";
import { askKey } from "./setup.ts";
import { withoutTerminal } from "./without-terminal.ts";
import { writeTeam } from "./write-team.ts";

export async function wizard(io: Io): Promise<number> {
	const desk = deskOf(io);
	if (!desk) throw await withoutTerminal(io);
	intro("massgen: a team of your own. Nothing is written before the end; Ctrl+C stops.", desk);
	const models = await askModels(io, desk);
	const count = await askCount(desk, models);
	const purpose = answered(
		await select({
			...desk,
			message: "What is it for?",
			options: purposes.map(({ title, hint }, value) => ({ value, label: title, hint })),
		}),
	);
	const { about, protocol } = purposes[purpose] ?? { about: undefined, protocol: undefined };
	const { path, replace } = await askPlace(io, desk);
	const team: NewTeam = { about, protocol, agents: agentsFrom(models, count) };
	for (const { message } of writeTeam(path, team, { cwd: io.cwd, home: homedir(), env: io.env, replace })) log.warn(message, desk);
	const shown = shownFrom(io.cwd, path);
	log.success(`${shown} is written. Now a question to simulated agents in the same places: no model is asked, nothing is paid.`, desk);
	const code = await rehearse(io, path);
	const config = isUsual(path, io.cwd) ? "" : ` --config ${shellWord(shown)}`;
	outro(`Your turn: massgen${config} "your question"`, desk);
	return code;
}

async function askModels(io: Io, desk: Desk): Promise<readonly Choice[]> {
	for (;;) {
		const { env } = readVariables({ env: io.env, cwd: io.cwd, home: homedir() });
		const looking = spinner(desk);
		looking.start("Looking for keys, local servers and coding CLIs");
		const { found, clis } = await lookAround(env);
		// Whoever chooses may also take a CLI of which only its provider knows whether it is logged in.
		const installed = clis.filter(({ path, login }) => path !== undefined && login !== "no");
		const offered = { ...found, clis: installed.map(({ name, title }) => ({ backend: name, title })) };
		const all = [...choices(offered), simulatedChoice];
		looking.stop(all.length === 1 ? "No key, local server or coding CLI was found." : "This is what was found.");
		const options = all.map(({ label, reason }, value) => ({ value, label, hint: reason }));
		const ask = { value: -1, label: "Another one: store a key first", hint: "asked for in a moment, never shown" };
		const usual = zeroTeam(found)?.members ?? [];
		const members = all.flatMap((choice, value) => (usual.some(({ label }) => label === choice.label) ? [value] : []));
		const chosen = answered(
			await multiselect({
				...desk,
				message: "Which models shall be in the team? (space marks, enter goes on)",
				options: [...options, ask],
				initialValues: members.length > 0 ? members : [all.length - 1],
				maxItems: 12,
				required: true,
			}),
		);
		if (!chosen.includes(-1)) return chosen.flatMap((value) => all[value] ?? []);
		await askKey(io, desk, "Back");
	}
}

async function askCount(desk: Desk, models: readonly Choice[]): Promise<number> {
	// A coding CLI works for minutes and is paid by the month: one of a kind is enough.
	const usual = models.length > 1 ? models.length : models[0]?.model === undefined && models[0] !== simulatedChoice ? 1 : 3;
	const answer = answered(
		await text({
			...desk,
			message: "How many agents?",
			initialValue: String(usual),
			validate(given) {
				const number = Number(given);
				if (!Number.isInteger(number) || number < 1 || number > 100) return "A whole number from 1 to 100.";
				return number < models.length ? `Each of the ${models.length} models needs an agent: ${models.length} or more.` : undefined;
			},
		}),
	);
	return Number(answer);
}

async function askPlace(io: Io, desk: Desk): Promise<{ readonly path: string; readonly replace: boolean }> {
	const [project, own] = usualPlaces(io.cwd);
	const place = answered(
		await select({
			...desk,
			message: "Where shall it be?",
			options: [
				{ value: project, label: ".massgen/config.yaml", hint: "used by itself in this directory" },
				{ value: own, label: "~/.config/massgen/config.yaml", hint: "used by itself wherever there is no other" },
				{ value: "", label: "Another file", hint: "used with --config" },
			],
		}),
	);
	let path = place === "" ? await askPath(io, desk, "team.yaml") : place;
	while (existsSync(path)) {
		const what = answered(
			await select({
				...desk,
				message: `${shownFrom(io.cwd, path)} exists already.`,
				options: [
					{ value: "other", label: "Keep it, and name another file" },
					{ value: "replace", label: "Replace it" },
				],
			}),
		);
		if (what === "replace") return { path, replace: true };
		path = await askPath(io, desk, "team.yaml");
	}
	return { path, replace: false };
}

async function askPath({ cwd }: Io, desk: Desk, initialValue: string): Promise<string> {
	const isMissing = (given: string | undefined) => (given?.trim() ? undefined : "A name, as in team.yaml.");
	const name = answered(await text({ ...desk, message: "Which file?", initialValue, validate: isMissing })).trim();
	return name.startsWith("~/") ? join(homedir(), name.slice(2)) : resolve(cwd, name);
}

async function rehearse(io: Io, path: string): Promise<number> {
	const { askTeam } = await import("../ask-team.ts");
	const { values } = parse(askSpec, ["--config", path, "--simulate", "--no-session"]);
	return await askTeam(settingsOf(values, "What makes a good team?"), io, async () => "What makes a good team?");
}

function usualPlaces(cwd: string): readonly [string, string] {
	return [join(cwd, ".massgen", "config.yaml"), join(homedir(), ".config", "massgen", "config.yaml")];
}

function isUsual(path: string, cwd: string): boolean {
	return usualPlaces(cwd).includes(path);
}

function shownFrom(cwd: string, path: string): string {
	const short = relative(cwd, path);
	return short.startsWith("..") ? path : short;
}
