// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${...} is what these tests are about
import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { BackendEntry } from "../../src/backends/backend.ts";
import { backendEntry } from "../../src/backends/registry.ts";
import { type LoadOptions, teamFromTree } from "../../src/config/load.ts";
import { parseTree } from "../../src/config/parse.ts";
import { complaints } from "./complaints.ts";
import { looking } from "./looking.ts";

/** A table of backends that does not grow, so that messages stay as they are. */
const simulated = backendEntry("simulated");
const cloud: BackendEntry = {
	name: "cloud",
	title: "A hosted model",
	kind: "api",
	capabilities: ["tools"],
	keyVariables: ["CLOUD_KEY"],
	models: ["cloud-"],
	options: z.strictObject({
		api_key: z.string().optional(),
		temperature: z.number().min(0).max(2).optional(),
		reasoning: z.strictObject({ effort: z.enum(["low", "high"]).optional() }).optional(),
		extra_body: z.record(z.string(), z.unknown()).optional(),
	}),
	load: () => Promise.reject(new Error("not in this test")),
};
const searching: BackendEntry = {
	...cloud,
	name: "searching",
	capabilities: ["tools", "web-search"],
	options: z.strictObject({
		enable_web_search: z.boolean().optional(),
		reasoning: z.strictObject({ effort: z.string().optional(), summary: z.string().optional() }).optional(),
	}),
};
const registries = { backends: [...(simulated ? [simulated] : []), cloud, searching], protocols: ["vote", "council"] };

function told(text: string, options: Partial<LoadOptions> = {}): string {
	return complaints(() =>
		teamFromTree(parseTree(text.replaceAll(/^\n/g, ""), "team.yaml"), undefined, { ...looking, registries, ...options }),
	);
}

const two = `
agents:
  - id: ada
    backend: { type: simulated }
  - id: ben
    backend: { type: cloud, model: cloud-1 }
`;

describe("a mistake is told with its place and what to do", () => {
	it.each<[string, string]>([
		["a mistyped key at the top", `${two}orchestratr: {}\n`],
		["a mistyped key in a nested mapping", `${two}orchestrator:\n  coordination:\n    max_orchestration_restart: 1\n`],
		["a key in the wrong place", `${two}system_message: Be kind.\nmodel: cloud-1\n`],
		["a key that is like no other", `${two}zebra: 1\n`],
		["a wrong kind of value", `${two}orchestrator: { max_failures: many, date: perhaps, budget: 5 }\n`],
		["a number out of range", `${two}orchestrator: { max_new_answers_per_agent: 0, budget: { max_cost_usd: -1 }, max_steps: 1.5 }\n`],
		["a mistyped word", `${two}orchestrator: { protocol: counsil, stop: majorty, final_presentation: polished }\n`],
		["an option out of range", "agents:\n  - id: a\n    backend:\n      type: cloud\n      model: cloud-1\n      temperature: 3\n"],
		["a mistyped option", "agents:\n  - id: a\n    backend:\n      type: cloud\n      model: cloud-1\n      temprature: 0.3\n"],
		["a mistyped backend", "agents:\n  - id: a\n    backend: { type: simulatd }\n"],
		["a model that no backend is known for", "agents:\n  - id: a\n    backend: { model: mystery-9 }\n"],
		["a system message in the backend", "agents:\n  - id: a\n    backend: { type: simulated, system_prompt: hi }\n"],
		[
			"a mistake in a script",
			"agents:\n  - id: a\n    backend:\n      type: simulated\n      script:\n        - say: hi\n        - anser: 42\n        - fail: { kind: oops }\n",
		],
		["a variable without quotes in braces", `agents: [{ id: a, backend: { type: cloud, model: \${MODEL} } }]\n`],
		["two agents of one name", "agents:\n  - { id: a, backend: { type: simulated } }\n  - { id: a, backend: { type: simulated } }\n"],
		["a reviewer that is nobody", `${two}orchestrator: { reviewer: adda }\n`],
		["several mistakes, in the order of their lines", `${two}ui: { display_typ: plain }\norchestrator: { stopp: all }\n`],
	])("%s", (_, text) => {
		expect(told(text)).toMatchSnapshot();
	});

	it("a variable that is not set, when agents are to run", () => {
		const text =
			'agents:\n  - id: a\n    system_message: In ${LANGUAGE}.\n    backend:\n      type: cloud\n      model: ${MODEL}\n      api_key: ${KEY:-}\n      extra_body: { region: "${REGION}" }\n';
		expect(told(text, { purpose: "run" })).toMatchSnapshot();
		expect(told(text)).toBe("");
	});
});

describe("a likely mistake is a warning", () => {
	it.each<[string, string]>([
		[
			"a secret in the file",
			"agents:\n  - id: a\n    backend:\n      type: cloud\n      model: cloud-1\n      api_key: sk-abcdefghijklmnopqrstuv\n",
		],
		["one agent with settings for votes", "agents:\n  - id: a\n    backend: { type: simulated }\norchestrator: { stop: all }\n"],
		["a feature that the backend lacks", "agents:\n  - id: a\n    backend: { type: cloud, model: cloud-1, enable_web_search: true }\n"],
		[
			"a setting of another backend",
			"agents:\n  - id: a\n    backend: { type: cloud, model: cloud-1, reasoning: { effort: low, summary: auto } }\n",
		],
		["a folder outside the project", "agents:\n  - id: a\n    backend: { type: simulated, cwd: ../elsewhere }\n"],
		[
			"a weak model in a strong team",
			"agents:\n  - { id: a, backend: { type: cloud, model: cloud-opus } }\n  - { id: b, backend: { type: cloud, model: cloud-nano } }\n  - { id: c, backend: { type: cloud, model: cloud-pro } }\n",
		],
		[
			"keys without effect, once for all agents",
			"agents:\n  - { id: a, backend: { type: simulated, cwd: one } }\n  - { id: b, backend: { type: simulated, cwd: two } }\norchestrator: { snapshot_storage: s, voting_sensitivity: strict }\n",
		],
	])("%s", (_, text) => {
		expect(told(text)).toMatchSnapshot();
	});

	it("keys without effect that are switched off are not mentioned", () => {
		const text =
			"agents:\n  - { id: a, backend: { type: simulated, enable_mcp_command_line: false, mcp_servers: [] } }\n  - { id: b, backend: { type: simulated } }\n";
		expect(told(text)).toBe("");
	});

	it("an unknown key, if unknown keys are allowed", () => {
		expect(told(`${two}zebra: 1\n`, { allowUnknown: true })).toMatch(/warning: Unknown key zebra/);
	});
});

it("mappings of others are not looked into", () => {
	expect(
		told(
			"agents:\n  - id: a\n    backend: { type: cloud, model: cloud-1, extra_body: { anything: { at: all } } }\n  - id: b\n    backend: { type: simulated }\n",
		),
	).toBe("");
});

it("a flag is blamed for its own value", () => {
	expect(told(two, { overrides: { protocol: "voet", maxAnswers: 0 } })).toMatchSnapshot();
});

it("no frame shows a key", () => {
	const text =
		'agents:\n  - { id: a, backend: { type: cloud, model: cloud-1, api_key: "sk-canary0123456789abcdef", temprature: 1 } }\n  - id: b\n    backend:\n      type: cloud\n      api_key: plain-canary-value-0123\n      modle: x\n';
	expect(told(text)).not.toMatch(/canary/);
});
