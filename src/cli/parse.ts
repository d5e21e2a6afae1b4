/** Words of the command line to values, by yargs, strictly: a flag that does not exist is an error that names the nearest. */
import yargs, { type Argv } from "yargs";
import { nearest } from "../config/problems.ts";
import { UsageError } from "../errors.ts";
import type { Parsed, Spec, Values } from "./command.ts";

export function parse<S extends Spec>(spec: S, words: readonly string[]): Parsed<S> {
	checkWords(spec, words);
	const { _: positional, "--": rest, $0: _program, ...given } = bare(words, spec).parseSync();
	for (const [name, value] of Object.entries(given)) check(spec, name, value);
	const all = [...positional, ...(Array.isArray(rest) ? rest : [])].map(String);
	if (all.length > spec.words.max) throw new UsageError(`${shown(all[spec.words.max] ?? "")} is one word too many.`, spec.words.hint);
	const values = Object.fromEntries(
		Object.entries(spec.options).map(([name, { kind }]) => [name, kind === "flag" ? given[name] === true : given[name]]),
	);
	return { values: values as Values<S>, words: all };
}

function bare(words: readonly string[], { options }: Spec): Argv {
	const parser = yargs([...words])
		.help(false)
		.version(false)
		.exitProcess(false)
		.parserConfiguration({
			"boolean-negation": false,
			"camel-case-expansion": false,
			"dot-notation": false,
			"duplicate-arguments-array": false,
			"parse-numbers": false,
			"parse-positional-numbers": false,
			"populate--": true,
			"short-option-groups": true,
			"strip-aliased": true,
		})
		.fail((message, error) => {
			throw error ?? new UsageError(message);
		});
	for (const [name, { kind, alias }] of Object.entries(options)) {
		parser.option(name, { type: kind === "flag" ? "boolean" : "string", ...(alias ? { alias } : {}) });
	}
	return parser;
}

function check({ options, name: command }: Spec, name: string, value: unknown): void {
	const option = Object.hasOwn(options, name) ? options[name] : undefined;
	if (!option) throw unknownFlag(options, name, command);
	const { kind, choices, value: called = "VALUE" } = option;
	if (kind === "text" && value === "") throw new UsageError(`--${name} needs a value: --${name} ${called}.`);
	if (choices && typeof value === "string" && !choices.includes(value)) {
		const near = nearest(value, choices);
		throw new UsageError(`--${name} cannot be ${shown(value)}.`, `${near ? `Did you mean ${near}? ` : ""}It can be ${choices.join(", ")}.`);
	}
}

/** What yargs does not see: it takes `--quiet=no` for no and `--quiet=nope` for yes, and stumbles over `--constructor`. */
function checkWords({ options, name: command }: Spec, words: readonly string[]): void {
	const end = words.indexOf("--");
	for (const word of end === -1 ? words : words.slice(0, end)) {
		const [, name, value] = /^--([^=]+)(=?)/.exec(word) ?? [];
		if (name === undefined) continue;
		const option = Object.hasOwn(options, name) ? options[name] : undefined;
		if (!option) throw unknownFlag(options, name, command);
		if (option.kind === "flag" && value) throw new UsageError(`--${name} takes no value.`);
	}
}

function unknownFlag(options: Spec["options"], name: string, command: string): UsageError {
	const near = name.length > 1 ? nearest(name, Object.keys(options)) : undefined;
	const help = `${command === "massgen" ? "" : `${command} `}--help`;
	return new UsageError(
		`There is no flag ${name.length > 1 ? "--" : "-"}${name}.`,
		`${near ? `Did you mean --${near}? ` : ""}massgen ${help} lists the flags.`,
	);
}

function shown(word: string): string {
	return JSON.stringify(word.length > 60 ? `${word.slice(0, 57)}...` : word);
}

/** A number given with a flag; `undefined` if it was not given. */
export function numberOf(flag: string, text: string | undefined, { min, whole }: { min: number; whole: boolean }): number | undefined {
	if (text === undefined) return undefined;
	const number = /^\s*[-+]?(\d+\.?\d*|\.\d+)\s*$/.test(text) ? Number(text) : Number.NaN;
	if (Number.isNaN(number) || number < min || (whole && !Number.isSafeInteger(number))) {
		throw new UsageError(`--${flag} cannot be ${shown(text)}.`, `It takes a ${whole ? "whole " : ""}number of at least ${min}.`);
	}
	return number;
}
