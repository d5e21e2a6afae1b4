/**
 * Words of the command line to values, strictly: a flag that does not exist is an error that names the nearest. This is the
 * parser of yargs without the rest of it, which takes as long to load as Node itself; help comes from `help.ts`.
 */
import parser from "yargs-parser";
import { nearest } from "../config/problems.ts";
import { UsageError } from "../errors.ts";
import type { Option, Parsed, Spec, Values } from "./command.ts";

const configuration = {
	"boolean-negation": false,
	"camel-case-expansion": false,
	"greedy-arrays": false,
	"dot-notation": false,
	"parse-numbers": false,
	"parse-positional-numbers": false,
	"populate--": true,
	"short-option-groups": true,
	"strip-aliased": true,
};

export function parse<S extends Spec>(spec: S, words: readonly string[]): Parsed<S> {
	checkWords(spec, words);
	const options = Object.entries(spec.options);
	const ofKind = (flag: boolean) => options.flatMap(([name, { kind }]) => ((kind === "flag") === flag ? [name] : []));
	const alias = Object.fromEntries(options.flatMap(([name, option]) => (option.alias ? [[name, [option.alias]]] : [])));
	const { argv, error } = parser.detailed([...words], { boolean: ofKind(true), string: ofKind(false), alias, configuration });
	if (error) throw new UsageError(error.message);
	const { _: positional, "--": rest, ...given } = argv;
	const all = [...positional, ...(Array.isArray(rest) ? rest : [])].map(String);
	for (const [name, value] of Object.entries(given)) for (const one of many(value)) check(spec, name, one);
	if (all.length > spec.words.max) throw new UsageError(`${shown(all[spec.words.max] ?? "")} is one word too many.`, spec.words.hint);
	const values = Object.fromEntries(options.map(([name, { kind }]) => [name, chosen(kind, many(given[name]))]));
	return { values: values as Values<S>, words: all };
}

function many(value: unknown): readonly unknown[] {
	return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

/** Of several values the last one counts. */
function chosen(kind: Option["kind"], given: readonly unknown[]): unknown {
	if (kind === "list") return given;
	return kind === "flag" ? given.at(-1) === true : given.at(-1);
}

function check(spec: Spec, name: string, value: unknown): void {
	const { options } = spec;
	const option = Object.hasOwn(options, name) ? options[name] : undefined;
	if (!option) throw unknownFlag(spec, name);
	const { kind, choices, value: called = "VALUE" } = option;
	if ((kind === "text" || kind === "list") && value === "") throw new UsageError(`--${name} needs a value: --${name} ${called}.`);
	if (choices && typeof value === "string" && !choices.includes(value)) {
		const near = nearest(value, choices);
		throw new UsageError(`--${name} cannot be ${shown(value)}.`, `${near ? `Did you mean ${near}? ` : ""}It can be ${choices.join(", ")}.`);
	}
}

/** What yargs does not see: it takes `--quiet=no` for no and `--quiet=nope` for yes, and stumbles over `--constructor`. */
function checkWords(spec: Spec, words: readonly string[]): void {
	const { options } = spec;
	const end = words.indexOf("--");
	for (const word of end === -1 ? words : words.slice(0, end)) {
		const [, name, value] = /^--([^=]+)(=?)/.exec(word) ?? [];
		if (name === undefined) continue;
		const option = Object.hasOwn(options, name) ? options[name] : undefined;
		if (!option) throw unknownFlag(spec, name);
		if (option.kind === "flag" && value) throw new UsageError(`--${name} takes no value.`);
	}
}

function unknownFlag({ options, foreign = {}, name: command }: Spec, name: string): UsageError {
	if (Object.hasOwn(foreign, name)) return new UsageError(`--${name} is a flag of MassGen that this program does not have.`, foreign[name]);
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
