import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fastTeam } from "./fast-team.ts";
import { modelServer, teamFile } from "./model-server.ts";
import { type Ended, Place } from "./program.ts";

function newPlace(): Place {
	const place = new Place();
	place.write("fast.yaml", fastTeam);
	return place;
}

const offline = ["--config", "fast.yaml"];

/** A conversation whose lines come from a pipe. */
async function talk(place: Place, lines: readonly string[], words: readonly string[] = offline): Promise<Ended> {
	return await place.run(["chat", "-q", ...words], { input: `${lines.join("\n")}\n`, env: { TEST_KEY: "k" } });
}

describe("from a pipe", () => {
	test("every line is a question; answers go to stdout, all else to stderr, without colours", async () => {
		const { code, stdout, stderr } = await newPlace().run(["chat", ...offline], { input: "One?\nTwo?\n" });
		expect(code).toBe(0);
		expect(stdout.match(/^Simulated answer/gm)).toHaveLength(2);
		expect(stderr).toContain("Turn 2");
		expect(stdout + stderr).not.toContain("\u001b");
	});

	test("with --json every answer is a document", async () => {
		const { stdout } = await newPlace().run(["chat", ...offline, "--json", "-q"], { input: "One?\nTwo?\n" });
		const documents = stdout.split(/(?<=^\})\n/m).filter((text) => text.trim() !== "");
		expect(documents.map((text) => JSON.parse(text).turn)).toEqual([1, 2]);
	});

	test("with --output-format stream-json all that happens is a record, turn after turn", async () => {
		const { stdout } = await newPlace().run(["chat", ...offline, "--output-format", "stream-json", "-q"], { input: "One?\nTwo?\n" });
		const types = stdout
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line).type);
		expect(types.filter((type) => type === "turn.started" || type === "result")).toEqual([
			"turn.started",
			"result",
			"turn.started",
			"result",
		]);
	});

	test("a line that is no UTF-8 is refused, the others are asked, and the exit code tells", async () => {
		const place = newPlace();
		const run = place.start(["chat", "-q", ...offline], { keepStdin: true });
		run.child.stdin?.end(Buffer.concat([Buffer.from("One?\n"), Buffer.from([0x57, 0xff, 0xfe, 0x0a])]));
		const { code, stdout, stderr } = await run.ended;
		expect([code, stdout.match(/^Simulated answer/gm)?.length]).toEqual([1, 1]);
		expect(stderr).toContain("A line holds bytes that are no UTF-8 text. It was not sent.");
	});

	test("10 MB in one line are refused, with the way to say it otherwise", async () => {
		const { code, stderr, stdout } = await talk(newPlace(), ["x".repeat(10_000_001), "And this?"]);
		expect(stderr).toContain("longer than 10 MB. Put it into files and name them in the question: @path");
		expect([code, stdout.match(/^Simulated answer/gm)?.length]).toEqual([1, 1]);
	});
});

test("Ctrl+C ends a conversation from a pipe: the turn is saved, and no further line is asked", async () => {
	const place = newPlace();
	const server = await modelServer({ holdFrom: 2 });
	place.write("team.yaml", teamFile(server.url, ["red", "green"]));
	const run = place.start(["chat", "--config", "team.yaml"], { input: "Which colour?\nWhich shape?\n", env: { TEST_KEY: "k" } });
	await Promise.all([server.arrived(2), run.told("answered")]);
	run.child.kill("SIGINT");
	expect(await run.ended).toMatchObject({ code: 130, stdout: "" });
	expect((await place.run(["--list-sessions"])).stdout).toMatch(/default .*1 turn {2}interrupted/);
});

test("SIGTERM while the team works saves the turn and ends with 143", async () => {
	const place = newPlace();
	const server = await modelServer({ holdFrom: 2 });
	place.write("team.yaml", teamFile(server.url, ["red", "green"]));
	const run = place.start(["chat", "--config", "team.yaml"], { keepStdin: true, env: { TEST_KEY: "k" } });
	run.child.stdin?.write("Which colour?\n");
	await Promise.all([server.arrived(2), run.told("answered")]);
	run.child.kill("SIGTERM");
	expect(await run.ended).toMatchObject({ code: 143, stdout: "" });
	expect((await place.run(["--list-sessions"])).stdout).toMatch(/default .*1 turn {2}interrupted/);
});

