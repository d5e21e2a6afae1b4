import { existsSync, mkdirSync, readFileSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { openDatabase } from "../../src/checkpoint/driver.ts";
import { fastTeam } from "./fast-team.ts";
import { modelServer, teamFile } from "./model-server.ts";
import { Place, type Started } from "./program.ts";

function newPlace(): Place {
	const place = new Place();
	place.write("fast.yaml", fastTeam);
	return place;
}

const offline = ["--config", "fast.yaml"];
const env = { TEST_KEY: "k" };

/** A session with a turn for each question. */
async function stored(id: string, ...questions: readonly string[]): Promise<Place> {
	const place = newPlace();
	await place.run(["chat", "-q", ...offline, "--session", id], { input: `${questions.join("\n")}\n` });
	return place;
}

async function json(place: Place, ...words: readonly string[]) {
	const { stdout, stderr } = await place.run([...words, "--json"]);
	if (stdout === "") expect.fail(stderr);
	return JSON.parse(stdout);
}

/** A turn that runs and gets no answers. */
async function running(): Promise<{ place: Place; run: Started; id: string }> {
	const place = newPlace();
	const server = await modelServer({ holdFrom: 2 });
	place.write("team.yaml", teamFile(server.url, ["red", "green"]));
	const run = place.start(["--config", "team.yaml", "--session", "work", "--timeout", "600", "Which colour?"], { env });
	await Promise.all([server.arrived(2), run.told("answered")]);
	return { place, run, id: "work" };
}

describe("a session that goes from one place to another", () => {
	test("a whole export becomes the same session again: turns, votes, conversation", async () => {
		const place = await stored("work", "One?", "Two?");
		expect((await place.run(["sessions", "export", "work", "--full", "-o", "work.json"])).code).toBe(0);
		expect(await json(place, "sessions", "import", "work.json", "--id", "copy")).toEqual({ id: "copy", kind: "session", replaced: null });
		const [before, after] = [await json(place, "sessions", "inspect", "work", "2"), await json(place, "sessions", "inspect", "copy", "2")];
		expect({ ...after, session_id: "work" }).toEqual(before);
		const { stdout } = await place.run(["--resume", "copy", "-q", "--json", "Three?"]);
		expect(JSON.parse(stdout)).toMatchObject({ session_id: "copy", turn: 3, outcome: "completed" });
	});

	test("an existing one is refused, and goes to the trash only with --overwrite", async () => {
		const place = await stored("work", "One?");
		await place.run(["sessions", "export", "work", "--full", "-o", "work.json"]);
		const refused = await place.run(["sessions", "import", "work.json"]);
		expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("There is a session work already.")]);
		const { id, replaced } = await json(place, "sessions", "import", "work.json", "--overwrite");
		expect([id, existsSync(join(replaced, "session.db"))]).toEqual(["work", true]);
	});

	test.each([
		["json", (text: string) => JSON.parse(text).length],
		["jsonl", (text: string) => text.trim().split("\n").length],
		["toon", (text: string) => Number(/^messages\[(\d+)\]/.exec(text)?.[1])],
		["md", (text: string) => text.match(/^## /gm)?.length],
	])("exports %s, and what can be read back is", async (format, messages) => {
		const place = await stored("work", "One?", "Two?");
		const { stdout } = await place.run(["sessions", "export", "work", "--format", format]);
		expect(messages(stdout)).toBe(4);
		place.write(`talk.${format}`, stdout);
		const imported = await place.run(["sessions", "import", `talk.${format}`, "--id", "copy"]);
		expect(imported.code).toBe(format === "md" ? 1 : 0);
		if (format !== "md") expect(await json(place, "sessions", "show", "copy")).toMatchObject({ message_count: 4, status: "created" });
	});

	test("what was imported as messages is told to the team that goes on with it", async () => {
		const place = newPlace();
		const server = await modelServer();
		place.write("team.yaml", teamFile(server.url, ["red", "green"]));
		place.write(
			"talk.json",
			JSON.stringify([
				{ role: "user", content: "My name is Ada." },
				{ role: "assistant", content: "Hello Ada." },
			]),
		);
		await place.run(["sessions", "import", "talk.json", "--id", "work"]);
		const { code } = await place.run(["--config", "team.yaml", "--session", "work", "-q", "What is my name?"], { env });
		expect([code, server.asked.every((text) => text.includes("My name is Ada.") && text.includes("Hello Ada."))]).toEqual([0, true]);
	});

	test.each([
		["nonsense", "]["],
		["another object", '{"hello": 1}'],
		["messages without roles", '[{"content": "x"}]'],
		["events that open no session", '{"events": [{"type": "turn.ended", "v": 1, "at": 1, "turn": 1, "attempt": 1}]}'],
		["events of a newer version", '{"events": [{"type": "poem.recited", "v": 9, "at": 1, "turn": 0, "attempt": 0}]}'],
		["a file cut in the middle", '{"session_id": "a", "events": [{"type": "session.op'],
	])("%s is refused, and nothing is left behind", async (_, text) => {
		const place = newPlace();
		place.write("in.json", text);
		const { code, stdout, stderr } = await place.run(["sessions", "import", "in.json", "--id", "x"]);
		expect([code, stdout]).toEqual([1, ""]);
		expect(stderr).toMatch(/^massgen: .*(cannot be imported|newer version)/);
		expect(stderr).not.toMatch(/\n\s+at /);
		expect(existsSync(join(place.cwd, ".massgen"))).toBe(false);
	});

	test("a fork holds the turns up to the one that was named, and the other session stays as it is", async () => {
		const place = await stored("work", "One?", "Two?");
		expect(await json(place, "sessions", "fork", "work", "--at", "1", "--id", "side")).toEqual({ id: "side", parent: "work", turns: 1 });
		const { stdout } = await place.run(["--resume", "side", "-q", "--json", "Other?"]);
		expect(JSON.parse(stdout).turn).toBe(2);
		expect((await json(place, "sessions", "show", "work")).turns).toHaveLength(2);
		const none = await place.run(["sessions", "fork", "work", "--at", "9"]);
		expect([none.code, none.stderr]).toEqual([1, expect.stringContaining("no ended turn 9")]);
		expect((await json(place, "sessions", "list")).sessions).toHaveLength(2);
	});

	test("--fork goes on in a copy", async () => {
		const place = await stored("work", "One?");
		const { stdout, stderr } = await place.run(["--resume", "work", "--fork", "-q", "--json", "Other?"]);
		expect(stderr).toMatch(/^Forked work into session_\d+_\d+\./);
		expect(JSON.parse(stdout)).toMatchObject({ turn: 2, session_id: expect.stringMatching(/^session_/) });
		expect((await json(place, "sessions", "show", "work")).turns).toHaveLength(1);
	});
});

describe("changes", () => {
	test("clear, undo and trim hide what was said from later turns and leave the turns", async () => {
		const place = await stored("work", "One?", "Two?", "Three?");
		expect(await json(place, "sessions", "trim", "work", "--keep", "4")).toEqual({ id: "work", before: 6, messages: 4 });
		expect(await json(place, "sessions", "undo", "work")).toEqual({ id: "work", questions: 1 });
		expect((await json(place, "sessions", "export", "work")).map(({ content }: { content: string }) => content)[0]).toBe("Two?");
		expect(await json(place, "sessions", "clear", "work")).toEqual({ id: "work", cleared: 2 });
		expect(await json(place, "sessions", "export", "work")).toEqual([]);
		expect((await json(place, "sessions", "inspect", "work", "all")).turns).toHaveLength(3);
	});

	test("A29: a trim never leaves an answer without its question", async () => {
		const place = await stored("work", "One?", "Two?");
		expect(await json(place, "sessions", "trim", "work", "--keep", "3")).toMatchObject({ messages: 2 });
	});

	test("rename, then found by the name; delete, then in the trash; --purge, then gone", async () => {
		const place = await stored("work", "One?");
		await place.run(["sessions", "rename", "work", "the plan"]);
		const { trash } = await json(place, "sessions", "delete", "the plan");
		expect([existsSync(trash), (await json(place, "sessions", "list")).sessions]).toEqual([true, []]);
		const again = await place.run(["sessions", "delete", "work"]);
		expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('There is no session "work"')]);
		await place.run(["chat", "-q", ...offline, "--session", "work"], { input: "One?\n" });
		expect(await json(place, "sessions", "delete", "work", "--purge")).toEqual({ id: "work", trash: null });
		expect(existsSync(join(place.cwd, ".massgen", "sessions", "work"))).toBe(false);
	});

	test("A26: prune deletes empty and old ones, and lists them first if asked", async () => {
		const place = await stored("work", "One?");
		place.write("talk.json", '[{"role": "user", "content": "Hello"}]');
		await place.run(["sessions", "import", "talk.json", "--id", "empty"]);
		expect(await json(place, "sessions", "prune", "--empty", "--dry-run")).toEqual({ sessions: ["empty"], dry_run: true });
		expect(await json(place, "sessions", "prune", "--older-than", "30d")).toEqual({ sessions: [], dry_run: false });
		expect(await json(place, "sessions", "prune", "--empty")).toEqual({ sessions: ["empty"], dry_run: false });
		expect((await place.run(["sessions", "prune"])).stderr).toContain("needs to know which");
	});

	test("R33: metrics count turns by how they ended, their tokens and their time", async () => {
		const place = await stored("work", "One?", "Two?");
		expect(await json(place, "sessions", "metrics", "--period", "1h")).toMatchObject({
			sessions_total: 2,
			sessions_by_status: { completed: 2 },
			success_rate: 100,
			avg_duration: expect.any(Number),
			skipped_damaged: 0,
		});
		expect((await json(place, "sessions", "metrics", "work")).session.steps).toBeGreaterThan(0);
		expect((await place.run(["sessions", "metrics", "--period", "tomorrow"])).stderr).toContain('"tomorrow" is no period.');
	});
});

