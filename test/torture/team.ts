import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { paced } from "../fixtures/start-model-server.ts";

/** How the agents of a tortured team answer: see test/fixtures/model-server.ts. */
export type Habits = Readonly<Record<string, number>>;

/** A directory with a team of the model server's agents, and an empty home; gone after `remove`. */
export type Ground = { readonly cwd: string; readonly home: string; readonly env: Readonly<Record<string, string>>; remove(): void };

export function ground(url: string, names: readonly string[], habits: Habits, { rounds = 2 } = {}): Ground {
	const agents = names.map((name) => ({
		id: name,
		backend: { type: "chatcompletion", model: paced({ name, ...habits }), base_url: url, api_key: "none" },
	}));
	return prepared({ agents, orchestrator: { max_new_answers_per_agent: rounds } }, () => ({}));
}

/** The same with two CLI agents: programs that play them are found first. */
export function groundOfCliAgents(): Ground {
	const agents = [
		{ id: "ada", backend: { type: "claude_code" } },
		{ id: "bob", backend: { type: "codex" } },
	];
	const bin = join(import.meta.dirname, "../fixtures/bin");
	return prepared({ agents }, (home) => ({
		PATH: [bin, process.env.PATH].join(delimiter),
		FAKE_CLI_HOME: join(home, "fake"),
		FAKE_CLI: "answer",
	}));
}

function prepared(team: object, env: (home: string) => Ground["env"]): Ground {
	const root = mkdtempSync(join(tmpdir(), "massgen-torture-"));
	const cwd = join(root, "work");
	const home = join(root, "home");
	mkdirSync(cwd);
	mkdirSync(home);
	// JSON is YAML.
	writeFileSync(join(cwd, "team.yaml"), JSON.stringify(team));
	return { cwd, home, env: env(home), remove: () => rmSync(root, { recursive: true, force: true }) };
}
