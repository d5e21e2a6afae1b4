// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${...} is what these tests are about
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { describeTeam } from "../../src/config/describe.ts";
import { readVariables } from "../../src/config/environment.ts";
import { type Loaded, type LoadOptions, loadTeam } from "../../src/config/load.ts";
import { quickConfig, simulatedTeam, teamFromFlags } from "../../src/config/quick.ts";
import { simulateTeam } from "../../src/config/rehearse.ts";
import { isSecret } from "../../src/config/secrets.ts";
import { fillText, inWorkspace } from "../../src/config/values.ts";
import { complaints } from "./complaints.ts";

let root = "";
beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), "massgen-load-"));
});

function put(files: Readonly<Record<string, string>>): void {
	for (const [name, text] of Object.entries(files)) {
		mkdirSync(dirname(join(root, name)), { recursive: true });
		writeFileSync(join(root, name), text);
	}
}

function places(): LoadOptions {
	return { cwd: join(root, "project"), home: join(root, "home"), env: {}, examplesDirectory: join(root, "examples") };
}

function load(options: Partial<LoadOptions> = {}): Loaded {
	return loadTeam({ ...places(), ...options });
}

const team = (id: string) => `agents:\n  - id: ${id}\n    backend: { type: simulated }\n`;
const ids = (loaded: Loaded) => loaded.team.agents.map((agent) => agent.id).join(",");

describe("a configuration is found", () => {
	beforeEach(() => {
		put({
			"project/team.yaml": team("path"),
			"project/other.json": JSON.stringify({ agents: [{ id: "json", backend: { type: "simulated" } }] }),
			"home/.config/massgen/agents/mine.yaml": team("mine"),
			"examples/basic/multi/three.yaml": team("three"),
			"examples/basic/multi/two.yaml": team("two-multi"),
			"examples/basic/single/two.yaml": team("two-single"),
		});
	});

	it.each([
		["team.yaml", "path"],
		["team", "path"],
		["./team", "path"],
		["other", "json"],
		["mine", "mine"],
		["@examples/basic/multi/three", "three"],
		["@examples/basic/multi/three.yaml", "three"],
		["@examples/three", "three"],
		["@examples/single/two", "two-single"],
	])("M2: %s is the team %s", (config, id) => {
		expect(ids(load({ config }))).toBe(id);
	});

	it("by a name below the home folder", () => {
		put({ "home/teams/a.yaml": team("tilde") });
		expect(ids(load({ config: "~/teams/a" }))).toBe("tilde");
	});

	it.each([
		["@examples/two", "@examples/basic/multi/two, @examples/basic/single/two"],
		["@examples/tree", "Did you mean @examples/three?"],
		["@examples/wo", "Did you mean @examples/basic/multi/two or @examples/basic/single/two?"],
		["@exmples/three", "Shipped examples are named @examples/NAME."],
		["three", "Did you mean @examples/three?"],
	])("M2: %s is refused, and says %s", (config, words) => {
		expect(complaints(() => load({ config }))).toContain(words);
	});

	it("in the project before the user's own, and nowhere else", () => {
		expect(complaints(() => load())).toContain("No configuration was named");
		put({ "home/.config/massgen/config.yaml": team("user") });
		expect(ids(load())).toBe("user");
		put({ "project/.massgen/config.yaml": team("project") });
		expect(ids(load())).toBe("project");
	});
});

