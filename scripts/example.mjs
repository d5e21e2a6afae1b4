/**
 * Runs a library example of this checkout: npm run example sessions/basic
 *
 * Node runs TypeScript by itself from 22.18 on; this works with Node 20 too. The example finds `massgen` as a user's
 * program would: as a package, built.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const [name = ""] = process.argv.slice(2);
const entry = join(root, "examples", `${name.replace(/\.ts$/, "")}.ts`);
if (name === "" || !existsSync(entry)) {
	process.stderr.write("Which one? For example: npm run example sessions/basic\n");
	process.exit(1);
}
execFileSync(process.execPath, [join(root, "scripts/build.mjs"), "--no-types", "--if-stale"], { stdio: "inherit" });
// Inside the package, so that it can name itself.
const directory = mkdtempSync(join(root, "node_modules/.example-"));
try {
	const outfile = join(directory, "example.mjs");
	await build({ entryPoints: [entry], outfile, bundle: true, platform: "node", format: "esm", packages: "external", logLevel: "error" });
	process.exitCode = spawnSync(process.execPath, [outfile], { stdio: "inherit" }).status ?? 1;
} finally {
	rmSync(directory, { recursive: true, force: true });
}
