import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { helpTexts } from "../../src/cli/help.ts";

const path = join(import.meta.dirname, "../../docs/command-line.md");

/** `npx vitest run test/cli/help.test.ts -u` writes the page anew. */
test("docs/command-line.md holds the help of every command", async () => {
	const texts = new Map(Object.entries(await helpTexts()));
	const page = readFileSync(path, "utf8");
	const shown: string[] = [];
	const fresh = page.replace(/(<!-- help: ([a-z-]+) -->\n```text\n)[\s\S]*?(```)/g, (_, head: string, name: string, tail: string) => {
		shown.push(name);
		return `${head}${texts.get(name) ?? "There is no such command."}\n${tail}`;
	});
	expect(shown).toEqual([...texts.keys()]);
	await expect(fresh).toMatchFileSnapshot(path);
});

test("help fits a terminal of 100 columns, and is plain", async () => {
	const lines = Object.values(await helpTexts()).flatMap((text) => text.split("\n"));
	expect(lines.filter((line) => line.length > 100 || /[^\x20-\x7e]/.test(line))).toEqual([]);
});
