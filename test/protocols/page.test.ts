import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { protocols } from "../../src/protocols/registry.ts";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/how-it-decides.md"), "utf8");
const source = ["vote", "first", "tally"].map((name) => readFileSync(join(root, `src/protocols/${name}.ts`), "utf8")).join("\n");

test("the page on how a team decides names every protocol, every rule and every rung of a tie", () => {
	const rules = [...source.matchAll(/leader\(turn, ([^)]*)\)/g)].flatMap(([, words = ""]) =>
		[...words.matchAll(/"([^"]+)"/g)].map(([, rule]) => rule),
	);
	const rungs = [...source.matchAll(/^\t*\["([^"]+)", /gm)].map(([, rung]) => rung).filter((rung) => rung !== "votes");
	const names = [...rules.filter((rule) => rule !== "time"), ...rungs, ...protocols.map(({ name }) => name)];
	expect(names.length).toBeGreaterThan(14);
	expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
