/**
 * Runs a measurement: `npm run bench -- start`, or `npm run bench -- start 22 24` to give it other versions of Node too.
 * Each file of this folder with a `bench` is one. Without a name: all of them, one after the other.
 */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { nodeBinary } from "../scripts/node-binary.mjs";

const folder = fileURLToPath(new URL(".", import.meta.url));
const words = process.argv.slice(2);
const all = readdirSync(folder)
	.filter((file) => file.endsWith(".ts") && /^export (async )?function bench\b/m.test(readFileSync(join(folder, file), "utf8")))
	.map((file) => basename(file, ".ts"));
const names = words.filter((word) => !/^\d+$/.test(word));
const unknown = names.find((name) => !all.includes(name));
if (unknown !== undefined) {
	process.stderr.write(`There is no measurement ${unknown}. There are: ${all.join(", ")}.\n`);
	process.exit(1);
}
const nodes = words.filter((word) => /^\d+$/.test(word)).map(nodeBinary);

const print = (line) => process.stdout.write(`${line}\n`);
const [cpu] = cpus();
print(
	`Node ${process.versions.node}, ${process.platform} ${release()}, ${cpus().length} x ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, ${new Date().toISOString().slice(0, 10)}`,
);

for (const name of names.length > 0 ? names : all) {
	// Beside the sources, so that what is bundled finds the repository and its packages as they do.
	const file = join(folder, `.run-${name}-${process.pid}.mjs`);
	try {
		await build({
			entryPoints: [join(folder, `${name}.ts`)],
			outfile: file,
			bundle: true,
			platform: "node",
			format: "esm",
			target: "node20.19",
			packages: "external",
			logLevel: "warning",
		});
		const { bench } = await import(pathToFileURL(file).href);
		print(`\n## ${name}\n\n\`npm run bench -- ${[name, ...words.filter((word) => /^\d+$/.test(word))].join(" ")}\`\n`);
		await bench(print, { nodes });
	} finally {
		rmSync(file, { force: true });
	}
}
