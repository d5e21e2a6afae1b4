import { describe, expect, test } from "vitest";
import { askSpec } from "../../src/cli/ask-options.ts";
import { parse } from "../../src/cli/parse.ts";
import { settingsOf } from "../../src/cli/settings.ts";
import { shellWord } from "../../src/cli/shell-word.ts";
import { UsageError } from "../../src/errors.ts";

function settings(...words: string[]) {
	const { values, words: rest } = parse(askSpec, words);
	return settingsOf(values, rest[0]);
}

describe("the command line", () => {
	test("is read into settings", () => {
		expect(settings("What is it?", "--config", "team.yaml", "--timeout=90", "--max-cost", "0.5", "--json", "-o", "a.json")).toEqual({
			question: "What is it?",
			config: "team.yaml",
			quick: { models: [] },
			simulate: false,
			rates: false,
			session: { kind: "new" },
			checks: { allowUnknown: false, skipValidation: false, strictValidation: false },
			acceptConfig: false,
			overrides: { timeout: 90, maxCost: 0.5 },
			limitsGiven: true,
			output: "json",
			outputFile: "a.json",
			display: undefined,
			verbose: false,
			automation: false,
		});
	});

	test.each([
		[["--", "sessions"], "sessions"],
		[["--", "--what does this flag do"], "--what does this flag do"],
		[["42"], "42"],
		[["-"], "-"],
		[["0x10"], "0x10"],
		[["--quiet", "no"], "no"],
		[["true"], "true"],
		[["-q", "--", "-1"], "-1"],
	])("%j asks exactly what is written", (words, question) => {
		expect(settings(...words).question).toBe(question);
	});

	test.each([
		[["-c"], { kind: "newest" }],
		[["--resume"], { kind: "newest" }],
		[["--resume", "last"], { kind: "newest" }],
		[["-r", "session_2026"], { kind: "named", id: "session_2026" }],
		[["--session-id", "007"], { kind: "named", id: "007" }],
		[["-s", "ticket 7"], { kind: "open", id: "ticket 7" }],
		[["--no-session"], { kind: "memory" }],
	])("%j means the session %j", (words, session) => {
		expect(settings(...words).session).toEqual(session);
	});

	test.each([
		["--resum", "Did you mean --resume?"],
		["--output_format", "Did you mean --output-format?"],
		["--no-sesion", "Did you mean --no-session?"],
		["--max-anwsers", "Did you mean --max-answers?"],
		["--zzz", "massgen --help lists the flags."],
		["-x", "massgen --help lists the flags."],
		["--constructor", "massgen --help lists the flags."],
	])("%s is refused, and the nearest flag is named", (flag, hint) => {
		expect(() => settings("q", flag)).toThrow(
			expect.objectContaining({ message: `There is no flag ${flag}.`, hint: expect.stringContaining(hint) }),
		);
	});

	test.each([
		[["--timeout", "-5"]],
		[["--timeout", "1e3"]],
		[["--timeout", "NaN"]],
		[["--max-answers", "1.5"]],
		[["--max-tokens", "0"]],
		[["--seed", ""]],
		[["--json", "--output-format", "text"]],
		[["--quiet", "--verbose"]],
		[["--all"]],
		[["--no-session", "--continue"]],
		[["--protocol", "votes please"]],
		[["--json=true"]],
	])("%j is refused", (words) => {
		expect(() => settings("q", ...words)).toThrow(UsageError);
	});

	test("--model may be given several times, and takes one name each time", () => {
		expect(settings("--model", "a", "What?", "--model=b", "--agents", "3")).toMatchObject({
			question: "What?",
			quick: { models: ["a", "b"], agents: 3 },
		});
	});

	test.each([[["--agents", "3"]], [["--system-message", "Be brief."]], [["--model", "a", "--config", "team.yaml"]], [["--model", ""]]])(
		"%j is refused",
		(words) => {
			expect(() => settings("q", ...words)).toThrow(UsageError);
		},
	);

	test("the last of several values counts", () => {
		expect(settings("--config", "a", "--config", "b", "q").config).toBe("b");
	});
});

test("words are quoted for a shell where they must be", () => {
	expect(["session_1", "ticket 7", "it's", "$HOME", ""].map(shellWord)).toEqual(["session_1", "'ticket 7'", "'it'\\''s'", "'$HOME'", "''"]);
});
