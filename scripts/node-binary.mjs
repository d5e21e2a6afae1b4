import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The executable of a version of Node, from npm, kept in `node_modules/.nodes/`. */
export function nodeBinary(version) {
	const windows = process.platform === "win32";
	const name = `node-${windows ? "win" : process.platform}-${process.arch}`;
	const folder = join(root, "node_modules/.nodes", version);
	const binary = join(folder, "node_modules", name, "bin", windows ? "node.exe" : "node");
	if (existsSync(binary)) return binary;
	mkdirSync(folder, { recursive: true });
	const words = ["install", "--prefix", folder, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", `${name}@${version}`];
	const { status } = spawnSync("npm", words, { stdio: "inherit", shell: windows });
	if (status !== 0) throw new Error(`Node ${version} could not be installed from npm (package ${name}).`);
	return binary;
}
