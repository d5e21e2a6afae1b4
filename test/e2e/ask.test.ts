import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { modelServer, teamFile } from "./model-server.ts";
import { bin, type Ended, Place } from "./program.ts";

const schema = z.fromJSONSchema(JSON.parse(readFileSync(join(import.meta.dirname, "../../configs/result.schema.json"), "utf8")));
const offline = ["--config", "@examples/offline/three_agents"];

function outcome({ code, stdout, stderr }: Ended) {
	return { code, stdout, stderr };
}

describe("a question to a team", () => {
	test("prints the answer alone on stdout, and on stderr who answered, who voted and what decided", async () => {
		const { code, stdout, stderr } = await new Place().run([...offline, "What is a monad?"]);
		expect(code).toBe(0);
		expect(stdout).toMatch(/^Simulated answer .*\n$/);
		expect(stderr).toMatch(/^Session session_\d{8}_\d{6}$/m);
		expect(stderr).toMatch(/^ada answered \(agent1\.1, \d+ words\)\.$/m);
		expect(stderr).toMatch(/^\w+ votes for agent\d\.1 \(.+\): .+$/m);
		expect(stderr).toMatch(/^agent\d\.1 by \w+ wins: .+\. Votes: /m);
		expect(stderr).not.toContain("\u001b");
	});

	test("gives one JSON document where one is asked for, as its schema says", async () => {
		const { code, stdout } = await new Place().run([...offline, "--json", "--quiet", "What is a monad?"]);
		const document = JSON.parse(stdout);
		expect(schema.safeParse(document).error?.issues).toBeUndefined();
		expect(document).toMatchObject({ outcome: "completed", exit_code: code, turn: 1, resume: null, error: null });
		expect(document.answers.find(({ label }: { label: string }) => label === document.winner.label).text).toBe(document.answer);
	});

	test("streams every event with its place in the log, and ends with the document", async () => {
		const { stdout } = await new Place().run([...offline, "--output-format", "stream-json", "--quiet", "What is a monad?"]);
		const records = stdout
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line));
		const events = records.filter(({ seq }) => seq !== undefined);
		expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => events[0].seq + index));
		expect(events.every(({ v, at, session, turn }) => v === 1 && at > 0 && session === events[0].session && turn === 1)).toBe(true);
		expect(events.map(({ type }) => type)).toEqual(
			expect.arrayContaining(["turn.started", "answer.submitted", "vote.cast", "winner.chosen", "turn.ended"]),
		);
		expect(records.filter(({ type }) => type === "delta").every(({ seq, agent, text }) => seq === undefined && agent && text)).toBe(true);
		expect(schema.safeParse(records.at(-1)).success).toBe(true);
	});

	test("comes from stdin too, with - or without a word", async () => {
		const place = new Place();
		const [named, bare] = await Promise.all([
			place.run([...offline, "--json", "-q", "-"], { input: "What is\na monad?\n" }),
			new Place().run([...offline, "--json", "-q"], { input: "What is\na monad?\n" }),
		]);
		expect([named.code, bare.code]).toEqual([0, 0]);
		expect(JSON.parse(named.stdout).answer).toContain("What is");
		expect(JSON.parse(bare.stdout).answer).toContain("What is");
	});

	test("is remembered: the next one is the second turn of the same session", async () => {
		const place = new Place();
		const first = JSON.parse((await place.run([...offline, "--json", "-q", "What is a monad?"])).stdout);
		const second = JSON.parse((await place.run(["--continue", "--json", "-q", "And a functor?"])).stdout);
		expect([second.session_id, second.turn, second.outcome]).toEqual([first.session_id, 2, "completed"]);
		const { stdout } = await place.run(["--list-sessions"]);
		expect(stdout).toMatch(new RegExp(`^ +1  ${first.session_id}  .* 2 turns  completed +And a functor\\?`));
	});

	test("leaves nothing behind with --no-session", async () => {
		const place = new Place();
		expect(await place.run([...offline, "--no-session", "-q", "What is a monad?"])).toMatchObject({ code: 0, stderr: "" });
		expect([readdirSync(place.cwd), readdirSync(place.home)]).toEqual([[], []]);
	});

	test("writes its answer into a file too", async () => {
		const place = new Place();
		const { stdout } = await place.run([...offline, "-q", "-o", "answer.txt", "What is a monad?"]);
		expect(readFileSync(join(place.cwd, "answer.txt"), "utf8")).toBe(stdout);
	});

	test("goes to a server that speaks OpenAI's language, with the key that a variable holds", async () => {
		const place = new Place();
		const server = await modelServer();
		place.write("team.yaml", teamFile(server.url, ["red", "green", "blue"]));
		const { code, stdout } = await place.run(["--config", "team", "--json", "-q", "Which colour?"], { env: { TEST_KEY: "canary-4711" } });
		const document = JSON.parse(stdout);
		expect(code).toBe(0);
		expect(document.answer).toBe("The answer of red.");
		const { calls, input_tokens, output_tokens } = document.usage;
		// The last vote may not have been needed any more.
		expect([server.calls.length, server.calls.length - 1]).toContain(calls);
		expect([input_tokens, output_tokens]).toEqual([100 * calls, 10 * calls]);
		const stored = readdirSync(place.root, { recursive: true, encoding: "utf8", withFileTypes: true }).filter((entry) => entry.isFile());
		expect(stored.filter((entry) => readFileSync(join(entry.parentPath, entry.name)).includes("canary-4711"))).toEqual([]);
	});
});