describe("a session that another process drives", () => {
	test("R27: cancel ends the turn there, and once more says the same", async () => {
		const { place, run, id } = await running();
		expect(await json(place, "sessions", "cancel", id)).toEqual({ id, turn: 1, status: "cancelled" });
		await run.ended;
		expect(await json(place, "sessions", "cancel", id)).toMatchObject({ status: "cancelled" });
		const resumed = await place.run(["--resume", id], { env });
		expect([resumed.code, resumed.stderr]).toEqual([1, expect.stringContaining("has no turn that is open")]);
	});

	test("say, extend and drop reach it; what it refuses is told with the reason", async () => {
		const { place, run, id } = await running();
		expect((await place.run(["sessions", "say", id, "think of the sea"])).code).toBe(0);
		await run.told("You to red and green: think of the sea");
		expect((await place.run(["sessions", "extend", id, "--time", "60"])).code).toBe(0);
		await run.told("New limits: 11 min 0 s.");
		const unlimited = await place.run(["sessions", "extend", id, "--cost", "1"]);
		expect([unlimited.code, unlimited.stderr]).toEqual([1, expect.stringContaining("no such limit")]);
		const nobody = await place.run(["sessions", "drop", id, "blue"]);
		expect([nobody.code, nobody.stderr]).toEqual([1, expect.stringContaining("No agent blue takes part. Taking part: red, green.")]);
		run.child.kill("SIGINT");
		await run.ended;
	});

	test("it can be read, but neither changed nor deleted", async () => {
		const { place, run, id } = await running();
		expect(await json(place, "sessions", "show", id)).toMatchObject({ status: "running", driver: { pid: run.child.pid } });
		for (const words of [
			["clear", id],
			["undo", id],
			["rename", id, "x"],
			["delete", id],
			["delete", id, "--purge"],
		]) {
			const { code, stderr } = await place.run(["sessions", ...words]);
			expect([code, stderr]).toEqual([1, expect.stringMatching(new RegExp(`is driven by process ${run.child.pid} on `))]);
		}
		expect((await json(place, "sessions", "prune", "--older-than", "1m")).sessions).toEqual([]);
		run.child.kill("SIGINT");
		await run.ended;
	});

	test("events --follow shows what happens until it is stopped", async () => {
		const { place, run, id } = await running();
		const follower = place.start(["sessions", "events", id, "--follow", "--json"]);
		const heard: string[] = [];
		const more = new Promise<void>((resolve) =>
			follower.child.stdout?.on("data", (text: string) => {
				heard.push(text);
				if (heard.join("").includes('"turn.interrupted"')) resolve();
			}),
		);
		run.child.kill("SIGINT");
		await Promise.all([run.ended, more]);
		follower.child.kill("SIGINT");
		const { code, stdout } = await follower.ended;
		const numbers = stdout
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line).seq);
		expect([code, numbers]).toEqual([0, numbers.map((_, index) => index + 1)]);
	});

	test("nobody at work: say is told so, cancel does it itself", async () => {
		const { place, run, id } = await running();
		run.child.kill("SIGKILL");
		await run.ended;
		const said = await place.run(["sessions", "say", id, "hello"]);
		expect([said.code, said.stderr]).toEqual([1, expect.stringContaining("Go on with its open turn: massgen --resume work")]);
		expect(await json(place, "sessions", "cancel", id)).toMatchObject({ status: "cancelled" });
		const metadata = readFileSync(join(place.cwd, ".massgen", "sessions", id, "turn_1", "metadata.json"), "utf8");
		expect(JSON.parse(metadata)).toMatchObject({ status: "incomplete", outcome: "cancelled" });
	});
});