describe("variables", () => {
	it.each([
		["${A}", "1", []],
		["x${A}y${B}z", "x1y2z", []],
		["${NONE:-fallback}", "fallback", []],
		["${EMPTY:-fallback}", "fallback", []],
		["${NONE:-}", "", []],
		["${A:-fallback}", "1", []],
		["${NONE:-http://host:1/v1}", "http://host:1/v1", []],
		["$${A}", "${A}", []],
		["${NONE} ${EMPTY}", "${NONE} ${EMPTY}", ["NONE", "EMPTY"]],
		["${cwd}/file", "${cwd}/file", []],
		["$A ${1} ${a b} {A}", "$A ${1} ${a b} {A}", []],
	])("%s becomes %s", (text, filled, unset) => {
		expect(fillText(text, { A: "1", B: "2", EMPTY: "" })).toMatchObject({ text: filled, unset });
	});

	it("${cwd} is the folder an agent works in, wherever it stands in its options", () => {
		const options = { args: ["--root", "${cwd}/src"], env: { ROOT: "${cwd}" }, sandbox: "read-only", turns: 3 };
		expect(inWorkspace(options, "/w/$&")).toEqual({
			args: ["--root", "/w/$&/src"],
			env: { ROOT: "/w/$&" },
			sandbox: "read-only",
			turns: 3,
		});
		expect(inWorkspace(options, undefined)).toBe(options);
	});

	it("come from the environment, then the project, then the user", () => {
		put({ "project/.env": "A=project\nB=project\nE=project\n", "home/.config/massgen/.env": "A=user\nB=user\nC=user\n" });
		const { env, origins } = readVariables({ ...places(), env: { A: "process", E: "" } });
		expect(env).toEqual({ A: "process", B: "project", C: "user", E: "project" });
		expect([origins.A, origins.C?.endsWith(join(".config", "massgen", ".env"))]).toEqual(["the environment", true]);
	});

	it("are filled in for the backend and left out of what is stored", () => {
		put({
			"project/.env": "KEY=sk-canary\n",
			"project/t.yaml":
				"agents:\n  - id: a\n    backend:\n      type: chatcompletion\n      base_url: http://localhost\n      model: m\n      api_key: ${KEY}\n",
		});
		const { team } = load({ config: "t" });
		expect(team.agents[0]?.secretOptions).toEqual({ baseUrl: "http://localhost", apiKey: "sk-canary" });
		expect(team.agents[0]?.options).toEqual({ baseUrl: "http://localhost", apiKey: "${KEY}" });
		expect(JSON.stringify(team.stored)).not.toContain("canary");
	});

	it("take the place of a key that was written down, wherever it would be kept or shown", () => {
		const text =
			"agents:\n  - id: a\n    backend:\n      type: openai\n      model: gpt-5\n      api_key: sk-canary-0123456789abcdef\n      headers: { X-Api-Key: canary-0123456789abcdef }\n";
		put({ "project/t.yaml": text });
		const loaded = load({ config: "t" });
		const { agents, stored } = loaded.team;
		expect(JSON.stringify([stored, agents[0]?.options, loaded.warnings, describeTeam(loaded)])).not.toMatch(/canary-01/);
		expect(agents[0]?.options).toEqual({
			apiKey: "${OPENAI_API_KEY}",
			headers: { "X-Api-Key": "${MASSGEN_AGENTS_0_BACKEND_HEADERS_X_API_KEY}" },
		});
		expect(agents[0]?.secretOptions.apiKey).toBe("sk-canary-0123456789abcdef");
	});
});

it.each([
	["api_key", "sk-abcdefghijklmnop", true],
	["api_key", "a-key-of-some-provider", true],
	["api_key", "${KEY_OF_MINE}", false],
	["api_key", "EMPTY", false],
	["api_key", "not-needed-for-local", false],
	["api_key", "sk-no-key-required", false],
	["anything", "AIzaSyA0123456789abcdef", true],
	["Authorization", "Bearer abcdef0123456789", true],
	["max_tokens", "1000000000000", false],
	["model", "gpt-5-with-a-long-name", false],
])("%s: %s is a secret: %s", (key, value, secret) => {
	expect(isSecret(key, value)).toBe(secret);
});

describe("several files", () => {
	it("are merged: mappings key by key, lists whole, the including file on top", () => {
		put({
			"project/base/rules.yaml": "orchestrator: { stop: all, max_steps: 7, budget: { max_tokens: 5 } }\n",
			"project/base/team.yaml": `include: rules.yaml\n${team("base")}prompt: from base\n`,
			"project/top.yaml": "include: base/team.yaml\norchestrator: { max_steps: 9, budget: { max_cost_usd: 1 } }\n",
			"project/other.yaml": `include: [base/rules.yaml, base/team.yaml]\n${team("other")}`,
		});
		const top = load({ config: "top" }).team;
		expect([top.rules.stop, top.rules.maxSteps, top.limits.tokens, top.limits.costUsd, top.prompt]).toEqual(["all", 9, 5, 1, "from base"]);
		expect(ids(load({ config: "other" }))).toBe("other");
		expect(top.stored.include).toBeUndefined();
	});
});

