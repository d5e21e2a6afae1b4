import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { paced } from "../fixtures/start-model-server.ts";

/** How the agents of a tortured team answer: see test/fixtures/model-server.ts. */
export type Habits = Readonly<Record<string, number>>;

/** A directory with a team of the model server's agents, and an empty home; gone after `remove`. */
export type Ground = { readonly cwd: string; readonly home: string; remove(): void };

export function ground(url: string, names: readonly string[], habits: Habits, { rounds = 2 } = {}): Ground {
	const root = mkdtempSync(join(tmpdir(), "massgen-torture-"));
	const cwd = join(root, "work");
	const home = join(root, "home");
	mkdirSync(cwd);
	mkdirSync(home);
	const agents = names.map((name) => ({
		id: name,
		backend: { type: "chatcompletion", model: paced({ name, ...habits }), base_url: url, api_key: "none" },
	}));
	writeFileSync(join(cwd, "team.yaml"), JSON.stringify({ agents, orchestrator: { max_new_answers_per_agent: rounds } }));
	return { cwd, home, remove: () => rmSync(root, { recursive: true, force: true }) };
}