describe("what cannot be", () => {
	test("a command that does not exist is answered with the nearest", async () => {
		const { code, stderr } = await newPlace().run(["sessions", "exprot", "x"]);
		expect([code, stderr]).toEqual([1, expect.stringContaining("Did you mean massgen sessions export?")]);
	});

	test.each(["../x", "..", "a/b/../../c", "", " ", "x".repeat(300), "a\u0000b"])("the id %j never leaves its place", async (id) => {
		const place = newPlace();
		if (id.includes("\0")) return expect(() => place.start(["x", id])).toThrow("null bytes");
		const { code } = await place.run(["chat", "-q", ...offline, "--session", id], { input: "Hello?\n" });
		expect(existsSync(join(place.root, "x"))).toBe(false);
		if (code === 0) expect((await json(place, "sessions", "list")).sessions).toMatchObject([{ id }]);
		else expect(code).toBe(1);
	});

	test("a session of a newer version is shown, and refused with what to do", async () => {
		const place = await stored("work", "One?");
		const database = openDatabase(join(place.cwd, ".massgen", "sessions", "work", "session.db"));
		database.exec("INSERT INTO kind VALUES ('poem.recited', 1, 'massgen 9.1.0'); PRAGMA wal_checkpoint(TRUNCATE)");
		database.close();
		expect((await json(place, "sessions", "show", "work")).turns).toHaveLength(1);
		expect(await json(place, "sessions", "export", "work")).toHaveLength(2);
		for (const words of [
			["sessions", "clear", "work"],
			["--resume", "work", "Two?"],
		]) {
			const { code, stderr } = await place.run(words);
			expect([code, stderr]).toEqual([1, expect.stringContaining("was written by a newer version: massgen 9.1.0")]);
		}
	});

	test("--resume without an id lists what there is where nobody can be asked", async () => {
		const place = await stored("work", "One?");
		const { code, stdout, stderr } = await place.run(["--resume"]);
		expect([code, stdout, stderr]).toEqual([
			1,
			expect.stringMatching(/work .*1 turn {2}completed/),
			expect.stringContaining("massgen --resume ID"),
		]);
	});

	test("a disk that is full while something is imported leaves what was there", async () => {
		const place = await stored("work", "One?");
		place.write("big.json", JSON.stringify([{ role: "user", content: "x".repeat(3_000_000) }]));
		const { code, stderr } = await place.runLimited(["sessions", "import", "big.json", "--id", "work", "--overwrite"], 1_000);
		expect([code, stderr]).toEqual([74, expect.stringMatching(/ulimit -f|full/)]);
		expect((await json(place, "sessions", "show", "work")).turns).toHaveLength(1);
	});
});

