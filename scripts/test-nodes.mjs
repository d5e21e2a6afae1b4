/**
 * Runs the test suite on other versions of Node: `npm run test:nodes -- 22 24` (these two if none is named).
 * Each version comes from npm, into `node_modules/.nodes/`, and is used for the tests alone.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const asked = process.argv.slice(2).filter((word) => /^\d+$/.test(word));
const versions = asked.length > 0 ? asked : ["22", "24"];

/** The executable of that version, installed if it is not there yet. */
export function nodeBinary(version) {
	const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
	const folder = join(root, "node_modules/.nodes", version);
	const binary = join(folder, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
	if (existsSync(binary)) return binary;
	mkdirSync(folder, { recursive: true });
	const { status } = spawnSync(
		"npm",
		["install", "--prefix", folder, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", `${name}@${version}`],
		{ stdio: "inherit", shell: process.platform === "win32" },
	);
	if (status !== 0) throw new Error(`Node ${version} could not be installed from npm (package ${name}).`);
	return binary;
}

function run(version) {
	const binary = nodeBinary(version);
	const env = { ...process.env, PATH: `${dirname(binary)}${delimiter}${process.env.PATH ?? ""}` };
	return spawnSync(binary, [join(root, "node_modules/vitest/vitest.mjs"), "run"], { cwd: root, env, stdio: "inherit" }).status ?? 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const failed = versions.filter((version) => {
		process.stdout.write(`\nNode ${version}\n`);
		return run(version) !== 0;
	});
	process.stdout.write(`\n${versions.map((version) => `Node ${version}: ${failed.includes(version) ? "failed" : "passed"}`).join("\n")}\n`);
	process.exitCode = failed.length === 0 ? 0 : 1;
}
