import { describe, expect, test } from "vitest";
import { keyOf } from "../../src/backends/api-key.ts";
import { backendEntry, backends } from "../../src/backends/registry.ts";
import { serverAt } from "../../src/backends/servers.ts";
import { inferBackend } from "../../src/config/infer.ts";
import { entry } from "../fixtures/backends.ts";
import { providerPage } from "./provider-page.ts";

describe("the backend table", () => {
	test("names every backend once, and the docs show it as it is", async () => {
		const names = backends.map(({ name }) => name);
		expect(new Set(names).size).toBe(names.length);
		await expect(providerPage(backends)).toMatchFileSnapshot("../../docs/providers.md");
	});

	test("holds every provider that MassGen's configurations name", () => {
		const named =
			"openai claude claude_code gemini grok azure_openai chatcompletion lmstudio zai vllm sglang inference cerebras together fireworks groq openrouter moonshot nebius poe qwen";
		expect(named.split(" ").filter((name) => backendEntry(name) === undefined)).toEqual([]);
	});

	test("refuses options that a backend does not have", () => {
		expect(entry("openai").options.safeParse({ top_k: 5 }).success).toBe(false);
		expect(entry("claude").options.safeParse({ top_k: 5, thinking: { type: "enabled", budget_tokens: 2048 } }).success).toBe(true);
		expect(entry("vllm").options.safeParse({ enable_web_search: true }).success).toBe(false);
		expect(entry("simulated").options.safeParse({ script: [{ answr: "x" }] }).success).toBe(false);
		expect(
			entry("simulated").options.safeParse({ script: [{ together: [{ answer: "x" }, { vote: 1 }] }], profile: { accuracy: 0.7 } }).success,
		).toBe(true);
	});
});

describe("a key", () => {
	test("comes from the options, else from the first variable that is set", () => {
		const gemini = entry("gemini");
		expect(keyOf(gemini, { api_key: "mine" }, { GEMINI_API_KEY: "env" })).toEqual({ kind: "found", value: "mine" });
		expect(keyOf(gemini, { apiKey: "mine" }, {})).toEqual({ kind: "found", value: "mine" });
		expect(keyOf(gemini, {}, { GEMINI_API_KEY: " ", GOOGLE_API_KEY: "env" })).toEqual({
			kind: "found",
			value: "env",
			variable: "GOOGLE_API_KEY",
		});
	});

	test("that is missing is told with its variable and where to put it", () => {
		expect(keyOf(entry("claude"), {}, {})).toEqual({
			kind: "missing",
			message: "The backend claude needs a key and ANTHROPIC_API_KEY is not set.",
			hint: "Put ANTHROPIC_API_KEY=... into a file .env in this directory or into ~/.config/massgen/.env, or run: export ANTHROPIC_API_KEY=...",
		});
	});

	test("is not needed by local servers, simulated agents and servers that we do not know", () => {
		for (const name of ["ollama", "simulated", "chatcompletion", "command"]) expect(keyOf(entry(name), {}, {})).toEqual({ kind: "none" });
	});

	test("that is missing stops a backend before any call", async () => {
		const { create } = await entry("openai").load();
		const setup = {
			agent: "a",
			model: undefined,
			options: {},
			env: {},
			seed: 1,
			idleMs: 1,
			clock: { now: () => 0, wall: () => 0, sleep: async () => {} },
		};
		expect(() => create(setup)).toThrow("OPENAI_API_KEY");
		const chat = await entry("chatcompletion").load();
		expect(() => chat.create({ ...setup, model: "m" })).toThrow("base_url");
		expect(() => chat.create({ ...setup, model: "m", options: { base_url: "https://api.groq.com/openai/v1" } })).toThrow("GROQ_API_KEY");
		expect(() => chat.create({ ...setup, options: { base_url: "http://127.0.0.1:1/v1" } })).toThrow("needs a model");
	});
});

test.each([
	["gpt-5.2", "openai"],
	["o3-mini", "openai"],
	["claude-opus-4-5", "claude"],
	["gemini-2.5-pro", "gemini"],
	["grok-4.7", "grok"],
	["mistral-large-latest", "mistral"],
	["kimi-k3", "moonshot"],
	["glm-5.3", "zai"],
	["deepseek-flash", "deepseek"],
	["qwen3.8-max", "qwen"],
	["anthropic/claude-sonnet-5.5", "openrouter"],
	["accounts/fireworks/models/glm-5p3", "fireworks"],
	["something-else", undefined],
])("the model %s alone means %s", (model, backend) => {
	expect(inferBackend(model, false, backends)).toBe(backend);
});

test("an address is known by its host alone", () => {
	expect(serverAt("https://api.deepseek.com/beta")?.name).toBe("deepseek");
	expect(serverAt("https://api.deepseek.com.example.org/v1")).toBeUndefined();
	expect(serverAt("no address")).toBeUndefined();
});
