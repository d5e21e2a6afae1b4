/**
 * Makes docs/rows.md: what the five systems promise, row by row, and the tests that hold it. A test says which rows it
 * holds by how its title begins: "A19, S5: /new never touches an existing session".
 *
 *   node scripts/rows.mjs            writes the page
 *   node scripts/rows.mjs --check    fails if the page is stale, if a row has no test and no reason, or a title names no row
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const page = join(root, "docs/rows.md");
const rows = JSON.parse(readFileSync(join(root, "test/fixtures/rows.json"), "utf8"));
const systems = { M: "MassGen", A: "Agentry", R: "ResonantGenesis", O: "OpenAI Agents SDK sessions", S: "Scratchy" };

const titles = /(["'`])((?:[MAROS]\d+)(?:, [MAROS]\d+)*): ((?:\\.|(?!\1)[^\n])*)\1/g;
const sources = /^import (?!type )[^"]*from "(\.[^"]*\/src\/[^"]+)"/gm;
/** What nearly every test imports tells nothing. */
const common = ["src/errors.ts", "src/testing.ts"];

/** Every title that names rows, and the code it is about: what its test imports. */
function claims() {
	const files = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" }).map((file) => file.replaceAll("\\", "/"));
	return files
		.filter((file) => file.endsWith(".ts") && !file.startsWith("fixtures/"))
		.sort()
		.flatMap((file) => {
			const text = readFileSync(join(root, "test", file), "utf8");
			const examples = [...text.matchAll(/examples\/(?:sessions|library)\//g)].map(([path]) => path);
			const imported = [...examples, ...[...text.matchAll(sources)].map(([, path]) => posix.join("test", posix.dirname(file), path))];
			// A test of the built program goes through the command line.
			const about = file.startsWith("e2e/")
				? [`src/cli/${file.includes("chat") ? "chat/" : ""}`]
				: imported.filter((path) => !common.includes(path));
			return [...text.matchAll(titles)].map(([, , ids, title]) => ({ ids: ids.split(", "), title, file: `test/${file}`, about }));
		});
}

const all = claims();
const unknown = [...new Set(all.flatMap(({ ids }) => ids).filter((id) => rows[id] === undefined))];
const missing = Object.keys(rows).filter((id) => rows[id].later === undefined && !all.some(({ ids }) => ids.includes(id)));

function line(id) {
	const held = all.filter(({ ids }) => ids.includes(id));
	const code = [...new Set(held.flatMap(({ about }) => about))].map((file) => `\`${file}\``);
	const tests = held.map(({ file, title }) => `\`${file}\`: ${title.replaceAll("\\", "").replaceAll("|", "\\|")}`);
	const without = rows[id].later === undefined ? "**none yet**" : `_${rows[id].later}_`;
	return `| ${id} | ${rows[id].feature} | ${code.join("<br>")} | ${tests.length === 0 ? without : tests.join("<br>")} |`;
}

const text = `# What is promised, and the tests that hold it

${Object.keys(rows).length} rows: the features of five systems in our own words, the code, and the tests. ${missing.length === 0 ? "Every row has a test or the reason why it has none." : `${missing.length} rows have no test yet.`}
This page is made by \`node scripts/rows.mjs\` from the titles of the tests and \`test/fixtures/rows.json\`.

${Object.entries(systems)
	.map(
		([letter, name]) => `## ${name}

| row | feature | code | test |
|---|---|---|---|
${Object.keys(rows)
	.filter((id) => id.startsWith(letter))
	.map(line)
	.join("\n")}`,
	)
	.join("\n\n")}
`;

if (process.argv.includes("--check")) {
	const problems = [
		...unknown.map((id) => `a test names row ${id}, which does not exist`),
		...missing.map((id) => `row ${id} has no test: ${rows[id].feature}`),
		...(readFileSync(page, "utf8") === text ? [] : ["docs/rows.md is stale: run node scripts/rows.mjs"]),
	];
	for (const problem of problems) process.stderr.write(`${problem}\n`);
	process.exitCode = problems.length === 0 ? 0 : 1;
} else {
	writeFileSync(page, text);
	process.stdout.write(
		`docs/rows.md: ${Object.keys(rows).length - missing.length} of ${Object.keys(rows).length} rows, missing: ${missing.join(" ") || "none"}\n`,
	);
}
