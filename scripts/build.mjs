/**
 * Builds `dist/`: the program (one bundle in chunks, loaded as they are needed), the library, the help texts and the type
 * declarations.
 *
 *   node scripts/build.mjs                 all of it
 *   node scripts/build.mjs --no-types      without declarations
 *   node scripts/build.mjs --if-stale      the same, unless dist/ is newer than everything it is made from
 *   node scripts/build.mjs --if-possible   all of it, or a note if the tools are not installed (`npm ci --omit=dev`)
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { licenses } from "./licenses.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
const stamp = join(dist, "built");
const options = new Set(process.argv.slice(2));

function newestSource() {
	const files = ["src", "scripts", "configs"].flatMap((folder) =>
		readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => join(root, folder, file)),
	);
	return Math.max(...[...files, join(root, "package.json")].map((file) => statSync(file).mtimeMs));
}

async function tools() {
	try {
		return await import("esbuild");
	} catch (error) {
		if (options.has("--if-possible") && error?.code === "ERR_MODULE_NOT_FOUND") return undefined;
		throw error;
	}
}

/** `import { z }` puts all of zod into the bundle and costs 14 ms at every start; `import * as z` is tree-shaken. */
const leanZod = {
	name: "lean-zod",
	setup(build) {
		build.onLoad({ filter: /node_modules[\\/](@ai-sdk|@modelcontextprotocol)[\\/].*\.m?js$/ }, ({ path }) => ({
			contents: readFileSync(path, "utf8").replace(
				/import\s*\{\s*z(?:\s+as\s+(\w+))?\s*\}\s*from\s*("zod(?:\/v4)?")/g,
				(_, name = "z", from) => `import * as ${name} from ${from}`,
			),
			loader: "js",
		}));
	},
};

/**
 * The AI SDK names the kinds of zod 3 schemas, of which there are none here, and brings all of zod 3 for it: 5 ms. The value
 * of each kind is its name.
 */
const noZod3 = {
	name: "no-zod-3",
	setup(build) {
		build.onResolve({ filter: /^zod\/v3$/ }, ({ importer }) =>
			/node_modules[\\/]@ai-sdk[\\/]/.test(importer) ? { path: "kinds", namespace: "no-zod-3" } : undefined,
		);
		build.onLoad({ filter: /.*/, namespace: "no-zod-3" }, () => ({
			contents: "export const ZodFirstPartyTypeKind = new Proxy({}, { get: (_, name) => name });",
		}));
	},
};

/** yaml gives Node a CommonJS build, of which nothing can be left out; the other one is the same code as ES modules. */
const leanYaml = {
	name: "lean-yaml",
	setup(build) {
		build.onResolve({ filter: /^yaml$/ }, () => ({ path: join(root, "node_modules/yaml/browser/dist/index.js"), sideEffects: false }));
	},
};

const common = {
	absWorkingDir: root,
	bundle: true,
	format: "esm",
	platform: "node",
	target: "node20.19",
	splitting: true,
	sourcemap: false,
	logLevel: "warning",
	legalComments: "none",
	metafile: true,
	// Bundled CommonJS packages ask for `require`, which an ES module does not have.
	banner: { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' },
};

/** Everything is bundled except what must find its own files: the database's native part. */
function buildProgram(esbuild, outdir) {
	return esbuild.build({
		...common,
		entryPoints: ["src/cli/main.ts"],
		outdir: join(outdir, "cli"),
		// For .js Node looks for a package.json in every folder above each file.
		outExtension: { ".js": ".mjs" },
		chunkNames: "chunks/[name]-[hash]",
		external: ["@photostructure/sqlite"],
		plugins: [leanZod, noZod3, leanYaml],
		minifySyntax: true,
		minifyWhitespace: true,
	});
}

/** The library shares zod with the program that uses it, because its types speak of zod. */
function buildLibrary(esbuild, outdir) {
	return esbuild.build({
		...common,
		entryPoints: ["src/index.ts", "src/testing.ts"],
		outdir,
		chunkNames: "chunks/[name]-[hash]",
		external: ["@photostructure/sqlite", "zod"],
		plugins: [noZod3, leanYaml],
	});
}

/** Help is made here, so that asking for it loads nothing. */
async function writeHelp(esbuild, outdir) {
	const file = join(outdir, "help.mjs");
	await esbuild.build({ ...common, splitting: false, entryPoints: ["src/cli/help.ts"], outfile: file, packages: "external" });
	const { helpTexts } = await import(pathToFileURL(file).href);
	rmSync(file);
	mkdirSync(join(outdir, "help"), { recursive: true });
	for (const [name, text] of Object.entries(await helpTexts())) writeFileSync(join(outdir, "help", `${name}.txt`), `${text}\n`);
}

async function build() {
	const esbuild = await tools();
	if (!esbuild) {
		process.stderr.write("massgen: not built, because its development dependencies are not installed.\n");
		return;
	}
	// Built beside and moved into place, so that a failed build leaves the last good one.
	const fresh = `${dist}.${process.pid}`;
	try {
		const built = await Promise.all([buildProgram(esbuild, fresh), buildLibrary(esbuild, fresh)]);
		writeFileSync(
			join(fresh, "LICENSES.txt"),
			licenses(
				root,
				built.map(({ metafile }) => metafile),
			),
		);
		await writeHelp(esbuild, fresh);
		if (!options.has("--no-types"))
			execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json", "--outDir", fresh], {
				cwd: root,
				stdio: "inherit",
			});
		writeFileSync(join(fresh, "built"), "");
		rmSync(dist, { recursive: true, force: true });
		renameSync(fresh, dist);
	} finally {
		rmSync(fresh, { recursive: true, force: true });
	}
}

const upToDate = options.has("--if-stale") && existsSync(stamp) && statSync(stamp).mtimeMs >= newestSource();
if (!upToDate) await build();
