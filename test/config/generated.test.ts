import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { generatedFiles } from "../../scripts/generate.ts";

const root = join(import.meta.dirname, "../..");
const update = process.env.UPDATE !== undefined && process.env.UPDATE !== "";

it.each([...generatedFiles(root)])("%s is what the tables of the program make of it (UPDATE=1 renews it)", (path, content) => {
	const file = join(root, path);
	if (update) {
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, content);
	}
	expect(readFileSync(file, "utf8")).toBe(content);
});
