// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${...} is what these tests are about
import { chmodSync, mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { detect } from "../../src/config/detect.ts";
import { readVariables } from "../../src/config/environment.ts";
import { shippedRegistries, teamFromTree, treeOfValue } from "../../src/config/load.ts";
import { generatedTeam, type NewTeam, teamText } from "../../src/config/new-team.ts";
import { parseTree } from "../../src/config/parse.ts";
import { storeKey, writeConfig } from "../../src/config/write.ts";
import { choices, zeroTeam } from "../../src/config/zero.ts";
import { UsageError } from "../../src/errors.ts";
import { looking } from "./looking.ts";

/** The local servers of a machine, by port. */
function machine(servers: Readonly<Record<number, unknown>>): typeof fetch {
	return async (url) => {
		const { port } = new URL(String(url));
		if (!(Number(port) in servers)) throw new TypeError("fetch failed");
		return Response.json(servers[Number(port)]);
	};
}

const models = (...ids: string[]) => ({ object: "list", data: ids.map((id) => ({ id, object: "model" })) });

async function found(options: { env?: Record<string, string>; servers?: Record<number, unknown>; clis?: string[] }) {
	const clis = (options.clis ?? []).map((backend) => ({ backend, title: backend }));
	return await detect({
		env: options.env ?? {},
		registries: shippedRegistries,
		fetch: machine(options.servers ?? {}),
		clis: async () => clis,
	});
}

async function team(options: Parameters<typeof found>[0]) {
	const zero = zeroTeam(await found(options));
	return (
		zero &&
		teamFromTree(treeOfValue(zero.config), undefined, looking).team.agents.map(({ id, backend, model }) => [id, backend, model].join(" "))
	);
}

describe("without any configuration", () => {
	it("nothing found is no team", async () => {
		expect(await team({})).toBeUndefined();
		expect(await team({ env: { OPENAI_API_KEY: "  " }, servers: { 11434: models(), 8080: "<html>" } })).toBeUndefined();
	});

	it("keys of three makers make a team of three", async () => {
		const agents = await team({ env: { OPENAI_API_KEY: "k", ANTHROPIC_API_KEY: "k", GEMINI_API_KEY: "k", XAI_API_KEY: "k" } });
		expect(agents?.map((agent) => agent.split(" ", 2).join(" "))).toEqual(["openai openai", "claude claude", "gemini gemini"]);
	});

	it("a local server gives up to three of its models, and none that only embeds", async () => {
		expect(await team({ servers: { 11434: models("nomic-embed-text", "qwen3:4b", "gemma3:4b", "llama3.2:3b", "phi4") } })).toEqual([
			"ollama_1 ollama qwen3:4b",
			"ollama_2 ollama gemma3:4b",
			"ollama_3 ollama llama3.2:3b",
		]);
	});

	it("one model alone makes three agents, a coding CLI alone stays alone", async () => {
		expect(await team({ servers: { 1234: models("qwen3-4b") } })).toEqual([
			"agent1 lmstudio qwen3-4b",
			"agent2 lmstudio qwen3-4b",
			"agent3 lmstudio qwen3-4b",
		]);
		expect(await team({ clis: ["codex"] })).toEqual(["agent codex "]);
	});

	it("different kinds are mixed, each kind once before any twice", async () => {
		expect(await team({ servers: { 11434: models("a", "b"), 8000: models("c") }, clis: ["claude_code"] })).toEqual([
			"vllm vllm c",
			"ollama ollama a",
			"claude_code claude_code ",
		]);
	});

	it("every choice says why it is there", async () => {
		const all = choices(await found({ env: { MISTRAL_API_KEY: "k" }, servers: { 8080: models("m") }, clis: ["opencode"] }));
		expect(all.map(({ backend, reason }) => `${backend}: ${reason}`)).toEqual([
			"mistral: MISTRAL_API_KEY is set",
			"llama_cpp: llama.cpp server answers at http://127.0.0.1:8080/v1",
			"opencode: opencode is installed",
		]);
	});
});

describe("a configuration that is written", () => {
	it.each<[string, NewTeam]>([
		["a small team", { agents: [{ id: "a", backend: "simulated" }] }],
		[
			"everything at once",
			{
				about: "For reviews: fast and thorough.",
				agents: [
					{
						id: "first: one",
						backend: "openai",
						model: "gpt-5",
						count: 2,
						systemMessage: 'Say "yes".\n\n# not a comment\nOr: no.',
						note: "key: OPENAI_API_KEY",
					},
					{ id: "true", backend: "ollama", model: "qwen3:4b", baseUrl: "http://localhost:11434/v1", systemMessage: "no" },
				],
				protocol: "council",
				maxCostUsd: 0.5,
			},
		],
	])("%s loads without a warning and says what it was made from", (_, made) => {
		const text = teamText(made, "/usr/lib/massgen.schema.json");
		expect(text).toMatchSnapshot();
		const { team: loaded, warnings } = teamFromTree(parseTree(text, "made.yaml"), undefined, looking);
		expect(warnings).toEqual([]);
		expect(loaded.agents.map(({ backend, model, systemMessage }) => ({ backend, model, systemMessage }))).toEqual(
			made.agents.flatMap(({ backend, model, systemMessage, count = 1 }) =>
				Array.from({ length: count }, () => ({ backend, model, systemMessage })),
			),
		);
	});

	it("deals backends and models out", () => {
		expect(generatedTeam({ agents: 3, backends: ["openai", "claude"], models: [] }).agents.map(({ backend }) => backend)).toEqual([
			"openai",
			"claude",
			"openai",
		]);
		expect(generatedTeam({ models: ["a", "b"], backends: ["ollama"] }).agents.map(({ model }) => model)).toEqual(["a", "b"]);
		expect(() => generatedTeam({ agents: 0 })).toThrow(UsageError);
	});
});

describe("files of the first run", () => {
	let home = "";
	beforeEach(() => {
		home = mkdtempSync(join(tmpdir(), "massgen-home-"));
	});

	it("a configuration that exists is not replaced unasked", () => {
		const path = join(home, "new/folder/team.yaml");
		writeConfig(path, "one\n", { replace: false });
		expect(() => writeConfig(path, "two\n", { replace: false })).toThrow(/exists already/);
		expect(readFileSync(path, "utf8")).toBe("one\n");
		writeConfig(path, "two\n", { replace: true });
		expect(readFileSync(path, "utf8")).toBe("two\n");
		expect(() => writeConfig(join(path, "below.yaml"), "x", { replace: false })).toThrow(UsageError);
	});

	it("keys are kept for this user only, one line each, and read back as they were", () => {
		const path = storeKey(home, "A_KEY", "sk-1");
		chmodSync(path, 0o644);
		storeKey(home, "B_KEY", "with # and spaces'");
		storeKey(home, "A_KEY", "sk-2");
		expect(statSync(path).mode & 0o777).toBe(0o600);
		const { env } = readVariables({ env: {}, cwd: "/nowhere", home });
		expect(env).toEqual({ A_KEY: "sk-2", B_KEY: "with # and spaces'" });
	});

	it("a place where nothing can be written is said", () => {
		const file = join(home, "file");
		writeConfig(file, "x\n", { replace: false });
		expect(() => storeKey(join(file, "below"), "A", "x")).toThrow(/cannot be written/);
		expect(() => writeConfig("/proc/none/team.yaml", "x\n", { replace: false })).toThrow(/cannot be written/);
	});

	it("what could not be read back is refused", () => {
		expect(() => storeKey(home, "A B", "x")).toThrow(UsageError);
		expect(() => storeKey(home, "A", "x\ny")).toThrow(UsageError);
		expect(() => storeKey(home, "A", "'\"`")).toThrow(UsageError);
	});
});