describe("kill -9 at the very write", () => {
	const die = pathToFileURL(join(import.meta.dirname, "../torture/die.mjs")).href;
	const dying = (when: "before" | "after") => ({ NODE_OPTIONS: `--import=${die}`, MASSGEN_TORTURE_DIE: `${when} 1` });
	const messages = async (place: Place, id: string) => (await json(place, "sessions", "export", id)).length;

	test.each([
		["clear", ["clear", "work"], 0],
		["undo", ["undo", "work"], 2],
		["trim", ["trim", "work", "--keep", "2"], 2],
	])("%s is done or not, never half", async (_, words, after) => {
		const place = await stored("work", "One?", "Two?");
		expect(await place.run(["sessions", ...words], { env: dying("before") })).toMatchObject({ signal: "SIGKILL" });
		expect(await messages(place, "work")).toBe(4);
		expect(await place.run(["sessions", ...words], { env: dying("after") })).toMatchObject({ signal: "SIGKILL" });
		expect(await messages(place, "work")).toBe(after);
	});

	test("rename is done or not", async () => {
		const place = await stored("work", "One?");
		const name = async () => (await json(place, "sessions", "show", "work")).name;
		await place.run(["sessions", "rename", "work", "x"], { env: dying("before") });
		expect(await name()).toBe(null);
		await place.run(["sessions", "rename", "work", "x"], { env: dying("after") });
		expect(await name()).toBe("x");
	});

	test("cancel of what nobody drives is done or not", async () => {
		const { place, run, id } = await running();
		run.child.kill("SIGKILL");
		await run.ended;
		const status = async () => (await json(place, "sessions", "show", id)).status;
		await place.run(["sessions", "cancel", id], { env: dying("before") });
		expect(await status()).toBe("interrupted");
		await place.run(["sessions", "cancel", id], { env: dying("after") });
		expect(await status()).toBe("cancelled");
	});

	test("an import over a session leaves that one until the new one is whole", async () => {
		const place = await stored("work", "One?", "Two?");
		place.write("talk.json", '[{"role": "user", "content": "Hello"}]');
		const words = ["sessions", "import", "talk.json", "--id", "work", "--overwrite"];
		expect(await place.run(words, { env: dying("before") })).toMatchObject({ signal: "SIGKILL" });
		expect(await messages(place, "work")).toBe(4);
		expect(await place.run(words)).toMatchObject({ code: 0 });
		expect(await messages(place, "work")).toBe(1);
	});

	test("import and fork can be done again under the same name", async () => {
		const place = await stored("work", "One?");
		await place.run(["sessions", "export", "work", "--full", "-o", "work.json"]);
		for (const words of [
			["import", "work.json", "--id", "copy"],
			["fork", "work", "--id", "side"],
		]) {
			const id = words.at(-1) ?? "";
			expect(await place.run(["sessions", ...words], { env: dying("before") })).toMatchObject({ signal: "SIGKILL" });
			expect(await place.run(["sessions", ...words])).toMatchObject({ code: 0, stderr: "" });
			expect(await messages(place, id)).toBe(2);
		}
	});

	test("what is left of a session that was killed while it was made is no obstacle", async () => {
		const place = newPlace();
		const directory = join(place.cwd, ".massgen", "sessions", "default");
		mkdirSync(directory, { recursive: true });
		utimesSync(directory, 1, 1);
		expect(await place.run(["chat", "-q", ...offline], { input: "One?\n" })).toMatchObject({ code: 0 });
		expect(await messages(place, "default")).toBe(2);
	});
});
