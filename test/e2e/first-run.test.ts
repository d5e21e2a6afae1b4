import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { bare, closedAddress, hasServers } from "./first-run-machine.ts";
import { modelServer, teamFile } from "./model-server.ts";
import { Place } from "./program.ts";

/** Nothing of the program is left in the directory or the home. */
function isUntouched(place: Place): boolean {
	return readdirSync(place.cwd).length === 0 && readdirSync(place.home).length === 0;
}

/** Coding CLIs that answer like the real ones, and nothing else on the PATH. */
function fakeClis(place: Place, ...names: readonly string[]): string {
	const folder = join(place.root, "bin");
	mkdirSync(folder);
	for (const name of names) symlinkSync(join(import.meta.dirname, "../fixtures/bin", name), join(folder, name));
	for (const tool of ["sh", "dirname"]) symlinkSync(join("/bin", tool), join(folder, tool));
	symlinkSync(process.execPath, join(folder, "node"));
	symlinkSync(join(import.meta.dirname, "../fixtures/bin/fake-cli.mjs"), join(folder, "fake-cli.mjs"));
	return folder;
}

describe("a question without any configuration", () => {
	test.skipIf(hasServers)("with nothing to ask says what to set up, offers a rehearsal, and leaves nothing behind", async () => {
		const place = new Place();
		const { code, stdout, stderr, ms } = await place.run(["What's a monad?"], { env: bare });
		expect([code, stdout]).toEqual([1, ""]);
		expect(stderr).toMatch(/^massgen: No model was found: /);
		expect(stderr).toContain("massgen --simulate 'What'\\''s a monad?'");
		expect([isUntouched(place), ms < 5000]).toEqual([true, true]);
	});

	test("is answered by simulated agents where that is asked for", async () => {
		const { code, stdout } = await new Place().run(["--simulate", "-q", "What's a monad?"], { env: bare });
		expect([code, stdout]).toEqual([0, expect.stringContaining("What's a monad?")]);
	});

	test("makes a team of the keys that are there, and says which and why", async () => {
		const place = new Place();
		place.write(".env", "MISTRAL_API_KEY=canary-mistral\n");
		const env = { ...bare, OPENAI_API_KEY: "canary-openai", ANTHROPIC_API_KEY: "canary-anthropic", XAI_API_KEY: "canary-grok" };
		const { code, stdout, stderr } = await place.run(["--dry-run", "--json", "What is a monad?"], { env });
		expect(code).toBe(0);
		const settings: { path: string; value: unknown }[] = JSON.parse(stdout).settings;
		expect(settings.filter(({ path }) => path.endsWith(".backend")).map(({ value }) => value)).toEqual(["openai", "claude", "grok"]);
		expect(stderr).toMatch(/^No configuration: the team is what was found here\.\n {2}OpenAI .+ \(OPENAI_API_KEY is set\)\n/);
		expect(stdout + stderr).not.toContain("canary");
	});

	test.skipIf(hasServers)("goes to a coding CLI that is logged in, and the next question of the session too", async () => {
		const place = new Place();
		const env = { PATH: fakeClis(place, "codex"), CODEX_API_KEY: "k" };
		const first = await place.run(["--json", "Which colour?"], { env });
		expect([first.code, first.stderr]).toEqual([0, expect.stringContaining("Codex (Codex is installed)")]);
		const second = await place.run(["--continue", "--json", "-q", "And why?"], { env });
		expect([second.code, JSON.parse(second.stdout).turn]).toEqual([0, 2]);
	});

	test.skipIf(hasServers)("finds a model server at its usual port", async () => {
		const models = await modelServer();
		const port = createServer((request, response) => {
			if (request.url === "/v1/models")
				return void response.end(JSON.stringify({ data: [{ id: "red" }, { id: "green" }, { id: "nomic-embed" }] }));
			response.writeHead(307, { location: models.url.replace("/v1", request.url ?? "") }).end();
		});
		await new Promise<void>((resolve) => port.listen(11434, "127.0.0.1", resolve));
		onTestFinished(() => void port.close());
		const { code, stdout, stderr } = await new Place().run(["--json", "Which colour?"], { env: bare });
		expect([code, JSON.parse(stdout).answer]).toEqual([0, "The answer of red."]);
		expect(stderr).toMatch(/Ollama: red \(Ollama answers at .+\)\n {2}Ollama: green/);
	});
});

