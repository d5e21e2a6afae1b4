import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { reportOf } from "../../src/cli/print-error.ts";
import { emptyTurn } from "../../src/core/evolve.ts";
import type { Outcome } from "../../src/core/types.ts";
import { exitCode, exitCodes, signalCode } from "../../src/displays/exit-codes.ts";
import { ConfigError, SessionBusyError, StoreError, UsageError } from "../../src/errors.ts";

const plain = { verbose: false };

describe("exit codes", () => {
	test.each<[Outcome, number]>([
		["completed", 0],
		["failed", 2],
		["max-steps", 2],
		["timeout", 3],
		["budget", 5],
		["cancelled", 130],
	])("M60: a turn that ended as %s is %i", (outcome, code) => {
		expect(exitCode({ ...emptyTurn, outcome }, { automation: false })).toBe(code);
	});

	test("an interrupted turn tells the signal, or 4 with --automation", () => {
		const codes = ["SIGINT", "SIGTERM", "SIGHUP"].map((by) => exitCode(emptyTurn, { by, automation: false }));
		expect([...codes, exitCode(emptyTurn, { by: "SIGTERM", automation: true }), signalCode("Esc")]).toEqual([130, 143, 129, 4, 130]);
	});

	test("M60: are all in the docs", () => {
		const page = readFileSync(join(import.meta.dirname, "../../docs/exit-codes.md"), "utf8");
		const documented = [...page.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code)).sort((a, b) => a - b);
		expect(documented).toEqual(Object.values(exitCodes).sort((a, b) => a - b));
	});
});

describe("what the user reads", () => {
	test("is the message, and below it what to do", () => {
		expect(reportOf(new UsageError("There is no flag --x.", "massgen --help lists the flags."), plain)).toEqual({
			text: "massgen: There is no flag --x.\nmassgen --help lists the flags.",
			exitCode: 1,
			error: { code: "usage-error", message: "There is no flag --x.", hint: "massgen --help lists the flags.", problems: [] },
		});
	});

	test("is every problem of a configuration, with place, lines and hint", () => {
		const error = new ConfigError([
			{
				code: "config-unknown-key",
				message: "Unknown key backnd.",
				hint: "Did you mean backend?",
				file: "team.yaml",
				line: 3,
				column: 5,
				frame: "3 |     backnd:\n  |     ^^^^^^",
				severity: "error",
			},
			{ code: "config-secret", message: "A secret.", file: "team.yaml", line: 4, column: 1, path: "agents[0]", severity: "warning" },
		]);
		expect(reportOf(error, plain).text).toBe(
			"team.yaml:3:5: error: Unknown key backnd.\n3 |     backnd:\n  |     ^^^^^^\nDid you mean backend?\n\nteam.yaml:4:1: warning: A secret. (agents[0])",
		);
	});

	test("of a bug is short: where everything is, and how to report it; its stack with --verbose alone", () => {
		const error = new TypeError("x is undefined", { cause: new Error("deeper") });
		const { text, exitCode: code } = reportOf(error, { verbose: false, log: "/home/me/.massgen/sessions/s1" });
		expect(text).toBe(
			"massgen: a bug in massgen: x is undefined\nEverything up to here is in /home/me/.massgen/sessions/s1. Please report it with what --verbose prints.",
		);
		expect(code).toBe(70);
		expect(reportOf(error, { verbose: true }).text).toMatch(/TypeError: x is undefined\n +at [\s\S]*Caused by: Error: deeper/);
	});

	test("holds no escape sequences, wherever its words come from", () => {
		expect(reportOf(new UsageError("a\u001b[31mb\u001b]0;evil\u0007c"), plain).text).toBe("massgen: abc");
	});

	test("names the process that holds a session, and what a full disk means", () => {
		expect(reportOf(new SessionBusyError("s1", { pid: 42, host: "box", ageMs: 1500 }), plain).text).toContain(
			"driven by process 42 on box (last sign of life 1.5 s ago)",
		);
		expect(reportOf(new StoreError("The disk is full."), plain).exitCode).toBe(74);
	});

	test("is something even where no error was thrown", () => {
		expect(reportOf("oops", plain)).toMatchObject({ exitCode: 70, error: { code: "bug", message: "oops" } });
	});
});
