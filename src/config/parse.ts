import { readFileSync, statSync } from "node:fs";
import { Lexer, parseDocument } from "yaml";
import { ConfigError, type ConfigProblem } from "../errors.ts";
import { problemAt } from "./problems.ts";
import { type Tree, treeOf } from "./tree.ts";

const largestFile = 1024 * 1024;
/** Files up to this size are parsed at once; larger ones are looked at first, because parsing what no team needs takes seconds. */
const unquestioned = 64 * 1024;
const mostTokens = 100_000;

/** Reads a YAML or JSON file; `name` is how it is shown. Throws a `ConfigError` that says what is wrong and where. */
export function readTree(path: string, name: string = path): Tree {
	return parseTree(decode(readBytes(path, name), name), name);
}

/** The bytes of a configuration file, if it is one: a regular file of at most 1 MB. */
function readBytes(path: string, name: string): Buffer {
	try {
		const stat = statSync(path);
		if (stat.isDirectory()) throw fileError(name, "config-is-directory", "is a directory", "Name a .yaml file in it.");
		if (!stat.isFile()) throw fileError(name, "config-unreadable", "is not a regular file");
		if (stat.size > largestFile) {
			throw fileError(
				name,
				"config-too-large",
				`is ${(stat.size / largestFile).toFixed(1)} MB; a configuration may have 1 MB`,
				"Is it the right file?",
			);
		}
		return readFileSync(path);
	} catch (error) {
		if (error instanceof ConfigError) throw error;
		const code = (error as NodeJS.ErrnoException).code;
		if (code === "ENOENT" || code === "ENOTDIR") {
			throw fileError(
				name,
				"config-not-found",
				"does not exist",
				"Run massgen --list-examples to see what is shipped, or massgen --init to write one.",
			);
		}
		if (code === "EACCES" || code === "EPERM")
			throw fileError(name, "config-unreadable", "may not be read by this user", `Try: chmod u+r ${name}`);
		throw fileError(name, "config-unreadable", `cannot be read (${code ?? String(error)})`);
	}
}

function decode(bytes: Buffer, path: string): string {
	const [first, second] = bytes;
	if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
		throw fileError(path, "config-encoding", "is encoded in UTF-16", "Save it as UTF-8.");
	}
	const zero = bytes.indexOf(0);
	if (zero !== -1)
		throw fileError(path, "config-binary", `is not a text file: it has a zero byte at offset ${zero}`, "Is it the right file?");
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch {
		const { line, column } = firstInvalid(bytes);
		const problem: ConfigProblem = {
			code: "config-encoding",
			message: `The file is not UTF-8: line ${line} holds a byte that is not part of any character.`,
			hint: "Save it as UTF-8.",
			file: path,
			line,
			column,
			severity: "error",
		};
		throw new ConfigError([problem]);
	}
}

/** Where decoding fails first. */
function firstInvalid(bytes: Buffer): { line: number; column: number } {
	const lines = bytes.toString("latin1").split("\n");
	for (const [index, line] of lines.entries()) {
		const decoded = Buffer.from(line, "latin1").toString("utf8");
		const column = decoded.indexOf("\ufffd");
		if (column !== -1) return { line: index + 1, column: column + 1 };
	}
	return { line: 1, column: 1 };
}

/** Parses YAML, of which JSON is a part. `file` is only a name. */
export function parseTree(text: string, file: string): Tree {
	if (text.length > unquestioned && hasTooManyTokens(text)) {
		throw fileError(file, "config-too-large", "holds far more values than a team can need", "Is it the right file?");
	}
	const document = parseDocument(text, { logLevel: "error", prettyErrors: false, strict: true, version: "1.2", keepSourceTokens: false });
	const source = { file, text };
	const problems: ConfigProblem[] = [];
	for (const error of [...document.errors, ...document.warnings]) {
		const [from, to] = error.pos;
		const words = inWords(error.code, error.message, text, from);
		problems.push(problemAt({ ...source, from, to: Math.max(to, from + 1) }, { code: "config-syntax", ...words }));
	}
	if (problems.length > 0) throw new ConfigError(firstPerLine(problems));
	const tree = treeOf(document, source, problems);
	if (problems.length > 0) throw new ConfigError(problems);
	if (tree.value === null || tree.value === undefined) {
		throw fileError(
			file,
			"config-empty",
			"is empty",
			"Start with a team of your own (massgen --init) or with an example (massgen --list-examples).",
		);
	}
	return tree;
}

