import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, describe, expect, test } from "vitest";

/** Every piece of code in docs/library.md is a program: it is compiled and run as it stands, in a directory of its own. */
const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/library.md"), "utf8");
const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code);

const cache = join(root, "node_modules/.cache/massgen-tests");
mkdirSync(cache, { recursive: true });
const directory = mkdtempSync(join(cache, "page-"));
afterAll(() => rmSync(directory, { recursive: true }));

const compiled = (async () => {
	const entries = blocks.map((code, index) => {
		const path = join(directory, `block-${index + 1}.ts`);
		writeFileSync(path, code);
		return path;
	});
	await build({
		entryPoints: entries,
		outdir: directory,
		outExtension: { ".js": ".mjs" },
		bundle: true,
		splitting: true,
		platform: "node",
		format: "esm",
		target: "node20",
		packages: "external",
		alias: { massgen: join(root, "src/index.ts") },
		logLevel: "error",
	});
})();

describe("the page on the library", () => {
	test.concurrent.each(blocks.map((code, index) => [index + 1, code.split("\n")[0], code] as const))(
		"piece %i runs: %s",
		async (number) => {
			await compiled;
			const { code, output, errors } = await run(join(directory, `block-${number}.mjs`));
			expect({ code, errors }).toEqual({ code: 0, errors: "" });
			expect(output).not.toContain("undefined");
		},
	);
});

test("every piece is typed", async () => {
	await compiled;
	const config = {
		extends: join(root, "tsconfig.json"),
		compilerOptions: { paths: { massgen: [join(root, "src/index.ts")] } },
		include: ["*.ts"],
	};
	writeFileSync(join(directory, "tsconfig.json"), JSON.stringify(config));
	const result = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", directory], { encoding: "utf8" });
	expect(result.stdout).toBe("");
});

function run(path: string): Promise<{ code: number | null; output: string; errors: string }> {
	const home = mkdtempSync(join(tmpdir(), "massgen-page-"));
	const child = spawn(process.execPath, [path], { cwd: home, env: { HOME: home } });
	let output = "";
	let errors = "";
	child.stdout.on("data", (text: Buffer) => {
		output += text;
	});
	child.stderr.on("data", (text: Buffer) => {
		errors += text;
	});
	return new Promise((resolve) => child.on("close", (code) => resolve({ code, output, errors })));
}
