import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, test } from "vitest";
import { isAlive, within } from "../backends/cli/fake.ts";
import { Place, type Started } from "./program.ts";

const bin = join(import.meta.dirname, "../fixtures/bin");

const team = `agents:
  - { id: ada, backend: { type: claude_code } }
  - { id: bob, backend: { type: codex } }
`;

type Record = { type: string; pid?: number; bookmark?: string; agent?: string; reply?: { usage: unknown }; by?: string };

/** A team of two CLI agents in a directory of its own; `behaviour` is what the fake programs do. */
function stage() {
	const place = new Place();
	place.write("team.yaml", team);
	const env = (behaviour: string) => ({
		PATH: [bin, process.env.PATH].join(delimiter),
		FAKE_CLI_HOME: join(place.home, "fake"),
		FAKE_CLI: behaviour,
	});
	const start = (behaviour: string, ...words: string[]) =>
		place.start([...words, "--output-format", "stream-json"], { env: env(behaviour) });
	const asked = (): { args: string[]; prompt: string }[] => lines(readFileSync(join(place.home, "fake", "asked.jsonl"), "utf8"));
	return { start, asked };
}

function lines<Line>(text: string): Line[] {
	return text
		.split("\n")
		.filter((line) => line.startsWith("{") && line.endsWith("}"))
		.map((line) => JSON.parse(line));
}

/** The pids of its CLI agents, once all of them have told their sessions. */
async function atWork({ child }: Started): Promise<number[]> {
	let heard = "";
	child.stdout?.on("data", (chunk: string) => {
		heard += chunk;
	});
	const of = (type: string) => lines<Record>(heard).filter((record) => record.type === type);
	expect(await within(5000, () => of("assignment.bookmarked").length === 2)).toBe(true);
	return of("process.started").map(({ pid }) => pid ?? 0);
}

describe("a team of CLI agents", () => {
	test("answers, votes and tells what it used", async () => {
		const { start } = stage();
		const { code, stdout } = await start("answer", "--config", "team.yaml", "What is 6 x 7?").ended;
		const records = lines<Record>(stdout);
		expect(code).toBe(0);
		expect(records.filter(({ type }) => type === "process.started")).toHaveLength(
			records.filter(({ type }) => type === "process.ended").length,
		);
		expect(records.find(({ type }) => type === "step.completed")?.reply?.usage).toEqual({
			input: 110,
			output: 20,
			cached: 40,
			reasoning: 0,
		});
	});

	test("that is killed with kill -9 leaves nothing running once it goes on, in the sessions that it had", async () => {
		const { start, asked } = stage();
		const first = start("stubborn", "--config", "team.yaml", "What is 6 x 7?");
		const pids = await atWork(first);
		first.child.kill("SIGKILL");
		await first.ended;
		expect(pids.map(isAlive)).toEqual([true, true]);
		const { code, stdout } = await start("answer", "--continue").ended;
		expect(code).toBe(0);
		expect(pids.map(isAlive)).toEqual([false, false]);
		expect(lines<Record>(stdout).some(({ type }) => type === "winner.chosen")).toBe(true);
		const resumed = asked().slice(2, 4);
		expect(resumed.every(({ args }) => args.includes("--resume") || args.includes("resume"))).toBe(true);
		expect(resumed.every(({ prompt }) => prompt.includes("go on where you stopped"))).toBe(true);
	});

	test("is gone, with everything it started, soon after Ctrl+C, though it ignores SIGTERM", async () => {
		const { start } = stage();
		const run = start("stubborn", "--config", "team.yaml", "What is 6 x 7?");
		const pids = await atWork(run);
		run.child.kill("SIGINT");
		const { code } = await run.ended;
		expect(code).toBe(130);
		expect(await within(1000, () => !pids.some(isAlive))).toBe(true);
	});

	test("of which one is not installed goes on without it, and says how to install it", async () => {
		const place = new Place();
		place.write("team.yaml", team.replace("type: codex", "type: codex, command: not-there"));
		const env = { PATH: [bin, process.env.PATH].join(delimiter), FAKE_CLI_HOME: join(place.home, "fake") };
		const { code, stdout, stderr } = await place.run(["--config", "team.yaml", "What is 6 x 7?"], { env });
		expect([code, stdout]).toEqual([0, "The answer of claude.\n"]);
		expect(stderr).toContain('Codex is not installed: there is no program "not-there" on the PATH.');
		expect(stderr).toContain("npm install -g @openai/codex");
	});
});
