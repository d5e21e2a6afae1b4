/**
 * Runs the test suite on other versions of Node: `npm run test:nodes -- 22 24` (these two if none is named).
 * They are used for the tests alone.
 */
import { spawnSync } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeBinary } from "./node-binary.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const asked = process.argv.slice(2).filter((word) => /^\d+$/.test(word));
const versions = asked.length > 0 ? asked : ["22", "24"];

function run(version) {
	const binary = nodeBinary(version);
	const env = { ...process.env, PATH: `${dirname(binary)}${delimiter}${process.env.PATH ?? ""}` };
	return spawnSync(binary, [join(root, "node_modules/vitest/vitest.mjs"), "run"], { cwd: root, env, stdio: "inherit" }).status ?? 1;
}

const failed = versions.filter((version) => {
	process.stdout.write(`\nNode ${version}\n`);
	return run(version) !== 0;
});
process.stdout.write(`\n${versions.map((version) => `Node ${version}: ${failed.includes(version) ? "failed" : "passed"}`).join("\n")}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
