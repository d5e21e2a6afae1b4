import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Place } from "./program.ts";

const root = join(import.meta.dirname, "../..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const built = readdirSync(join(root, "dist"), { recursive: true, encoding: "utf8" }).filter((file) => /\.m?js$/.test(file));

test("what was built asks for no package that is not installed with it", () => {
	const asked = built.flatMap((file) =>
		[...readFileSync(join(root, "dist", file), "utf8").matchAll(/(?:\bfrom|\bimport|\brequire\(|\bimport\()\s*"([@a-z][\w@/.-]*)"/g)].map(
			([, name = ""]) => name,
		),
	);
	const packages = asked
		.filter((name) => !name.startsWith("node:") && !builtinModules.includes(name))
		.map((name) =>
			name
				.split("/")
				.slice(0, name.startsWith("@") ? 2 : 1)
				.join("/"),
		);
	expect([...new Set(packages)].filter((name) => !(name in manifest.dependencies))).toEqual([]);
});

test("no install script of ours runs at users, and every bundled package brings its licence", () => {
	const { preinstall, install, postinstall } = manifest.scripts;
	expect([preinstall, install, postinstall]).toEqual([undefined, undefined, undefined]);
	expect(readFileSync(join(root, "dist/LICENSES.txt"), "utf8")).toMatch(/^@ai-sdk\/openai [\d.]+ \(Apache-2\.0\)$/m);
});

test("a program finds the library and its testing entry by name", () => {
	const place = new Place();
	mkdirSync(join(place.cwd, "node_modules"));
	symlinkSync(root, join(place.cwd, "node_modules/massgen"), "junction");
	writeFileSync(
		join(place.cwd, "use.mjs"),
		`import { SessionManager } from "massgen";
import { createMemoryStore, runTurn, simulatedTeam, virtualClock } from "massgen/testing";
const { turn } = await runTurn({ store: createMemoryStore("s"), team: simulatedTeam(3), question: "What?", env: {}, clock: virtualClock() });
console.log(typeof SessionManager, turn.outcome);`,
	);
	expect(execFileSync(process.execPath, ["use.mjs"], { cwd: place.cwd, encoding: "utf8" })).toBe("function completed\n");
});

test.skipIf(process.platform === "win32")("bin/massgen.js is executable", () => {
	expect(statSync(join(root, "bin/massgen.js")).mode & 0o111).toBe(0o111);
});
