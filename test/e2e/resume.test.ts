import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fastTeam } from "./fast-team.ts";
import { type Ended, Place } from "./program.ts";

function newPlace(): Place {
	const place = new Place();
	place.write("fast.yaml", fastTeam);
	return place;
}

/** The same home, another directory. */
function elsewhere(place: Place): Place {
	const cwd = join(place.root, "elsewhere");
	mkdirSync(cwd, { recursive: true });
	return Object.create(place, { cwd: { value: cwd } });
}

const team = ["--config", "fast.yaml", "-q", "--json"];

function told({ stdout, stderr }: Ended): { session_id: string; turn: number } {
	if (stdout === "") expect.fail(stderr);
	return JSON.parse(stdout);
}

test("M22: --continue goes on with the newest session of the directory; elsewhere it names the newest, with a command that works", async () => {
	const place = newPlace();
	const first = told(await place.run([...team, "One?"]));
	expect(told(await place.run(["--continue", "-q", "--json", "Two?"]))).toMatchObject({ session_id: first.session_id, turn: 2 });
	const lost = await elsewhere(place).run(["--continue", "Three?"]);
	expect([lost.code, lost.stderr]).toEqual([1, expect.stringContaining(`massgen --resume ${first.session_id}`)]);
	expect(told(await elsewhere(place).run(["--resume", first.session_id, "-q", "--json", "Three?"]))).toMatchObject({ turn: 3 });
	const nothing = await newPlace().run(["--continue"]);
	expect([nothing.code, nothing.stdout]).toEqual([1, ""]);
});

test("M23: --session-id goes on with that session, also with one question and out; an unknown one is refused before anything is asked", async () => {
	const place = newPlace();
	await place.run([...team, "--session", "work", "One?"]);
	expect(told(await place.run(["--session-id", "work", "-q", "--json", "Two?"]))).toMatchObject({ session_id: "work", turn: 2 });
	const unknown = await place.run([...team, "--session-id", "nope", "Two?"]);
	expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('There is no session "nope"')]);
});

test("M24: --list-sessions lists the ten newest with their state and how to go on, --all every one of all directories", async () => {
	const place = newPlace();
	const input = Array.from({ length: 11 }, (_, index) => `/new s${index}\nHello?`).join("\n");
	await place.run(["chat", "-q", "--config", "fast.yaml"], { input });
	const { stdout } = await place.run(["--list-sessions"]);
	expect(stdout.match(/1 turn {2}completed/g)).toHaveLength(10);
	expect(stdout).toMatch(/1 more: massgen --list-sessions --all\nGo on with one: massgen --resume ID/);
	expect((await elsewhere(place).run(["--list-sessions"])).stdout).toContain("There are no sessions in this directory.");
	expect((await elsewhere(place).run(["--list-sessions", "--all"])).stdout.match(/1 turn {2}completed/g)).toHaveLength(11);
});

test("M25: session_id in the configuration names the session, new or not; a flag comes first", async () => {
	const place = newPlace();
	place.write("named.yaml", `session_id: from-yaml\n${fastTeam}`);
	const ask = async (...words: readonly string[]) => told(await place.run(["--config", "named.yaml", "-q", "--json", ...words]));
	expect(await ask("One?")).toMatchObject({ session_id: "from-yaml", turn: 1 });
	expect(await ask("Two?")).toMatchObject({ session_id: "from-yaml", turn: 2 });
	expect(await ask("--session", "other", "Three?")).toMatchObject({ session_id: "other", turn: 1 });
	const { stdout } = await place.run(["chat", "-q", "--config", "named.yaml", "--json"], { input: "Four?\n" });
	expect(JSON.parse(stdout)).toMatchObject({ session_id: "from-yaml", turn: 3 });
});

test("M26: sessions that several processes begin at once are all listed, from any directory", async () => {
	const place = newPlace();
	await Promise.all(["a", "b", "c", "d"].map((id) => place.run([...team, "--session", id, "One?"])));
	const { stdout } = await elsewhere(place).run(["sessions", "list", "--all", "--json"]);
	expect(
		JSON.parse(stdout)
			.sessions.map(({ id }: { id: string }) => id)
			.sort(),
	).toEqual(["a", "b", "c", "d"]);
});

test("M27, M28: a session that goes on brings its configuration and writes its next turn where the others are", async () => {
	const place = newPlace();
	await place.run([...team, "--session", "work", "One?"]);
	const { stdout } = await elsewhere(place).run(["--resume", "work", "-q", "--json", "Two?"]);
	expect(JSON.parse(stdout).agents.map(({ id }: { id: string }) => id)).toEqual(["ada", "ben", "cleo"]);
	for (const turn of ["turn_1", "turn_2"])
		expect(existsSync(join(place.cwd, ".massgen", "sessions", "work", turn, "answer.txt"))).toBe(true);
	expect(existsSync(join(elsewhere(place).cwd, ".massgen"))).toBe(false);
});

test("M42: what cannot be resumed is told apart: no such session, nothing open, a damaged one", async () => {
	const place = newPlace();
	await place.run([...team, "--session", "work", "One?"]);
	await place.run([...team, "--session", "broken", "One?"]);
	writeFileSync(join(place.cwd, ".massgen", "sessions", "broken", "session.db"), "no database");
	const tries = await Promise.all(["nope", "work", "broken"].map((id) => place.run(["--resume", id])));
	expect(tries.map(({ code }) => code)).toEqual([1, 1, 1]);
	expect(tries[2]?.stderr).toMatch(/broken.session\.db is damaged: .*\nRun `massgen sessions repair broken`/);
	expect(tries[0]?.stderr).toContain('There is no session "nope"');
	expect(tries[1]?.stderr).toContain("Session work has no turn that is open.\nAsk something in it: massgen --resume work");
});

test("A16, S4: --session goes on with a session or begins it", async () => {
	const place = newPlace();
	expect(told(await place.run([...team, "--session", "support ticket 7", "One?"]))).toMatchObject({
		session_id: "support ticket 7",
		turn: 1,
	});
	expect(told(await place.run(["-s", "support ticket 7", "-q", "--json", "Two?"]))).toMatchObject({ turn: 2 });
	expect((await place.run(["--resume", "support", "-q", "--json", "Three?"])).stdout).toContain('"turn": 3');
});
