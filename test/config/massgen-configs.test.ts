import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadTeam } from "../../src/config/load.ts";
import { complaints } from "./complaints.ts";
import { looking } from "./looking.ts";

const directory = join(import.meta.dirname, "../fixtures/massgen-configs");

it.each(readdirSync(directory))("%s, written for MassGen, loads without an error", (name) => {
	const text = complaints(() => loadTeam({ ...looking, cwd: directory, config: name }));
	expect(text).not.toMatch(/ error: /);
});
