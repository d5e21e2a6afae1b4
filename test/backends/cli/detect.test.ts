import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { detectClis } from "../../../src/backends/cli-detect.ts";
import { bin } from "./fake.ts";

function home(): string {
	const directory = mkdtempSync(join(tmpdir(), "massgen-home-"));
	onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
	return directory;
}

const path = [bin, process.env.PATH].join(delimiter);

describe("detection of CLI agents", () => {
	it("on a machine without any names the lines that install them", async () => {
		const found = await detectClis({ env: { PATH: "/nowhere", HOME: home() } });
		expect(found.map(({ name, path, login }) => [name, path, login])).toEqual(
			["claude_code", "codex", "gemini_cli", "opencode"].map((name) => [name, undefined, "unknown"]),
		);
		expect(found.every(({ hint }) => hint?.includes("npm install -g"))).toBe(true);
	});

	it("tells versions, and who is not logged in", async () => {
		const found = await detectClis({ env: { PATH: path, HOME: home(), FAKE_CLI: "login" } });
		expect(found.map(({ name, version, path }) => [name, version, path])).toEqual([
			["claude_code", "2.9.1", join(bin, "claude")],
			["codex", "0.151.0", join(bin, "codex")],
			["gemini_cli", "0.61.0", join(bin, "gemini")],
			["opencode", "1.18.29", join(bin, "opencode")],
		]);
		expect(found.find(({ name }) => name === "codex")).toMatchObject({ login: "no", hint: "Log in: codex login" });
	});

	it("sees a login in a key, in a file of credentials, or by asking", async () => {
		const directory = home();
		for (const folder of [".claude", ".gemini", ".local/share/opencode"]) mkdirSync(join(directory, folder), { recursive: true });
		writeFileSync(join(directory, ".claude", ".credentials.json"), '{"claudeAiOauth":{}}');
		writeFileSync(join(directory, ".local/share/opencode", "auth.json"), '{"openai":{}}');
		const found = await detectClis({ env: { PATH: path, HOME: directory, GEMINI_API_KEY: "x" } });
		expect(found.map(({ login }) => login)).toEqual(["yes", "yes", "yes", "yes"]);
	});

	it("believes a `which` that it is given", async () => {
		const found = await detectClis({
			env: { PATH: path, HOME: home() },
			which: async (command) => (command === "codex" ? join(bin, "codex") : undefined),
		});
		expect(found.filter(({ path }) => path).map(({ name }) => name)).toEqual(["codex"]);
	});
});