describe("sessions", () => {
	test("A17, M12, S5: /status tells the id, messages, times, whether it is saved, team and configuration", async () => {
		const { stderr } = await talk(newPlace(), ["Why?", "/status"]);
		for (const row of [
			/^Session ID: +default$/m,
			/^Messages: +2$/m,
			/^History: +1 exchange$/m,
			/^Created: +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/m,
			/^Saved: +Yes/m,
			/^Agents: +3: ada/m,
		])
			expect(stderr).toMatch(row);
		expect((await talk(newPlace(), ["/info"])).stderr).toMatch(/^Saved: +No$/m);
	});

	test("A18, A19: /sessions lists them and marks this one; /new on an existing name changes nothing", async () => {
		const place = newPlace();
		const { stderr } = await talk(place, ["Why?", "/new default", "/status", "/new", "/new other", "And?", "/sessions"]);
		expect(stderr).toContain("There is a session default already; nothing was changed. Go on with it: /resume default");
		expect(stderr).toContain("/new needs the name of the new session.");
		expect(stderr).toContain("Created new session other.");
		expect(stderr).toMatch(/\* 1 {2}other .*1 turn {2}completed/);
		const { stdout } = await place.run(["sessions", "export", "default", "--json"]);
		expect(JSON.parse(stdout)).toHaveLength(2);
	});

	test("A20, A30, A33: /resume changes to a session and tells its messages; an unknown one leaves you where you are; /previous goes back", async () => {
		const place = newPlace();
		await talk(place, ["Why?"], [...offline, "--session", "work"]);
		const { stderr } = await talk(place, ["And?", "/resume nope", "/resume work", "/status", "/previous", "/status"]);
		expect(stderr).toContain('There is no session "nope"');
		expect(stderr).toContain("Resumed work (2 messages)");
		expect([...stderr.matchAll(/^Session ID: +(\w+)$/gm)].map(([, id]) => id)).toEqual(["work", "default"]);
	});

	test("A21, M18: /clear lasts: whoever goes on is told nothing of what was before, and the turns are still there", async () => {
		const place = newPlace();
		const server = await modelServer();
		place.write("team.yaml", teamFile(server.url, ["red", "green"]));
		await talk(place, ["First secret?", "/clear", "/status"], ["--config", "team.yaml"]);
		await place.run(["--continue", "-q", "Second?"], { env: { TEST_KEY: "k" } });
		expect(server.asked.filter((text) => text.includes("Second?")).some((text) => text.includes("First secret?"))).toBe(false);
		expect((await place.run(["sessions", "inspect", "default", "1"])).stdout).toContain("First secret?");
		expect((await talk(place, ["/status"])).stderr).toMatch(/^Messages: +2$/m);
	});

	test("/undo takes questions back for good, as events", async () => {
		const place = newPlace();
		const { stderr } = await talk(place, ["One?", "Two?", "Three?", "/undo 2", "/status", "/undo 9", "/undo", "/undo x"]);
		expect(stderr).toContain("Taken back: 2 questions.");
		expect(stderr).toMatch(/^Messages: +2$/m);
		expect(stderr).toContain("Taken back: 1 question.");
		expect(stderr).toContain("There is nothing to take back.");
		const { stdout } = await place.run(["sessions", "events", "default", "--json"]);
		expect(stdout.match(/"type":"item.popped"/g)).toHaveLength(6);
		expect(stdout.match(/"type":"turn.ended"/g)).toHaveLength(3);
	});

	test("/fork goes on in a copy, /rename names it, and it is found by its name", async () => {
		const place = newPlace();
		const { stderr } = await talk(place, ["One?", "Two?", "/fork side at 1", "/rename the side one", "/status"]);
		expect(stderr).toContain("Forked into side, with 1 turn.");
		expect(stderr).toMatch(/^Name: +the side one$/m);
		expect(JSON.parse((await place.run(["sessions", "show", "the side one", "--json"])).stdout)).toMatchObject({
			id: "side",
			message_count: 2,
		});
	});

	test("A10: /delete moves a session into the trash; never the one you are in, and not without being sure", async () => {
		const place = newPlace();
		await talk(place, ["Why?"], [...offline, "--session", "work"]);
		const { stderr } = await talk(place, ["And?", "/delete default --yes", "/delete work", "/delete work --yes", "/sessions"]);
		expect(stderr).toContain("You are in session default.");
		expect(stderr).toContain("/delete asks first, and there is nobody to ask.");
		expect(stderr).toMatch(/work is in the trash: .*trash\/work/);
		expect(existsSync(join(place.cwd, ".massgen", "trash", "work", "session.db"))).toBe(true);
		expect(existsSync(join(place.cwd, ".massgen", "sessions", "work"))).toBe(false);
	});

	test("A27, A28: what is exported can be imported as another session, and the conversation goes on there", async () => {
		const place = newPlace();
		const { stderr } = await talk(place, [
			"One?",
			"/export talk.json",
			"/export talk.json",
			"/import talk.json copy",
			"/resume copy",
			"/status",
		]);
		expect(stderr).toContain("Wrote talk.json.");
		expect(stderr).toContain("talk.json is there already.");
		expect(stderr).toContain("Imported as copy.");
		expect(stderr).toMatch(/^Session ID: +copy$/m);
		expect(JSON.parse(readFileSync(join(place.cwd, "talk.json"), "utf8"))).toMatchObject([
			{ role: "user", content: "One?" },
			{ role: "assistant" },
		]);
	});
});