describe("what a team becomes", () => {
	it("with nothing but agents: every default", () => {
		put({ "project/t.yaml": team("a") });
		const { team: loaded } = load({ config: "t" });
		expect(loaded).toEqual({
			agents: [{ id: "a", backend: "simulated", options: {}, secretOptions: {} }],
			rules: {
				protocol: "vote",
				maxAnswers: 2,
				maxFailures: 1,
				maxSteps: 50,
				stop: "majority",
				presentation: "verbatim",
				maxRestarts: 0,
				date: false,
			},
			limits: { timeMs: 1_800_000, onLimit: "wrap_up", graceMs: 120_000 },
			ui: { logging: true },
			stored: { agents: [{ id: "a", backend: { type: "simulated" } }] },
			path: join(root, "project/t.yaml"),
			more: {},
		});
	});

	it("with every setting: in its place", () => {
		put({
			"project/t.yaml": `
prompt: Why?
session_id: s1
agents:
  - count: 2
    id: a
    system_message: One.
    append_system_prompt: Two.
    backend: { type: simulated, seed: "3" }
orchestrator:
  protocol: council
  max_new_answers_per_agent: null
  stop: all
  final_presentation: rewrite
  max_failures: 0
  max_steps: 5
  reviewer: a2
  seed: 4
  date: yes
  timeout: 60
  budget: { max_cost_usd: 1, max_tokens: 2, per_agent: { max_cost_usd: 0.5, max_tokens: 1 }, on_limit: stop }
  coordination: { max_orchestration_restarts: 2 }
timeout_settings: { initial_round_timeout_seconds: 10, subsequent_round_timeout_seconds: 20, round_timeout_grace_seconds: 5 }
ui: { display_type: rich_terminal, logging_enabled: off }
prices: { m: { input: 1, output: 2, cached_input: 0.1 } }
`,
		});
		const { stored: _, path: __, ...loaded } = load({ config: "t" }).team;
		const agent = { backend: "simulated", systemMessage: "One.\n\nTwo.", options: { seed: 3 }, secretOptions: { seed: 3 } };
		expect(loaded).toEqual({
			agents: [
				{ id: "a1", ...agent },
				{ id: "a2", ...agent },
			],
			rules: {
				protocol: "council",
				maxAnswers: 2,
				maxFailures: 0,
				maxSteps: 5,
				stop: "all",
				presentation: "rewrite",
				maxRestarts: 2,
				reviewer: "a2",
				seed: 4,
				date: true,
			},
			limits: {
				timeMs: 60_000,
				costUsd: 1,
				tokens: 2,
				perAgent: { costUsd: 0.5, tokens: 1 },
				onLimit: "stop",
				firstRoundMs: 10_000,
				laterRoundMs: 20_000,
				graceMs: 5000,
			},
			ui: { display: "terminal", logging: false },
			prompt: "Why?",
			sessionId: "s1",
			prices: { m: { input: 1, output: 2, cachedInput: 0.1 } },
			more: {},
		});
	});

	it("flags win over the file, and no time limit is none", () => {
		put({ "project/t.yaml": `${team("a")}orchestrator: { stop: all, budget: { max_tokens: 5 } }\n` });
		const { rules, limits } = load({ config: "t", overrides: { stop: "majority", maxTokens: 9, timeout: 0, seed: 1 } }).team;
		expect([rules.stop, rules.seed, limits]).toEqual(["majority", 1, { tokens: 9, onLimit: "wrap_up", graceMs: 120_000 }]);
	});

	it("flags belong to the run: what a session stores is the file", () => {
		put({ "project/t.yaml": team("a") });
		expect(load({ config: "t", overrides: { timeout: 5, protocol: "first", maxTokens: 1 } }).team.stored).toEqual(
			load({ config: "t" }).team.stored,
		);
	});

	it("what a session stored makes the same team again", () => {
		put({
			"project/t.yaml":
				"agents:\n  - backend: { model: gpt-5, api_key: '${K:-secret-enough}', temperature: '0.5' }\n  - id: 7\n    count: 2\n    backend: { type: simulated }\n",
		});
		const first = load({ config: "t" }).team;
		const { path: _, ...again } = load({ stored: first.stored }).team;
		expect({ ...again, path: first.path }).toEqual(first);
		expect(first.stored.agents).toMatchObject([{ backend: { type: "openai" } }, {}]);
	});

	it("instructions inside the backend count, unless the agent has its own", () => {
		const agent = (own: string) => `  - { ${own}backend: { type: simulated, system_message: inner } }\n`;
		put({ "project/t.yaml": `agents:\n${agent("")}${agent("system_message: outer, ")}` });
		expect(load({ config: "t" }).team.agents).toEqual([
			{ id: "agent1", backend: "simulated", systemMessage: "inner", options: {}, secretOptions: {} },
			{ id: "agent2", backend: "simulated", systemMessage: "outer", options: {}, secretOptions: {} },
		]);
	});

	it("a rehearsal keeps names, rules and instructions, and calls no model", () => {
		put({
			"project/t.yaml":
				"agents:\n  - { id: a, system_message: Hi., backend: { type: openai, model: gpt-5, api_key: k } }\n  - { id: b, backend: { type: simulated, seed: 1 } }\norchestrator: { stop: all }\n",
		});
		const rehearsal = simulateTeam(load({ config: "t", purpose: "look" }).team);
		expect(rehearsal.agents).toEqual([
			{ id: "a", backend: "simulated", systemMessage: "Hi.", options: {}, secretOptions: {} },
			{ id: "b", backend: "simulated", options: { seed: 1 }, secretOptions: { seed: 1 } },
		]);
		expect(rehearsal.rules.stop).toBe("all");
		expect(ids(load({ stored: rehearsal.stored }))).toBe("a,b");
	});

	it("every setting can be traced to the line, flag or variable that made it", () => {
		put({
			"project/.env": "M=gpt-5\n",
			"project/t.yaml":
				"agents:\n  - id: a\n    count: 2\n    backend:\n      type: openai\n      model: ${M}\n      temperature: 1\norchestrator: { stop: all }\n",
		});
		const settings = describeTeam(load({ config: "t", overrides: { maxAnswers: 3 } }));
		const from = Object.fromEntries(settings.map((setting) => [setting.path, `${setting.value} (${setting.from.replace(root, "")})`]));
		expect(from).toMatchObject({
			"agents.a1.backend": "openai (t.yaml:5)",
			"agents.a2.temperature": "1 (t.yaml:7)",
			stop: "all (t.yaml:8)",
			max_new_answers_per_agent: "3 (--max-answers)",
			protocol: "vote (default)",
		});
		expect(from["agents.a1.model"]).toMatch(/^gpt-5 \(t.yaml:6, M from .*\.env\)$/);
	});
});

