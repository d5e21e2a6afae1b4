import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { exampleCatalogue } from "../../src/config/catalogue.ts";
import { examplesDirectory } from "../../src/config/package-root.ts";
import { hasServers } from "./first-run-machine.ts";
import { keys, openScreen } from "./first-run-screen.ts";
import { Place } from "./program.ts";

describe("the wizard", () => {
	test("leads from nothing to a team that is used by itself, and rehearses it", async () => {
		const place = new Place();
		const { answer, ended, text } = openScreen(place, ["--init"], {
			OPENAI_API_KEY: "canary-wizard-1",
			MISTRAL_API_KEY: "canary-wizard-2",
		});
		await answer("Which models shall be in the team?", keys.enter);
		await answer("How many agents?", keys.enter);
		await answer("What is it for?", keys.down + keys.enter);
		await answer("Where shall it be?", keys.enter);
		expect([await ended, text()]).toEqual([0, expect.stringContaining("Simulated answer")]);
		expect(text()).toContain('Your turn: massgen "your question"');
		expect(text()).not.toContain("canary");
		const written = readFileSync(join(place.cwd, ".massgen/config.yaml"), "utf8");
		expect(written).toMatch(/^# yaml-language-server: \$schema=.+massgen\.schema\.json\n# For questions with one right answer/);
		expect(written).toMatch(
			/type: openai {3}# OPENAI_API_KEY is set[\s\S]*type: mistral {3}# MISTRAL_API_KEY is set[\s\S]*protocol: council/,
		);
		expect((await place.run(["--validate", "--strict"])).code).toBe(0);
	});

	test.skipIf(hasServers)(
		"starts by itself where somebody types massgen for the first time, and Ctrl+C leaves nothing behind",
		async () => {
			const place = new Place();
			const { answer, ended, text } = openScreen(place, []);
			await answer("Which models shall be in the team?", keys.stop);
			expect(await ended).toBe(130);
			expect(text()).toContain("No key, local server or coding CLI was found.");
			expect([existsSync(join(place.cwd, ".massgen")), existsSync(join(place.home, ".config"))]).toEqual([false, false]);
		},
	);

	test("replaces no file unasked", async () => {
		const place = new Place();
		mkdirSync(join(place.cwd, ".massgen"));
		writeFileSync(join(place.cwd, ".massgen/config.yaml"), "mine\n");
		const { answer, ended } = openScreen(place, ["--quickstart"]);
		await answer("Which models shall be in the team?", keys.enter);
		await answer("How many agents?", keys.enter);
		await answer("What is it for?", keys.enter);
		await answer("Where shall it be?", keys.enter);
		await answer("exists already", keys.enter);
		await answer("Which file?", keys.enter);
		expect(await ended).toBe(0);
		expect(readFileSync(join(place.cwd, ".massgen/config.yaml"), "utf8")).toBe("mine\n");
		expect(readFileSync(join(place.cwd, "team.yaml"), "utf8")).toContain("type: simulated");
	});

	test("stores a key on the way, and finds its model then", async () => {
		const place = new Place();
		const { answer, ended, text } = openScreen(place, ["--init"]);
		await answer("Which models shall be in the team?", `${keys.space}${keys.down}${keys.space}${keys.enter}`);
		await answer("A key for which provider?", keys.enter);
		await answer("what you type or paste is not shown", `sk-canary-key${keys.enter}`);
		await answer("OpenAI (Responses API)", keys.stop);
		expect(await ended).toBe(130);
		expect(text()).not.toContain("canary");
		const file = join(place.home, ".config/massgen/.env");
		expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual(["OPENAI_API_KEY=sk-canary-key\n", 0o600]);
	});

	test("says what to write where there is no terminal", async () => {
		const { code, stdout, stderr } = await new Place().run(["--init"]);
		expect([code, stdout]).toEqual([1, ""]);
		expect(stderr).toMatch(/there is no terminal to ask them in\.\nWrite a file without questions: massgen --generate-config/);
		expect(stderr).toContain("agents:\n  - id: simulated\n    count: 3");
	});
});

describe("keys", () => {
	test("are asked for one by one, stored for this user alone, and never shown", async () => {
		const place = new Place();
		const { answer, ended, text } = openScreen(place, ["--setup"]);
		await answer("A key for which provider?", keys.down + keys.enter);
		await answer("ANTHROPIC_API_KEY (what you type or paste is not shown)", `canary 1${keys.enter}`);
		await answer("A key has no blanks in it", `${"\u007f".repeat(8)}canary-2${keys.enter}`);
		await answer("A key for which provider?", keys.up + keys.enter);
		expect(await ended).toBe(0);
		expect(text()).not.toContain("canary");
		expect(readFileSync(join(place.home, ".config/massgen/.env"), "utf8")).toBe("ANTHROPIC_API_KEY=canary-2\n");
	});

	test("without a terminal: where to write them", async () => {
		const place = new Place();
		const { code, stdout, stderr } = await place.run(["--setup"]);
		expect([code, stdout]).toEqual([1, ""]);
		expect(stderr).toContain(`chmod 600 ${join(place.home, ".config/massgen/.env")}`);
	});
});

describe("the picker", () => {
	test("shows a team and asks it", async () => {
		const examples = exampleCatalogue(examplesDirectory());
		const categories = [...new Set(examples.map(({ category }) => category))];
		const offline = examples.filter(({ category }) => category === "offline").map(({ name }) => name);
		const downTo = (list: readonly string[], name: string) => keys.down.repeat(list.indexOf(name)) + keys.enter;
		const { answer, ended, text } = openScreen(new Place(), ["--select", "--no-session", "-q"]);
		await answer("Which kind?", downTo(categories, "offline"));
		await answer("Which team?", downTo(offline, "offline/three_agents"));
		await answer("Ask this team?", keys.enter);
		await answer("Your question", keys.enter);
		expect(await ended).toBe(0);
		expect(text()).toMatch(/@examples\/offline\/three_agents[\s\S]*type: simulated[\s\S]*Simulated answer/);
	});

	test("is a list where there is no terminal", async () => {
		const { code, stdout } = await new Place().run(["--select"]);
		expect([code, stdout]).toEqual([0, expect.stringContaining("@examples/offline/three_agents\n")]);
	});
});