describe("looking back", () => {
	test("/votes explains every vote, /cost every cent", async () => {
		const { stderr } = await talk(newPlace(), ["Why?", "/votes", "/cost"]);
		expect(stderr).toMatch(/^ {2}\w+ for agent\d\.1 by \w+; counted\n {4}\S/m);
		expect(stderr).toMatch(/^Winner: agent\d\.1 by \w+\. Rule: majority, more than half of 3 agents\.$/m);
		expect(stderr).toMatch(/^Session +\d+ +[\d,]+ +\d+ +\$0\.00$/m);
	});

	test("M15, M16, M17: /inspect shows the last turn, turn N, or a list; a number that is none is answered with those there are", async () => {
		const { stderr } = await talk(newPlace(), [
			"/inspect",
			"Why is the sky blue?",
			"And the sea?",
			"/inspect 1",
			"/inspect 7",
			"/inspect x",
			"/inspect all",
		]);
		expect(stderr).toContain("There are no turns yet.");
		expect(stderr).toContain("What ada wrote:");
		expect(stderr).toContain("The final answer of turn 1");
		expect(stderr).toContain("There is no turn 7.\nThere are turns 1 to 2.");
		expect(stderr).toContain("Usage: /inspect [N | all]");
		expect(stderr).toMatch(/^ {3}1 {2}Why is the sky blue\? {2}\w+$/m);
	});
});

describe("files", () => {
	test("M14: files that are named go with the question; what cannot go is refused before anything is asked", async () => {
		const place = newPlace();
		place.write("a.txt", "alpha");
		place.write("b.bin", "\0\0");
		const { stderr, stdout } = await talk(place, ["Read @a.txt:w", "Read @b.bin", "Read @.", "/context a.txt", "What is in it, @bob?"]);
		expect(stderr).toContain("agents have no workspace in which they could write files yet");
		expect(stderr).toContain("@b.bin is no text.");
		expect(stderr).toContain("@. is a directory.");
		expect(stderr).toContain("There is no file bob?: the word stays as it is.");
		expect(stdout.match(/^Simulated answer/gm)).toHaveLength(1);
		const exported = JSON.parse((await place.run(["sessions", "export", "default", "--json"])).stdout);
		expect(exported[0].content).toBe("What is in it, @bob?\n\nFile a.txt:\n```\nalpha\n```");
	});

	test("M13: /config names the file, also where nobody can edit it", async () => {
		expect((await talk(newPlace(), ["/config"])).stderr).toContain("fast.yaml");
	});
});

test("default means the session of this directory, never one of another", async () => {
	const place = newPlace();
	await talk(place, ["Why?"]);
	const elsewhere = Object.create(place, { cwd: { value: place.root } });
	elsewhere.write("fast.yaml", fastTeam);
	const { stderr } = await talk(elsewhere, ["/status"]);
	rmSync(join(place.root, ".massgen"), { recursive: true, force: true });
	expect(stderr).toMatch(/^Saved: +No$/m);
});