describe("a team without a file", () => {
	it("deals the models out to the agents", () => {
		const config = quickConfig({ models: ["gpt-5", "claude:claude-sonnet-4-5", "ollama:qwen3:4b"], agents: 4, systemMessage: "Be brief." });
		expect(config.agents).toEqual(
			[
				{ type: "openai", model: "gpt-5" },
				{ type: "claude", model: "claude-sonnet-4-5" },
				{ type: "ollama", model: "qwen3:4b" },
				{ type: "openai", model: "gpt-5" },
			].map((backend, index) => ({ id: `agent${index + 1}`, system_message: "Be brief.", backend })),
		);
	});

	it("with an address is an OpenAI-compatible server", () => {
		const { team } = teamFromFlags({ models: ["anything"], baseUrl: "http://localhost:1" }, places());
		expect(team.agents).toMatchObject([
			{ id: "agent1", backend: "chatcompletion", model: "anything", options: { baseUrl: "http://localhost:1" } },
		]);
	});

	it("is simulated where there is nothing else", () => {
		expect(ids(simulatedTeam(places()))).toBe("agent1,agent2,agent3");
	});

	it.each([
		[{ models: ["mystery"] }, "It is not known which backend has the model mystery."],
		[{ backend: "opnai" }, "There is no backend opnai."],
		[{ backend: "simulated", agents: 0 }, "--agents must be a whole number from 1 to 1000, not 0."],
		[{ models: ["gpt-5", "gpt-4o"], agents: 1 }, "--agents 1 leaves some of the 2 models without an agent."],
	])("%j is refused", (flags, message) => {
		expect(complaints(() => teamFromFlags(flags, places()))).toContain(message);
	});
});

it("the message of a configuration that cannot be used is its first error, with the place and its hint", () => {
	put({
		"project/team.yaml":
			"memory: { enabled: true }\nagents:\n  - { id: a, backend: { type: simulatd } }\n  - { ids: b, backend: { type: simulated } }\n",
	});
	expect(() => loadTeam({ ...places(), config: "team.yaml" })).toThrow(
		expect.objectContaining({ message: 'team.yaml:3:31: There is no backend "simulatd". (and 1 more)', hint: "Did you mean simulated?" }),
	);
});
