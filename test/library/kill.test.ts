import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { createClient } from "../../src/library/client.ts";
import { compiled } from "../fixtures/compiled.ts";
import { longRun } from "../fixtures/library/long-run.ts";
import { place } from "./place.ts";

test("R2, R11: a program that is killed leaves interrupted sessions, which another one finishes without paying twice", async () => {
	const { directory } = place();
	const child = spawn(process.execPath, [compiled("test/fixtures/library/background.ts"), directory]);
	let id = "";
	for await (const line of createInterface({ input: child.stdout })) {
		id ||= line;
		if (line === "tool_result") child.kill("SIGKILL");
	}
	const { sessions } = createClient(longRun(directory));
	expect(await sessions.get(id)).toMatchObject({
		status: "interrupted",
		goal: "A long task",
		tool_calls: 1,
		error: { code: "interrupted" },
	});
	expect(await sessions.list({ status: "interrupted" })).toMatchObject([{ id, agent_id: "default", kind: "task" }]);
	await sessions.resume(id);
	const done = await sessions.wait(id);
	expect(done).toMatchObject({ status: "completed", output: expect.stringContaining("Done."), tool_calls: 1, turns: 1 });
	expect(done.steps.map(({ type }) => type)).toEqual(["tool_call", "tool_result", "output"]);
});