describe("wrong use ends with 1, says what to do, and leaves nothing behind", () => {
	test.each<[string, string[], string]>([
		[
			"an unknown flag",
			["--confg", "x", "q"],
			"massgen: There is no flag --confg.\nDid you mean --config? massgen --help lists the flags.\n",
		],
		["a flag without its value", ["q", "--config"], "massgen: --config needs a value: --config PATH.\n"],
		["a flag that takes none", ["--quiet=no", "q"], "massgen: --quiet takes no value.\n"],
		["no number", ["--timeout", "soon", "q"], 'massgen: --timeout cannot be "soon".\nIt takes a number of at least 0.\n'],
		["a number too small", ["--max-answers", "0", "q"], 'massgen: --max-answers cannot be "0".\nIt takes a whole number of at least 1.\n'],
		[
			"an unknown choice",
			["--output-format", "jsno", "q"],
			'massgen: --output-format cannot be "jsno".\nDid you mean json? It can be text, json, stream-json.\n',
		],
		[
			"two sessions at once",
			["-c", "--resume", "x", "q"],
			"massgen: --continue and --resume exclude each other.\nSay once which session it is.\n",
		],
		[
			"words without quotes",
			["what", "is", "this"],
			'massgen: "is" is one word too many.\nPut the question in quotes: massgen "What is a monad?"\n',
		],
		[
			"an empty question",
			[...offline, "  "],
			'massgen: The question is empty.\nAsk one like this: massgen --config team.yaml "Which is faster, and why?"\n',
		],
		[
			"nothing to continue",
			["--continue"],
			'massgen: There is no session in this directory to go on with.\nStart one: massgen --config team.yaml "your question"\n',
		],
		[
			"an unknown session",
			["--resume", "nope"],
			'massgen: There is no session "nope", neither here nor in another directory.\nList the sessions with `massgen sessions list`.\n',
		],
		[
			"a file in a directory that is not there",
			[...offline, "-o", "no/where.txt", "q"],
			"massgen: --output-file no/where.txt: there is no directory",
		],
	])("%s", async (_, words, message) => {
		const place = new Place();
		const ended = await place.run(words);
		expect(ended).toMatchObject({ code: 1, stdout: "" });
		expect(ended.stderr.startsWith(message) ? message : ended.stderr).toBe(message);
		// A list that was asked for may leave its cache; nothing else is written.
		const written = readdirSync(place.root, { recursive: true, encoding: "utf8", withFileTypes: true }).filter((entry) => entry.isFile());
		expect(written.map(({ name }) => name).filter((name) => !name.startsWith("catalogue.db"))).toEqual([]);
	});

	test("no question says how to ask one", async () => {
		const { code, stderr } = await new Place().run([]);
		expect([code, stderr.split("\n")[0]]).toEqual([1, "massgen: There is no question."]);
		expect(stderr).toContain("massgen --config @examples/offline/three_agents");
	});

	test("a broken configuration: all its problems, each with its place", async () => {
		const place = new Place();
		place.write("team.yaml", "agents:\n  - id: a\n    backnd: { type: simulated }\n  - id: a\n    backend: { type: simulatd }\n");
		const ended = await place.run(["--config", "team.yaml", "q"]);
		expect(ended.code).toBe(1);
		expect(ended.stderr).toMatch(/team\.yaml:3:5: error: /);
		expect(ended.stderr).toMatch(/team\.yaml:5:22: error: /);
		expect(ended.stderr).not.toMatch(/^\s+at /m);
		expect(existsSync(join(place.cwd, ".massgen"))).toBe(false);
	});

	test("ends with the JSON document too, where JSON is asked for", async () => {
		const { code, stdout } = await new Place().run(["--json", "--config", "nope", "q"]);
		expect(JSON.parse(stdout)).toMatchObject({ outcome: "error", exit_code: code, turn: null, error: { code: "config-not-found" } });
	});
});

