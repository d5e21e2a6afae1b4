import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { isBad, validateFiles } from "../../src/config/validate-files.ts";
import { looking } from "./looking.ts";

const cwd = mkdtempSync(join(tmpdir(), "massgen-validate-"));
const good = "agents: [{ id: a, backend: { type: simulated } }]\n";
const files = {
	"good.yaml": good,
	"teams/a.yaml": good,
	"teams/deep/b.yml": "agents: []\n",
	"teams/note.txt": "",
	"teams/warned.yaml": `${good}task: x\n`,
	"empty/x.txt": "",
};
for (const [name, text] of Object.entries(files)) {
	mkdirSync(dirname(join(cwd, name)), { recursive: true });
	writeFileSync(join(cwd, name), text);
}

function reports(...names: string[]): string[] {
	return validateFiles(names, { ...looking, cwd }).map((report) => `${report.file} ${isBad(report, false)} ${isBad(report, true)}`);
}

it.each<[string[], string[]]>([
	[["good.yaml"], ["good.yaml false false"]],
	[["teams"], ["teams/a.yaml false false", "teams/deep/b.yml true true", "teams/warned.yaml false true"]],
	[["teams/*.yaml"], ["teams/a.yaml false false", "teams/warned.yaml false true"]],
	[["**/{a,b}.{yaml,yml}"], ["teams/a.yaml false false", "teams/deep/b.yml true true"]],
	[["good.yaml", "*.yaml"], ["good.yaml false false"]],
	[["empty"], ["empty true true"]],
	[["nothing*.yaml"], ["nothing*.yaml true true"]],
	[
		["gone.yaml", "good.yaml"],
		["gone.yaml true true", "good.yaml false false"],
	],
])("%j are checked one by one", (names, expected) => {
	expect(reports(...names)).toEqual(expected);
});
