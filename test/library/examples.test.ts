import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compiled } from "../fixtures/compiled.ts";

/** Runs an example in a directory of its own; it checks itself, and exits with an error if something is not as it says. */
function run(name: string): string {
	const directory = mkdtempSync(join(tmpdir(), "massgen-examples-"));
	const env = { HOME: directory, TMPDIR: directory };
	const output = execFileSync(process.execPath, [compiled(`examples/library/${name}.ts`)], { cwd: directory, encoding: "utf8", env });
	expect(readdirSync(directory)).toEqual([]);
	return output;
}

test("M3: the example of a team is watched, interrupted and gone on with", () => {
	expect(run("team")).toMatchInlineSnapshot(`
		"Decided by majority: everybody's answer was read by everybody.
		Watched: answers, votes, one end, and the result as the last record.
		Interrupted, and completed later in the same turn.
		"
	`);
});

test("R3, R8: the example of an agent with a tool reaches its goal and its limits", () => {
	expect(run("agent")).toMatchInlineSnapshot(`
		"Alice has ordered two ABC. [simulated]
		With one step: max_steps_reached, after 1 call of a tool.
		Two conversations, three messages each: the system's, a question, an answer.
		"
	`);
});

test("R11, R27: the example of a client runs several sessions at a time, and cancels one", () => {
	expect(run("client")).toMatchInlineSnapshot(`
		"Three sessions at a time, all completed.
		One was cancelled while it was thinking.
		A conversation of two questions, and closed for good.
		Five of six runs were completed.
		"
	`);
});

test("O1, O8: the example of a session object remembers in a file and in memory, and corrects itself", () => {
	expect(run("remembering")).toMatchInlineSnapshot(`
		"In a file: what was there, the question, and the answer that the team chose.
		In memory: corrected, and asked again.
		"
	`);
});

test("npm run example runs one of them as a user's program would be: against the built package", () => {
	const script = join(import.meta.dirname, "../../scripts/example.mjs");
	const { status, stdout, stderr } = spawnSync(process.execPath, [script, "library/agent"], { encoding: "utf8" });
	expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
	expect(stdout).toContain("Alice has ordered two ABC.");
});
