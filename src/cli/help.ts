/** Help texts, made when the program is built: `dist/help/<command>.txt`. Plain ASCII, 100 columns. */
import yargs from "yargs";
import { askSpec } from "./ask-options.ts";
import type { Spec } from "./command.ts";
import { ask, commands } from "./commands.ts";

const columns = 100;

/** By the words of the command, joined by hyphens. */
export async function helpTexts(): Promise<Record<string, string>> {
	const modules = await Promise.all([ask, ...commands].map(({ load }) => load()));
	const all = await Promise.all(modules.map(async ({ specs }) => (typeof specs === "function" ? await specs() : specs)));
	const texts = await Promise.all(all.flat().map(async (spec) => [spec.name.replaceAll(" ", "-"), await helpText(spec)] as const));
	return Object.fromEntries(texts);
}

async function helpText(spec: Spec): Promise<string> {
	const parser = yargs([])
		.scriptName("massgen")
		.usage(`${spec.usage}\n\n${spec.about}`)
		.help(false)
		.version(false)
		.wrap(columns)
		.parserConfiguration({ "camel-case-expansion": false, "boolean-negation": false });
	if (spec === askSpec) for (const { name, summary } of commands) parser.command(name, summary);
	for (const [name, { kind, alias, value, describe, group, choices }] of Object.entries(spec.options)) {
		const called = value === undefined ? name : `${name} ${kind === "optional" ? `[${value}]` : value}`;
		parser.option(called, {
			describe: choices ? `${describe} One of: ${choices.join(", ")}.` : describe,
			group: `${group}:`,
			...(alias ? { alias } : {}),
		});
	}
	for (const [command, what] of spec.examples) parser.example(command, what);
	if (spec.epilogue) parser.epilogue(spec.epilogue);
	return (await parser.getHelp()).trimEnd();
}