describe("massgen doctor", () => {
	test.skipIf(hasServers)("says that nothing is there, and writes nothing", async () => {
		const place = new Place();
		const { code, stdout, stderr } = await place.run(["doctor"], { env: bare });
		expect([code, stderr, isUntouched(place)]).toEqual([1, "", true]);
		expect(stdout).toMatch(/Keys\n {2}none/);
		expect(stdout).toMatch(/Claude Code: not installed\. Install it: npm install -g/);
		expect(stdout).toMatch(/massgen --simulate "your question"/);
	});

	test("shows keys with their places but not their values, CLIs, and the team that would be asked", async () => {
		const place = new Place();
		mkdirSync(join(place.home, ".config/massgen"), { recursive: true });
		writeFileSync(join(place.home, ".config/massgen/.env"), "GROQ_API_KEY=gsk_canary_canary_canary\n");
		const env = { PATH: fakeClis(place, "claude", "codex"), OPENAI_API_KEY: "sk-canary-canary-canary", ANTHROPIC_AUTH_TOKEN: "t" };
		const [text, json] = await Promise.all([place.run(["doctor"], { env }), place.run(["doctor", "--json"], { env })]);
		expect([text.code, json.code]).toEqual([0, 0]);
		expect(text.stdout + json.stdout).not.toContain("canary");
		const report = JSON.parse(json.stdout);
		expect(report.keys).toEqual([
			{ variable: "OPENAI_API_KEY", masked: "sk-…ry", from: "the environment", backends: ["openai"] },
			{ variable: "GROQ_API_KEY", masked: "gsk…ry", from: join(place.home, ".config/massgen/.env"), backends: ["groq"] },
		]);
		expect(report.clis).toMatchObject([
			{ backend: "claude_code", version: "2.9.1", login: "yes" },
			{ backend: "codex", version: "0.151.0" },
			{ backend: "gemini_cli", path: null },
			{ backend: "opencode", path: null },
		]);
		expect(report).toMatchObject({
			ok: true,
			node: process.versions.node,
			sessions: { writable: true },
			team: { config: null, problems: [] },
		});
	});

	test("calls every model once where that is asked for: latency, tools, price, and what went wrong", async () => {
		const place = new Place();
		const [server, nobody] = await Promise.all([modelServer(), closedAddress()]);
		const good = teamFile(server.url, ["red", "green", "red"]).replace("id: red", "id: first");
		const bad = `  - id: lost\n    backend: { type: chatcompletion, model: blue, base_url: "${nobody}" }\n`;
		place.write("team.yaml", `${good}${bad}prices:\n  red: { input: 1, output: 2 }\n`);
		const { code, stdout } = await place.run(["doctor", "--probe", "--json", "--config", "team.yaml"], {
			env: { ...bare, TEST_KEY: "canary" },
		});
		expect([code, server.calls.length]).toEqual([0, 2]);
		expect(stdout).not.toContain("canary");
		expect(JSON.parse(stdout).probes).toMatchObject([
			{
				model: "red",
				ok: true,
				called_tool: true,
				input_tokens: 100,
				output_tokens: 10,
				cost_usd: 0.00012,
				price: { input: 1, output: 2 },
			},
			{ model: "green", ok: true, cost_usd: 0, price: { input: 0, output: 0 } },
			{ model: "blue", ok: false, called_tool: null, error: expect.stringContaining(`nothing listens at ${nobody}`) },
		]);
	});

	test.skipIf(process.getuid?.() === 0)("sees a directory that cannot be written", async () => {
		const place = new Place();
		chmodSync(place.cwd, 0o555);
		const { stdout } = await place.run(["doctor", "--json"], { env: bare });
		chmodSync(place.cwd, 0o755);
		expect(JSON.parse(stdout).sessions).toMatchObject({ writable: false, problem: expect.stringContaining("cannot be written") });
	});

	test("shows what is wrong with the configuration that would be used", async () => {
		const place = new Place();
		mkdirSync(join(place.cwd, ".massgen"));
		writeFileSync(join(place.cwd, ".massgen/config.yaml"), "agents:\n  - id: a\n    backend: { type: gronk }\n");
		const { stdout } = await place.run(["doctor"], { env: bare });
		expect(stdout).toMatch(/Configuration .*config\.yaml\n {2}\.massgen\/config\.yaml:3: /);
	});
});

