import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { run as schema } from "../../src/cli/commands/schema.ts";
import { run as validate } from "../../src/cli/commands/validate-files.ts";
import type { Io } from "../../src/cli/io.ts";

const cwd = mkdtempSync(join(tmpdir(), "massgen-commands-"));
writeFileSync(join(cwd, "good.yaml"), "agents: [{ id: a, backend: { type: simulated } }]\n");
writeFileSync(join(cwd, "warned.yaml"), "agents: [{ id: a, backend: { type: simulated } }]\ntask: x\n");
writeFileSync(join(cwd, "wrong.yaml"), "agents: [{ id: a, backend: { type: simulated } }]\nzebra: 1\n");

async function call(command: typeof schema, ...words: string[]) {
	const written = { stdout: "", stderr: "" };
	const output = (name: "stdout" | "stderr"): Io["stdout"] => ({
		write: (text) => {
			written[name] += text;
		},
		waiting: () => 0,
		terminal: undefined,
		colors: false,
		columns: () => 80,
		flush: async () => {},
		onClosed: () => {},
		problem: () => undefined,
	});
	const io: Io = { env: {}, cwd, stdin: process.stdin, stdout: output("stdout"), stderr: output("stderr") };
	return { code: await command(words, io), ...written };
}

it("validate tells of each file if it can be used, and what is wrong on stderr", async () => {
	const { code, stdout, stderr } = await call(validate, "good.yaml", "warned.yaml", "wrong.yaml");
	expect({ code, stdout }).toEqual({
		code: 1,
		stdout: "good.yaml: can be used, 1 agent\nwarned.yaml: can be used, 1 agent (1 warning)\nwrong.yaml: cannot be used (1 error)\n",
	});
	expect(stderr).toContain("wrong.yaml:2:1");
});

it("validate --strict takes warnings for errors, --allow-unknown unknown keys for warnings", async () => {
	expect((await call(validate, "warned.yaml")).code).toBe(0);
	expect((await call(validate, "warned.yaml", "--strict")).code).toBe(1);
	expect((await call(validate, "wrong.yaml", "--allow-unknown")).code).toBe(0);
});

it("validate --json is one document", async () => {
	const { code, stdout } = await call(validate, "--json", "good.yaml", "wrong.yaml");
	expect(code).toBe(1);
	expect(JSON.parse(stdout)).toMatchObject({
		valid: false,
		files: [
			{ file: "good.yaml", valid: true, problems: [] },
			{ file: "wrong.yaml", valid: false, problems: [{ code: "config-unknown-key", line: 2, column: 1, path: "zebra" }] },
		],
	});
});

it("schema prints the schema of the whole file, or of one backend", async () => {
	const whole = JSON.parse((await call(schema)).stdout);
	expect(Object.keys(whole.properties)).toContain("orchestrator");
	const one = JSON.parse((await call(schema, "--backend", "simulated")).stdout);
	expect(one.properties.profile.properties.accuracy).toMatchObject({ type: "number", minimum: 0, maximum: 1 });
	await expect(call(schema, "--backend", "simulatd")).rejects.toThrow("There is no backend simulatd.");
});