describe("how it ends", () => {
	test("with 2 where nobody answered, and the reasons", async () => {
		const place = new Place();
		const server = await modelServer();
		place.write("team.yaml", teamFile(server.url.replace("/v1", "/nowhere"), ["red", "green"]));
		const ended = await place.run(["--config", "team", "--json", "-q", "q"], { env: { TEST_KEY: "k" } });
		expect(ended.code).toBe(2);
		expect(JSON.parse(ended.stdout)).toMatchObject({
			outcome: "failed",
			answer: null,
			agents: [{ status: "retired" }, { status: "retired" }],
		});
	});

	test("quietly, where the reader of stdout has left", async () => {
		const place = new Place();
		const { child, ended } = place.start([...offline, "--output-format", "stream-json", "-q", "What is a monad?"]);
		child.stdout?.once("data", () => child.stdout?.destroy());
		expect(outcome(await ended).stderr).not.toMatch(/EPIPE|Error/);
	});

	test.skipIf(!existsSync("/dev/full"))("with 74 where the answer could not be written", async () => {
		const place = new Place();
		const file = openSync("/dev/full", "w");
		const { code, stderr } = await place.run([...offline, "-q", "What is a monad?"], { stdout: file });
		closeSync(file);
		expect([code, stderr]).toEqual([74, expect.stringMatching(/^massgen: The result could not be written to stdout: ENOSPC/)]);
		expect((await place.run(["--continue", "--json", "-q", "And?"])).code).toBe(0);
	});

	test("with 74 where a file stands in the place of the sessions", async () => {
		const place = new Place();
		place.write(".massgen", "");
		expect(await place.run([...offline, "What?"])).toMatchObject({
			code: 74,
			stdout: "",
			stderr: expect.stringContaining("a file stands where a directory should be"),
		});
	});

	test("with 1 where the directory has gone", async () => {
		const place = new Place();
		const code = `process.chdir(${JSON.stringify(place.cwd)}); require("node:fs").rmdirSync(${JSON.stringify(place.cwd)}); require("node:child_process").spawnSync(process.execPath, [${JSON.stringify(bin)}, "q"], { stdio: "inherit" });`;
		const { stderr } = spawnSync(process.execPath, ["-e", code], { encoding: "utf8", env: place.env() });
		expect(stderr).toBe("massgen: The directory that this was started in does not exist any more.\nChange to one that does: cd\n");
	});

	test("with 0 and the version, before anything is loaded", async () => {
		const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));
		expect(await new Place().run(["--version"])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: "" });
	});

	test("with 0 and the help of the command that is named", async () => {
		const place = new Place();
		const [all, list] = await Promise.all([place.run(["--help"]), place.run(["sessions", "list", "--help"])]);
		expect(all.stdout).toMatch(/^massgen "question" --config PATH\n/);
		expect(list.stdout).toMatch(/^massgen sessions list\n/);
	});
});

describe("a team without a file", () => {
	test("is made of models and a server", async () => {
		const place = new Place();
		const server = await modelServer();
		const words = [
			"--backend",
			"chatcompletion",
			"--base-url",
			server.url,
			"--model",
			"red",
			"--model",
			"green",
			"--agents",
			"3",
			"--system-message",
			"Be brief.",
		];
		const { code, stdout } = await place.run([...words, "--json", "-q", "Which colour?"], { env: { OPENAI_API_KEY: "k" } });
		const document = JSON.parse(stdout);
		expect([code, document.agents.map(({ model }: { model: string }) => model)]).toEqual([0, ["red", "green", "red"]]);
		const again = await place.run(["--continue", "--json", "-q", "And which shape?"], { env: { OPENAI_API_KEY: "k" } });
		expect(JSON.parse(again.stdout)).toMatchObject({ turn: 2, outcome: "completed" });
	});

	test("without its key ends with 1 and the variable's name, before anything is kept", async () => {
		const place = new Place();
		const { code, stderr } = await place.run(["--model", "gpt-5", "q"]);
		expect(code).toBe(1);
		expect(stderr).toContain("OPENAI_API_KEY");
		expect(readdirSync(place.cwd)).toEqual([]);
	});

	test("can be rehearsed without a key", async () => {
		const { code, stdout, stderr } = await new Place().run(["--model", "gpt-5", "--agents", "2", "--simulate", "What is a monad?"]);
		expect([code, stdout]).toEqual([0, expect.stringContaining("Simulated answer")]);
		expect(stderr).toContain("agent1 (simulated) and agent2 (simulated)");
	});
});

