import { describe, expect, it } from "vitest";
import type { Dialect } from "../../../src/backends/cli-dialect.ts";
import { failure, withoutSecrets } from "../../../src/backends/cli-errors.ts";
import { cliPrograms } from "../../../src/backends/cli-programs.ts";

const dialect: Dialect = { ...cliPrograms.codex, output: "json", completeOn: "line", invocation: () => ({ args: [] }), read: () => [] };

function kindOf(stderr: string) {
	const { kind, retryable } = failure(dialect, { exitCode: 1, signal: null, stderr }, {});
	return [kind, retryable];
}

describe("what a CLI agent says when it fails", () => {
	it.each([
		["Not logged in · Please run /login", "auth", false],
		["unexpected status 401 Unauthorized: Missing bearer", "auth", false],
		["Please set an Auth method in your settings.json", "auth", false],
		["You've hit your usage limit. Upgrade to Pro", "quota", false],
		["Credit balance is too low", "quota", false],
		["API Error: 529 overloaded_error", "rate-limit", true],
		["429 RESOURCE_EXHAUSTED: quota exceeded for requests per minute", "rate-limit", true],
		["Prompt is too long", "context-too-long", false],
		["TypeError: fetch failed, cause: ENOTFOUND api.example", "network", true],
		["TypeError: x is undefined\n    at run (cli.js:402:13)\n    at main (cli.js:429:1)", "process", false],
	])("%j is %s", (stderr, kind, retryable) => {
		expect(kindOf(stderr)).toEqual([kind, retryable]);
	});

	it("is shown by its last lines, without colours", () => {
		const { message } = failure(dialect, { exitCode: 2, signal: null, stderr: "one\ntwo\n\u001b[31mthree\u001b[0m\n\nfour\n" }, {});
		expect(message).toBe("Codex ended with exit code 2: two | three | four");
	});

	it("is shown without stacks", () => {
		const stderr = "Error: no such model\n\nStack backtrace:\n   0: <unknown>\n   1: main\n    at run (cli.js:4:2)\n";
		expect(failure(dialect, { exitCode: 1, signal: null, stderr }, {}).message).toBe("Codex ended with exit code 1: Error: no such model");
	});

	it("may be nothing, where a signal ended it", () => {
		expect(failure(dialect, { exitCode: null, signal: "SIGKILL", stderr: "" }, {})).toEqual({
			kind: "process",
			message: "Codex was ended by SIGKILL.",
			retryable: true,
		});
	});

	it("holds no key, neither one of the environment nor one that looks like it", () => {
		const env = { MY_API_KEY: "hunter2hunter2", GITHUB_TOKEN: "hunter2hunter2-longer", HOME: "/home/me" };
		expect(withoutSecrets("hunter2hunter2-longer in /home/me, Bearer abc.def-123456, sk-proj-0123456789abcdefghij", env)).toBe(
			"*** in /home/me, Bearer ***, ***",
		);
	});
});
