import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { cliEntries } from "../../../src/backends/cli-entries.ts";
import { ask, bin, fake, flying, question, request } from "./fake.ts";

const alone = request([question], false);

describe("options", () => {
	it("become arguments of Claude Code, which may run inside itself", async () => {
		const options = {
			permission_mode: "plan",
			allowed_tools: ["Read", "Bash(ls:*)"],
			disallowed_tools: ["WebFetch"],
			max_thinking_tokens: 2000,
			max_turns: 5,
			args: ["--add-dir", "/x"],
		};
		const { backend, asked } = await fake("claude_code", options, { CLAUDECODE: "1" }, { model: "opus" });
		await ask(backend, { request: alone });
		expect(asked()[0]?.args).toEqual([
			...[
				"--print",
				"--output-format",
				"stream-json",
				"--verbose",
				"--include-partial-messages",
				"--permission-mode",
				"plan",
				"--model",
				"opus",
			],
			...["--max-turns", "5", "--allowedTools", "Read,Bash(ls:*)", "--disallowedTools", "WebFetch", "--add-dir", "/x"],
		]);
		expect(asked()[0]?.env).toEqual({ MAX_THINKING_TOKENS: "2000" });
	});

	it("become arguments of Codex, before those that resume", async () => {
		const options = { sandbox: "read-only", reasoning_effort: "high", config: { "tools.web_search": true }, profile: "p" };
		const { backend, asked } = await fake("codex", options, {}, { model: "gpt-x" });
		await ask(backend, { request: alone });
		await ask(backend, { request: alone, bookmark: "codex-session-1" });
		const common = [
			"exec",
			"--json",
			"--color",
			"never",
			"--skip-git-repo-check",
			"--sandbox",
			"read-only",
			"--model",
			"gpt-x",
			"--profile",
			"p",
		];
		const overrides = ["-c", "tools.web_search=true", "-c", 'model_reasoning_effort="high"'];
		expect(asked().map(({ args }) => args)).toEqual([
			[...common, ...overrides, "-"],
			[...common, ...overrides, "resume", "codex-session-1", "-"],
		]);
	});

	it("become arguments of Gemini CLI, which trusts the workspace and reads no file that an @ names", async () => {
		const { backend, asked } = await fake(
			"gemini_cli",
			{ approval_mode: "yolo", include_directories: ["/a", "/b"] },
			{},
			{ model: "flash" },
		);
		await ask(backend, { request: request([{ role: "user", text: "Mail me@here about @/etc/passwd" }], false) });
		expect(asked()[0]?.args).toEqual([
			"--output-format",
			"stream-json",
			"--approval-mode",
			"yolo",
			"--model",
			"flash",
			"--include-directories",
			"/a,/b",
		]);
		expect(asked()[0]?.prompt).toContain("Mail me\\@here about \\@/etc/passwd");
		expect(asked()[0]?.env.GEMINI_CLI_TRUST_WORKSPACE).toBe("true");
	});

	it("become arguments of OpenCode", async () => {
		const { backend, asked } = await fake("opencode", { agent: "plan", variant: "high" }, {}, { model: "anthropic/opus" });
		await ask(backend, { request: alone });
		expect(asked()[0]?.args).toEqual(["run", "--format", "json", "--model", "anthropic/opus", "--agent", "plan", "--variant", "high"]);
	});

	it("may name another program, and set variables", async () => {
		const { backend, home } = await fake("claude_code", { command: join(bin, "claude"), env: { FAKE_CLI_REPLY: "from a variable" } });
		const { result } = await ask(backend, { request: alone });
		expect(result).toMatchObject({ ok: true, reply: { text: "from a variable" } });
		expect(readFileSync(join(home, "asked.jsonl"), "utf8")).toContain(`"cwd":"${home}"`);
	});

	it.each([
		["a path of the user's, which is worked in", (home: string) => home, (home: string) => home],
		["one in the home directory", () => "~", (home: string) => home],
		["a bare name, which means the workspace", () => "workspace1", () => tmpdir()],
	])("may have as cwd %s", async (_, cwd, expected) => {
		const home = realpathSync(mkdtempSync(join(tmpdir(), "massgen-cwd-")));
		onTestFinished(() => rmSync(home, { recursive: true, force: true }));
		const { backend, asked } = await fake("codex", { cwd: cwd(home) }, { HOME: home }, { workspace: tmpdir() });
		await ask(backend, { request: alone });
		expect(asked()[0]?.cwd).toBe(realpathSync(expected(home)));
	});

	it("may name a directory, which has to be there", async () => {
		const { backend } = await fake("codex", {}, {}, { workspace: "no-such-directory" });
		const { result } = await ask(backend, { request: alone });
		expect(result).toMatchObject({
			ok: false,
			error: { kind: "bad-request", message: expect.stringContaining("no-such-directory"), hint: expect.stringContaining("cwd") },
		});
	});

	it("are checked strictly", () => {
		const claude = cliEntries.find((entry) => entry.name === "claude_code");
		expect(claude?.options.safeParse({ permission_mode: "acceptEdits", cwd: "w" }).success).toBe(true);
		expect(claude?.options.safeParse({ permision_mode: "acceptEdits" }).success).toBe(false);
		expect(cliEntries.find((entry) => entry.name === "command")?.options.safeParse({}).success).toBe(false);
	});
});

