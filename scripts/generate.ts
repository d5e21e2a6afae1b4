import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ExampleEntry, exampleCatalogue } from "../src/config/catalogue.ts";
import { configJsonSchema } from "../src/config/json-schema.ts";
import { shippedRegistries } from "../src/config/load.ts";
import { referenceTables } from "../src/config/reference.ts";

/** Files that are made from the tables of the program, with what they have to hold. A test keeps them fresh. */
export function generatedFiles(root: string): ReadonlyMap<string, string> {
	const docs = readFileSync(join(root, "docs/configuration.md"), "utf8");
	return new Map([
		["configs/massgen.schema.json", `${JSON.stringify(configJsonSchema(shippedRegistries), null, "\t")}\n`],
		["docs/configuration.md", withTables(docs, referenceTables(shippedRegistries))],
		["examples/README.md", examplesPage(exampleCatalogue(join(root, "examples")))],
	]);
}

/** Replaces what stands between `<!-- generated: NAME -->` and `<!-- end -->`. */
function withTables(text: string, tables: Readonly<Record<string, string>>): string {
	return text.replace(/<!-- generated: (\w+) -->[\s\S]*?<!-- end -->/g, (whole, name: string) => {
		const table = tables[name];
		return table === undefined ? whole : `<!-- generated: ${name} -->\n${table}\n<!-- end -->`;
	});
}

function examplesPage(entries: readonly ExampleEntry[]): string {
	const categories = [...new Set(entries.map((entry) => entry.category))];
	const sections = categories.map((category) => {
		const rows = entries.filter((entry) => entry.category === category).map(({ name, about }) => `| \`@examples/${name}\` | ${about} |`);
		return `## ${category}\n\n| name | what it shows |\n|---|---|\n${rows.join("\n")}\n`;
	});
	return `# Examples\n\nEach is a file in this folder. \`massgen --config @examples/NAME "question"\` runs it, \`massgen --example NAME\` prints it, and
\`massgen --simulate --config @examples/NAME "question"\` runs it without any model. The end of a name is enough if only one ends so.
The question to try stands in the first lines of each file. This page is made by \`UPDATE=1 npx vitest run test/config/generated.test.ts\`.\n\n${sections.join("\n")}`;
}
