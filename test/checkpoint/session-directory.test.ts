import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { notePlace, places } from "../../src/checkpoint/places.ts";
import { createSession, openSession, sessionPath, sessionsIn } from "../../src/checkpoint/session-directory.ts";
import { directoryName, idOf } from "../../src/checkpoint/session-name.ts";
import { said } from "../contracts/session-store.ts";
import { temporary } from "./temporary-session.ts";

const files = temporary();
afterAll(() => files.remove());

const now = () => new Date(2026, 10, 20, 9, 8, 7).getTime();

test("a session is called after its second, with a suffix when that is taken", async () => {
	const root = files.directory();
	const ids: string[] = [];
	for (let number = 0; number < 3; number++) {
		const store = await createSession(root, { home: root, now });
		ids.push(store.id);
		await store.close();
	}
	expect(ids).toEqual(["session_20261120_090807", "session_20261120_090807_2", "session_20261120_090807_3"]);
	expect(sessionsIn(root).map((place) => place.id)).toEqual(ids);
	const names = readdirSync(sessionPath(root, "session_20261120_090807"));
	expect(names.filter((name) => !/^session\.db(-wal|-shm)?$/.test(name))).toEqual([]);
});

test("where sessions are is noted in the home directory before the first one, once", async () => {
	const [root, home] = [files.directory(), files.directory()];
	await (await createSession(root, { home })).close();
	await (await createSession(root, { home })).close();
	expect(places(home)).toEqual([realpathSync(root)]);
	expect(readdirSync(join(home, ".massgen", "places"))).toHaveLength(1);
});

test("a home that cannot be written is told, and no reason to stop", async () => {
	const root = files.directory();
	const home = join(root, "home");
	writeFileSync(home, "a file");
	const warnings: string[] = [];
	const store = await createSession(root, { home, warn: (message) => warnings.push(message) });
	await store.close();
	expect(warnings).toHaveLength(1);
	expect(warnings[0]).toContain("a file stands where a directory should be");
	expect(places(home)).toEqual([]);
});

test("a place that is noted damaged or twice costs no other", () => {
	const home = files.directory();
	const [first, second] = [files.directory(), files.directory()];
	notePlace(home, first);
	notePlace(home, second);
	writeFileSync(join(home, ".massgen", "places", "0".repeat(32)), "");
	mkdirSync(join(home, ".massgen", "places", "f".repeat(32)));
	expect(places(home)).toEqual([realpathSync(first), realpathSync(second)].sort());
});

test("an id may be taken only once, also in other letters", async () => {
	const root = files.directory();
	await (await createSession(root, { home: root, id: "Plan" })).close();
	await expect(createSession(root, { home: root, id: "Plan" })).rejects.toMatchObject({ code: "session_exists", sessionId: "Plan" });
	await expect(createSession(root, { home: root, id: "plan" })).rejects.toThrow("differs only in upper and lower case from Plan");
});

test("a session that was created and opened again is the same one", async () => {
	const root = files.directory();
	const created = await createSession(root, { home: root, id: "trip to 東京 / 2026?" });
	const [event] = await (await created.acquire()).append([said("one")]);
	await created.close();
	const opened = await openSession(sessionPath(root, "trip to 東京 / 2026?"));
	expect(opened.id).toBe("trip to 東京 / 2026?");
	for await (const page of opened.read()) {
		expect(page).toEqual([event]);
	}
	await opened.close();
});

test("a session that does not exist is not made by opening it", async () => {
	const root = files.directory();
	const path = sessionPath(root, "nothing");
	await expect(openSession(path)).rejects.toMatchObject({ code: "session_not_found", sessionId: "nothing" });
	expect(existsSync(path)).toBe(false);
});

test("a file where the directory should be is told as that", async () => {
	const root = files.directory();
	writeFileSync(join(root, ".massgen"), "a file");
	await expect(createSession(root, { home: root })).rejects.toMatchObject({
		code: "store-error",
		exitCode: 74,
		message: expect.stringContaining("a file stands where"),
	});
});

test("directories without a session file are not sessions", () => {
	const root = files.directory();
	mkdirSync(join(root, ".massgen", "sessions", "session_20250101_000000", "turn_1"), { recursive: true });
	expect(sessionsIn(root)).toEqual([]);
	expect(sessionsIn(join(root, "nowhere"))).toEqual([]);
});

test("the note of a place is its path and nothing else", () => {
	const [root, home] = [files.directory(), files.directory()];
	notePlace(home, root);
	const [name = ""] = readdirSync(join(home, ".massgen", "places"));
	expect(readFileSync(join(home, ".massgen", "places", name), "utf8")).toBe(`${realpathSync(root)}\n`);
});

describe("the name of a directory", () => {
	test.each([
		["plain-id_1.2", "plain-id_1.2"],
		["a/b\\c", "a%2Fb%5Cc"],
		["50% off", "50%25%20off"],
		["what? *now*", "what%3F%20%2Anow%2A"],
		["CON", "%43ON"],
		["nul.txt", "%6Eul.txt"],
		["console", "console"],
		["dot.", "dot%2E"],
		["..x", "..x"],
		["é", "%C3%A9"],
		["e\u0301", "%C3%A9"],
		["a\u0000b\n", "a%00b%0A"],
		["'~!()", "%27%7E%21%28%29"],
	])("of %j is %s on every file system", (id, name) => {
		expect(directoryName(id)).toBe(name);
		expect(idOf(name)).toBe(id.normalize("NFC"));
	});

	test.each(["", "  ", ".", "..", "x".repeat(201), "界".repeat(100), "\ud800"])("of %j is refused", (id) => {
		expect(() => directoryName(id)).toThrow(/cannot be the id of a session/);
	});

	test.each(["%zz", "a%2", "%41", "a b", "..."])("%j stands for no session", (name) => {
		expect(idOf(name)).toBeUndefined();
	});
});