describe("configurations for scripts", () => {
	test("are written from flags, checked, and never over another file", async () => {
		const place = new Place();
		const words = ["--generate-config", "teams/a.yaml", "--config-agents", "3", "--config-backend", "simulated"];
		expect(await place.run(words, { env: bare })).toMatchObject({ code: 0, stdout: "" });
		const text = readFileSync(join(place.cwd, "teams/a.yaml"), "utf8");
		expect(text).toMatch(/^# yaml-language-server: \$schema=/);
		const again = await place.run(words, { env: bare });
		expect([again.code, again.stderr]).toEqual([1, expect.stringMatching(/a\.yaml exists already\./)]);
		expect(await place.run(["--config", "teams/a.yaml", "--no-session", "-q", "Which?"], { env: bare })).toMatchObject({ code: 0 });
	});

	test.each<[string[], RegExp]>([
		[["--config-backend", "opnai"], /There is no backend opnai\.\nDid you mean --config-backend openai\?/],
		[["--config-backend", "lmstudio"], /The backend lmstudio has no default model\./],
		[["--config-model", "strange"], /It is not known which backend has the model strange\./],
		[["--config-backend", "simulated", "--config-agents", "0"], /--config-agents cannot be "0"/],
	])("%j ends with 1 and writes nothing", async (words, message) => {
		const place = new Place();
		const { code, stderr } = await place.run(["--generate-config", "a.yaml", ...words], { env: bare });
		expect([code, stderr, isUntouched(place)]).toEqual([1, expect.stringMatching(message), true]);
	});

	test("the backend follows from the model", async () => {
		const place = new Place();
		await place.run(["--generate-config", "a.yaml", "--config-model", "gpt-5-mini", "--config-model", "claude-sonnet-5-5"], { env: bare });
		expect(readFileSync(join(place.cwd, "a.yaml"), "utf8")).toMatch(
			/type: openai\n {6}model: gpt-5-mini[\s\S]*type: claude\n {6}model: claude/,
		);
	});
});

describe("checks", () => {
	const odd = "agents:\n  - id: a\n    colour: red\n    backend: { type: simulated }\n";

	test("unknown keys stop a run, unless they are allowed or everything is", async () => {
		const place = new Place();
		place.write("odd.yaml", odd);
		const ask = (...flags: string[]) => place.run(["--config", "odd.yaml", "--no-session", "-q", ...flags, "Which?"], { env: bare });
		const [plain, allowed, skipped, strict] = await Promise.all([
			ask(),
			ask("--allow-unknown"),
			ask("--skip-validation"),
			ask("--allow-unknown", "--strict-validation"),
		]);
		expect([plain, allowed, skipped, strict].map(({ code }) => code)).toEqual([1, 0, 0, 1]);
		expect(strict?.stderr).toContain("colour");
	});

	test("what cannot be run cannot be skipped", async () => {
		const place = new Place();
		place.write("empty.yaml", "agents: []\n");
		expect((await place.run(["--config", "empty.yaml", "--skip-validation", "Which?"], { env: bare })).code).toBe(1);
	});

	test("several files at once, as JSON", async () => {
		const place = new Place();
		const good = place.write("good.yaml", odd.replace("    colour: red\n", ""));
		place.write("odd.yaml", odd);
		const { code, stdout } = await place.run(["--validate", good, "odd.yaml", "--strict", "--json"], { env: bare });
		const { valid, files } = JSON.parse(stdout);
		expect([code, valid, files.map((file: { valid: boolean }) => file.valid)]).toEqual([1, false, [true, false]]);
	});

	test("MassGen's --show-schema gives the schema", async () => {
		const place = new Place();
		const { stdout } = await place.run(["--show-schema", "--schema-backend", "claude"], { env: bare });
		expect(JSON.parse(stdout).properties.type).toBeDefined();
	});
});

test.each([
	["logs", "is a command of MassGen that this program does not have"],
	["init", "is a flag here: massgen --init"],
	["help", "is a flag here: massgen --help"],
])("%s alone is not asked of anybody", async (word, message) => {
	const place = new Place();
	const { code, stdout, stderr } = await place.run([word], { env: { ...bare, OPENAI_API_KEY: "k" } });
	expect([code, stdout, isUntouched(place)]).toEqual([1, "", true]);
	expect(stderr).toContain(`massgen: ${word} ${message}`);
	expect(stderr).toContain(`If it is your question: massgen -- ${word}`);
});

test("a home that is no directory, as services have it, is no obstacle", async () => {
	const env = { ...bare, HOME: "/dev/null", USERPROFILE: "/dev/null" };
	const place = new Place();
	const [asked, looked] = await Promise.all([place.run(["--simulate", "-q", "Which?"], { env }), place.run(["doctor"], { env })]);
	expect([asked.code, looked.stderr]).toEqual([0, ""]);
});

test("the program finds its own files from wherever it is started", async () => {
	const place = new Place();
	mkdirSync(join(place.cwd, "deep/er"), { recursive: true });
	const { code } = await place.run(["--example", "offline/three_agents"], { env: { PATH: dirname(process.execPath) } });
	expect(code).toBe(0);
});
