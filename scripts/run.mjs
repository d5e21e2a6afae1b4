/**
 * Runs a TypeScript program of this checkout with the Node at hand, which need not understand TypeScript:
 *
 *   node scripts/run.mjs test/simulation/main.ts --seeds 10000
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const [entry = "", ...words] = process.argv.slice(2);
// Under node_modules, so that the program finds the packages it imports.
const directory = join(root, "node_modules/.cache/massgen-run");
mkdirSync(directory, { recursive: true });
const outfile = join(directory, `${entry.replace(/[^\w]+/g, "-")}-${process.pid}.mjs`);

/** Sources that look for files beside them find them, although the bundle lies elsewhere. */
const inPlace = {
	name: "in-place",
	setup(setup) {
		setup.onLoad({ filter: /[\\/](src|test|bench)[\\/].*\.ts$/ }, ({ path }) => ({
			contents: readFileSync(path, "utf8").replaceAll("import.meta.dirname", JSON.stringify(dirname(path))),
			loader: "ts",
		}));
	},
};

await build({
	entryPoints: [join(root, entry)],
	outfile,
	bundle: true,
	platform: "node",
	format: "esm",
	target: "node20.19",
	packages: "external",
	plugins: [inPlace],
	logLevel: "error",
});
try {
	process.exitCode = spawnSync(process.execPath, [outfile, ...words], { stdio: "inherit" }).status ?? 1;
} finally {
	rmSync(outfile, { force: true });
}
