#!/usr/bin/env node
// Committed, because a built file loses its execute bit. It answers what needs no program, then loads the program.
import { readFileSync } from "node:fs";

const root = new URL("../", import.meta.url);
const words = process.argv.slice(2);
const end = words.indexOf("--");
const flags = end === -1 ? words : words.slice(0, end);

function read(path) {
	try {
		return readFileSync(new URL(path, root), "utf8");
	} catch {
		return undefined;
	}
}

/** Help texts are made when the program is built: one per command, named after its words. */
function help() {
	const first = flags.findIndex((word) => word.startsWith("-"));
	for (let length = first; length > 0; length--) {
		const name = flags.slice(0, length).join("-");
		const text = /^[a-z-]+$/.test(name) ? read(`dist/help/${name}.txt`) : undefined;
		if (text) return text;
	}
	return read("dist/help/massgen.txt");
}

function answer() {
	const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
	if (major < 20 || (major === 20 && minor < 19)) {
		process.stderr.write(`massgen needs Node 20.19 or newer; this is Node ${process.versions.node}.\n`);
		return 1;
	}
	const text = flags.includes("--version")
		? `${JSON.parse(read("package.json") ?? "{}").version}\n`
		: flags.some((word) => word === "--help" || word === "-h") && help();
	if (!text) return undefined;
	process.stdout.on("error", () => process.exit(0));
	process.stdout.write(text);
	return 0;
}

async function load() {
	try {
		return await import("../dist/cli/main.mjs");
	} catch (error) {
		if (error?.code !== "ERR_MODULE_NOT_FOUND" || read("dist/cli/main.mjs") !== undefined) throw error;
		process.stderr.write("massgen has not been built yet. Run `npm install` (or `npm run build`) in its folder, then try again.\n");
		process.exitCode = 1;
		return undefined;
	}
}

const code = answer();
if (code === undefined) await (await load())?.main(words);
else process.exitCode = code;