test("what a configuration asks for in vain is said before anybody is paid, and once", async () => {
	const place = new Place();
	place.write("team.yaml", "agents:\n  - id: ada\n    backend: { type: simulated }\nmemory: { enabled: true }\n");
	const { stderr, stdout } = await place.run(["--config", "team.yaml", "Why?"]);
	expect(stderr.split("Warning: memory")).toHaveLength(2);
	expect(stderr.indexOf("Warning: memory")).toBeLessThan(stderr.indexOf("Round 1"));
	expect(stdout).not.toContain("Warning");
});

test("ui.display of a configuration is kept to, and a flag wins over it", async () => {
	const place = new Place();
	place.write("quiet.yaml", "agents:\n  - { id: a, backend: { type: simulated } }\nui: { display_type: silent }\n");
	const [silent, loud] = await Promise.all([
		place.run(["--config", "quiet", "q"]),
		place.run(["--config", "quiet", "--display", "plain", "q"]),
	]);
	expect([silent.code, silent.stderr, loud.stderr.includes("a answered")]).toEqual([0, "", true]);
});

test("--dry-run prints every setting and where it comes from, and --example a team to start from", async () => {
	const place = new Place();
	const dry = await place.run(["--config", "@examples/offline/three_agents", "--max-answers", "1", "--dry-run"]);
	expect(dry).toMatchObject({ code: 0, stderr: "" });
	expect(dry.stdout).toContain("--max-answers");
	expect(dry.stdout).toContain("First request to every agent (ada, ben, cleo):");
	expect(dry.stdout).toContain("takes 3 to 6 model calls");
	const [example, listed] = await Promise.all([place.run(["--example", "offline/three_agents"]), place.run(["--list-examples"])]);
	expect(example.stdout).toContain("agents:");
	expect(listed.stdout).toContain("@examples/offline/three_agents\n");
	expect(readdirSync(place.cwd)).toEqual([]);
});

test("a damaged session says so, breaks no other, and can be repaired", async () => {
	const place = new Place();
	const first = JSON.parse((await place.run([...offline, "--json", "-q", "What is a monad?"])).stdout);
	const file = join(place.cwd, ".massgen/sessions", first.session_id, "session.db");
	const bytes = readFileSync(file);
	bytes.write('"loser.chosen"', bytes.indexOf('"winner.chosen"'));
	writeFileSync(file, bytes);
	const refused = await place.run(["--resume", first.session_id, "And?"]);
	expect(refused.code).toBe(1);
	expect(refused.stderr).toContain(`massgen sessions repair ${first.session_id}`);
	const other = JSON.parse((await place.run([...offline, "--json", "-q", "What is a functor?"])).stdout);
	expect((await place.run(["sessions", "list"])).stdout).toContain(other.session_id);
	const repaired = await place.run(["sessions", "repair", first.session_id]);
	expect([repaired.code, repaired.stdout]).toEqual([0, expect.stringContaining(`Go on with it: massgen --resume ${first.session_id}`)]);
	const resumed = await place.run(["--resume", first.session_id, "--json", "-q"]);
	expect(JSON.parse(resumed.stdout)).toMatchObject({ turn: 1, outcome: "completed", answers: [{}, {}, {}] });
});

test("--validate tells what is wrong and calls nobody", async () => {
	const place = new Place();
	writeFileSync(join(place.cwd, "bad.yaml"), "agents: []\n");
	const [good, bad] = await Promise.all([
		place.run(["--validate", "@examples/offline/three_agents"]),
		place.run(["--validate", "bad.yaml", "--json"]),
	]);
	expect([good.code, good.stdout]).toEqual([0, expect.stringContaining("can be used, 3 agents")]);
	expect([bad.code, JSON.parse(bad.stdout).valid]).toEqual([1, false]);
});
