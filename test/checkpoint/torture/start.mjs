// Builds the torture of the store and its child process into one place, and runs it with the arguments given.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const here = fileURLToPath(new URL("..", import.meta.url));
const outdir = fileURLToPath(new URL("../../../node_modules/.cache/massgen-torture", import.meta.url));
buildSync({
	entryPoints: { run: `${here}torture/run.ts`, driver: `${here}children/driver.ts` },
	outdir,
	outExtension: { ".js": ".mjs" },
	bundle: true,
	platform: "node",
	format: "esm",
	external: ["@photostructure/sqlite", "vitest", "esbuild"],
	logLevel: "error",
});
process.exitCode =
	spawnSync(process.execPath, [`${outdir}/run.mjs`, `${outdir}/driver.mjs`, ...process.argv.slice(2)], { stdio: "inherit" }).status ?? 1;