function hasTooManyTokens(text: string): boolean {
	let tokens = 0;
	for (const _ of new Lexer().lex(text)) {
		tokens += 1;
		if (tokens > mostTokens) return true;
	}
	return false;
}

/** One mistake often upsets the parser several times: the first one of a line is the one to look at. */
function firstPerLine(problems: readonly ConfigProblem[]): ConfigProblem[] {
	const seen = new Set<number | undefined>();
	return problems.filter((problem) => !seen.has(problem.line) && seen.add(problem.line)).slice(0, 20);
}

function inWords(code: string, message: string, text: string, offset: number): { message: string; hint?: string } {
	const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1).split("\n", 1)[0] ?? "";
	if (/^ *\t/.test(line) || code === "TAB_AS_INDENT")
		return { message: "The line is indented with a tab.", hint: "YAML wants spaces: replace each tab by two." };
	switch (code) {
		case "DUPLICATE_KEY":
			return {
				message: `The key ${/^[^:\s]+/.exec(text.slice(offset))?.[0] ?? ""} stands twice in the same mapping.`,
				hint: "Delete one of them.",
			};
		case "MULTIPLE_DOCS":
			return { message: "The file holds several YAML documents (---).", hint: "Put each team into a file of its own." };
		case "RESOURCE_EXHAUSTION":
			return { message: "The file is nested too deeply." };
		case "TAG_RESOLVE_FAILED":
			return {
				message: `The tag ${/^!\S*/.exec(text.slice(offset))?.[0] ?? ""} is not supported.`,
				hint: "Write the value without a tag.",
			};
		case "BAD_ALIAS":
			return { message: `${message.replace(/\.?$/, ".")}` };
		case "MISSING_CHAR":
			return {
				message: sentence(message.replace(/"quote/, '" quote').replace(/'quote/, "' quote")),
				hint: "Is a quote or a bracket left open?",
			};
		case "BAD_INDENT":
			if (/^Flow (map|sequence).*end with a/.test(message)) {
				const [opening, closing] = message.startsWith("Flow map") ? ["{", "}"] : ["[", "]"];
				return { message: `A ${opening} is not closed by a ${closing}, or its lines are not indented enough.` };
			}
			return { message: sentence(message), hint: "Is the line indented like its neighbours, and is text with a colon in it quoted?" };
		case "MULTILINE_IMPLICIT_KEY":
		case "BLOCK_AS_IMPLICIT_KEY":
			return { message: sentence(message), hint: "Is the line indented like its neighbours, and is text with a colon in it quoted?" };
		default:
			if (line.includes(`\${`) && message.startsWith("Unexpected flow-map")) {
				return { message: `A \${VARIABLE} inside { } or [ ] must stand in quotes.`, hint: `Write it as "\${VARIABLE}".` };
			}
			return { message: sentence(message) };
	}
}

function sentence(message: string): string {
	const first = message.split("\n", 1)[0] ?? message;
	return `${first.replace(/ at line \d+, column \d+:?$/, "").replace(/[.:]?$/, "")}.`;
}

function fileError(file: string, code: string, what: string, hint?: string): ConfigError {
	return new ConfigError([
		{ code, message: `${file} ${what}.`, file, line: 1, column: 1, severity: "error", ...(hint === undefined ? {} : { hint }) },
	]);
}