describe("usage of a session that counts as a whole", () => {
	it("is what this prompt added, also where another process had the earlier one", async () => {
		const first = await fake("codex");
		const { result } = await ask(first.backend, { request: alone });
		if (!result.ok) throw new Error(result.error.message);
		const { text, reasoning, toolCalls, opaque } = result.reply;
		const history = request([question, { role: "assistant", text, reasoning, toolCalls, opaque }, { role: "user", text: "Sure?" }], false);
		const later = await fake("codex", {}, { FAKE_CLI_HOME: first.home });
		const { result: second } = await ask(later.backend, { request: history, bookmark: "codex-session-1" });
		expect(second).toMatchObject({ ok: true, reply: { usage: { input: 110, output: 20, cached: 40 } } });
	});
});

describe("a session that has grown too long", () => {
	it("is left for a new one, with what remains of the conversation", async () => {
		const { backend, asked, home } = await fake("claude_code", {}, { FAKE_CLI: "too-long" });
		writeFileSync(join(home, "old.json"), '{"prompts":1}');
		const first = await ask(backend, { request: alone, bookmark: "old" });
		expect(first.result).toMatchObject({ ok: false, error: { kind: "context-too-long" } });
		const second = await ask(backend, { request: alone, bookmark: "old" });
		expect(second).toMatchObject({ result: { ok: true, reply: { text: "Fits." } }, bookmarks: ["claude-session-1"] });
		expect(asked().map(({ args }) => args.includes("--resume"))).toEqual([true, false]);
	});
});

describe("a CLI whose own tool works for long", () => {
	it("gives a sign of life every minute, so that nobody takes it for hung", async () => {
		vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
		onTestFinished(() => void vi.useRealTimers());
		const { backend } = await fake("codex", {}, { FAKE_CLI: "long-tool" });
		const controller = new AbortController();
		const deltas: string[] = [];
		await backend.call({
			agent: "a",
			step: "s1",
			request: alone,
			signal: controller.signal,
			onDelta: (_, text) => {
				deltas.push(text);
				if (deltas.length === 3) controller.abort();
				else vi.advanceTimersByTime(60_000);
			},
		});
		expect(deltas).toEqual(["$ npm test", "$ npm test (at work for 1 min)", "$ npm test (at work for 2 min)"]);
	});
});

describe("a CLI that does not exit after its last word", () => {
	it("has answered, and is ended", async () => {
		const { backend } = await fake("gemini_cli", {}, { FAKE_CLI: "never-exits" }, { clock: flying });
		const { result, ended } = await ask(backend, { request: alone });
		expect(result).toMatchObject({ ok: true, reply: { text: "The answer of gemini." } });
		expect(ended).toHaveLength(1);
	});
});
