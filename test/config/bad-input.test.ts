import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { loadTeam } from "../../src/config/load.ts";
import { complaints } from "./complaints.ts";
import { looking } from "./looking.ts";

let directory = "";
beforeAll(() => {
	directory = mkdtempSync(join(tmpdir(), "massgen-config-"));
});

function load(name: string): string {
	const text = complaints(() => loadTeam({ ...looking, cwd: directory, config: name }));
	return text.replaceAll(directory, "DIRECTORY");
}

function loadText(content: string | Uint8Array, name = "team.yaml"): string {
	writeFileSync(join(directory, name), content);
	return load(name);
}

const team = "agents:\n  - id: a\n    backend: { type: simulated }\n";

describe("a file that is no configuration is refused with a reason", () => {
	it.each<[string, string | Uint8Array]>([
		["an empty file", ""],
		["a file of comments", "# nothing\n\n# here\n"],
		["a binary file", new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3])],
		["a file in UTF-16", Buffer.from(`\ufeff${team}`, "utf16le")],
		["a file in Latin-1", Buffer.from("agents: # gr\xfc\xdfe\n", "latin1")],
		["a file that holds a sentence", "Why is the sky blue?"],
		["a file that holds a list", "- a\n- b\n"],
		["a file with tabs", "agents:\n\t- id: a\n"],
		["duplicate keys", `${team}agents: []\n`],
		["duplicate keys in an agent", "agents:\n  - id: a\n    id: b\n    backend: { type: simulated }\n"],
		["an open quote", 'agents:\n  - id: "a\n    backend: { type: simulated }\n'],
		["an open bracket", "agents: [ { id: a, backend: { type: simulated }\n"],
		["several documents", `${team}---\n${team}`],
		["a tag", "agents: !!python/object:os.system [a]\n"],
		["an unknown anchor", "agents: *team\n"],
		["the key __proto__", `${team}__proto__: { polluted: true }\n`],
		["a key that is a list", `${team}? [a, b]\n: c\n`],
		["no agents", "orchestrator: { seed: 1 }\n"],
		["agents that are empty", "agents: []\n"],
		["agents that are a word", "agents: simulated\n"],
		["an agent that is a word", "agents: [simulated]\n"],
		["an agent without a backend", "agents:\n  - id: a\n"],
		["a backend that is a word", "agents:\n  - id: a\n    backend: simulated\n"],
		["the first format of MassGen", "models: [gpt-4o]\nnum_agents: 3\nmax_rounds: 5\nconsensus_threshold: 0.5\n"],
		["agent and agents", `${team}agent: { id: b, backend: { type: simulated } }\n`],
		["JSON that is cut off", '{ "agents": [ { "id": "a", '],
	])("%s", (_, content) => {
		expect(loadText(content)).toMatchSnapshot();
	});

	it("a missing file", () => {
		expect(load("nope.yaml")).toMatchSnapshot();
	});

	it("a directory", () => {
		mkdirSync(join(directory, "folder"), { recursive: true });
		expect(load("folder")).toMatchSnapshot();
	});

	it("a file of 2 MB", () => {
		expect(loadText(`# ${"x".repeat(2 * 1024 * 1024)}\n${team}`)).toMatchSnapshot();
	});

	it.skipIf(process.getuid?.() === 0 || process.platform === "win32")("a file without read permission", () => {
		writeFileSync(join(directory, "locked.yaml"), team);
		chmodSync(join(directory, "locked.yaml"), 0o000);
		expect(load("locked.yaml")).toMatchSnapshot();
	});

	it("an alias bomb", () => {
		const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
		for (let level = 1; level < 12; level++) lines.push(`a${level}: &a${level} [${`*a${level - 1}, `.repeat(9)}*a${level - 1}]`);
		expect(loadText(lines.join("\n"))).toMatchSnapshot();
	});

	it.each([
		["a list of 20,000 agents", `agents:\n${"  - id: a\n    backend: { type: simulated }\n".repeat(20_000)}`],
		["300,000 numbers", `a: [${"1, ".repeat(300_000)}1]`],
		["20,000 anchors", Array.from({ length: 20_000 }, (_, index) => `k${index}: &a${index} [*a${Math.max(0, index - 1)}]`).join("\n")],
	])("%s", (_, content) => {
		expect(loadText(content)).toMatch(/far more values than a team can need/);
	});

	it("but a file whose size is one long text is fine", () => {
		expect(loadText(`${team}prompt: |\n${"  Some words, and: more - of them.\n".repeat(25_000)}`)).toBe("");
	});

	it("an anchor that holds itself", () => {
		expect(loadText("agents: &a\n  - *a\n")).toMatch(/nested more than 64 levels/);
	});

	it.each([
		["brackets", "[".repeat(20_000) + "]".repeat(20_000)],
		["mappings on one line", `${"{a: ".repeat(20_000)}1${"}".repeat(20_000)}`],
		["lists", "- ".repeat(20_000)],
	])("20,000 levels of %s", (_, content) => {
		expect(loadText(content)).toMatch(/nested|far more values/);
	});
});

describe("an include", () => {
	it("of a file that includes it back is refused", () => {
		writeFileSync(join(directory, "left.yaml"), "include: right.yaml\n");
		writeFileSync(join(directory, "right.yaml"), `include: left.yaml\n${team}`);
		expect(load("left.yaml")).toMatchSnapshot();
	});

	it("of itself is refused", () => {
		expect(loadText(`include: self.yaml\n${team}`, "self.yaml")).toMatchSnapshot();
	});

	it("of a missing file is refused where it is named", () => {
		expect(loadText(`${team}include:\n  - gone.yaml\n`)).toMatchSnapshot();
	});

	it("of a broken file is refused where that is broken", () => {
		writeFileSync(join(directory, "broken.yaml"), "orchestrator: { stopp: all }\n");
		expect(loadText(`${team}include: broken.yaml\n`)).toMatchSnapshot();
	});
});
