import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { helpTexts } from "../../src/cli/help.ts";

const path = join(import.meta.dirname, "../../docs/command-line.md");
const mark = "<!-- What follows is written by: npx vitest run test/cli/help.test.ts -u -->";

test("docs/command-line.md holds the help of every command", async () => {
	const [head = ""] = readFileSync(path, "utf8").split(mark);
	const sections = Object.entries(await helpTexts()).map(([name, text]) => `### ${title(name)}\n\n\`\`\`text\n${text}\n\`\`\`\n`);
	await expect(`${head}${mark}\n\n${sections.join("\n")}`).toMatchFileSnapshot(path);
});

function title(name: string): string {
	return name === "massgen" ? name : `massgen ${name.replaceAll("-", " ")}`;
}

test("help fits a terminal of 100 columns, and is plain", async () => {
	const lines = Object.values(await helpTexts()).flatMap((text) => text.split("\n"));
	expect(lines.filter((line) => line.length > 100 || /[^\x20-\x7e]/.test(line))).toEqual([]);
});
