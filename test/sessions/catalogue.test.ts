import { mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Lease, SessionStore } from "../../src/checkpoint/log.ts";
import { createSession, openSession, sessionPath } from "../../src/checkpoint/session-directory.ts";
import type { Unsaved } from "../../src/core/events.ts";
import type { Terms } from "../../src/core/types.ts";
import { listSessions, type SessionSummary } from "../../src/sessions/catalogue.ts";
import { locateSession } from "../../src/sessions/locate.ts";

const directories: string[] = [];
const stores: SessionStore[] = [];
afterAll(async () => {
	await Promise.all(stores.map((store) => store.close()));
	for (const directory of directories) {
		rmSync(directory, { recursive: true, force: true });
	}
});

function directory(): string {
	const path = realpathSync(mkdtempSync(join(tmpdir(), "massgen-catalogue-")));
	directories.push(path);
	return path;
}

const terms: Terms = {
	number: 1,
	question: "Which way?",
	protocol: "vote",
	agents: [],
	maxAnswers: 2,
	maxFailures: 1,
	maxSteps: 50,
	stop: "majority",
	presentation: "verbatim",
	maxRestarts: 0,
	ballot: true,
	seed: 1,
	limits: { onLimit: "wrap_up", graceMs: 1_000 },
	prompts: 1,
};

const opened = (at: number): Unsaved => ({
	at,
	turn: 0,
	attempt: 0,
	type: "session.opened",
	config: {},
	configPath: "team.yaml",
	aliases: {},
});
const asked = (at: number, question: string): Unsaved => ({ at, turn: 1, attempt: 0, type: "turn.started", terms: { ...terms, question } });
const ended = (at: number): Unsaved => ({ at, turn: 1, attempt: 1, type: "turn.ended", outcome: "completed", final: "left" });

async function session(root: string, home: string, id: string, events: readonly Unsaved[]): Promise<{ store: SessionStore; lease: Lease }> {
	const store = await createSession(root, { home, id });
	stores.push(store);
	const lease = await store.acquire();
	await lease.append(events);
	return { store, lease };
}

async function finished(root: string, home: string, id: string, events: readonly Unsaved[]): Promise<void> {
	const { store } = await session(root, home, id, events);
	await store.close();
}

function brief(list: readonly SessionSummary[]): readonly string[] {
	return list.map((entry) => `${entry.index} ${entry.id} ${entry.status} ${entry.question ?? "-"}`);
}

test("M26: sessions of all places are listed, the latest activity first, with what their events say", async () => {
	const [home, one, two] = [directory(), directory(), directory()];
	await finished(one, home, "a", [opened(1_000), asked(2_000, "first?"), ended(3_000), asked(4_000, "second?"), ended(9_000)]);
	await finished(two, home, "b", [
		opened(1_500),
		asked(2_500, "open?"),
		{ at: 2_600, turn: 1, attempt: 1, type: "turn.interrupted", by: "SIGINT" },
	]);
	await finished(two, home, "c", [opened(500), { at: 600, turn: 0, attempt: 0, type: "session.renamed", name: "my trip" }]);
	const list = listSessions({ home, here: one });
	expect(brief(list)).toEqual(["1 a completed second?", "2 b interrupted open?", "3 c empty -"]);
	expect(list[0]).toEqual({
		index: 1,
		id: "a",
		directory: sessionPath(one, "a"),
		status: "completed",
		startedAt: 1_000,
		lastActivityAt: 9_000,
		configPath: "team.yaml",
		turns: 2,
		question: "second?",
		outcome: "completed",
	});
	expect(list[2]?.name).toBe("my trip");
});

test("M26: a session somebody drives is running; when the lease is given back with the turn open, it is interrupted", async () => {
	const [home, root] = [directory(), directory()];
	const { store, lease } = await session(root, home, "a", [opened(1_000), asked(2_000, "now?")]);
	expect(listSessions({ home, here: root })[0]).toMatchObject({ status: "running", driver: { pid: process.pid } });
	await lease.release();
	expect(listSessions({ home, here: root })[0]).toMatchObject({ status: "interrupted" });
	await store.close();
});

test("what changed is read again, what went is forgotten, and without the cache the list is the same", async () => {
	const [home, root] = [directory(), directory()];
	await finished(root, home, "a", [opened(1_000), asked(2_000, "one?"), ended(3_000)]);
	await finished(root, home, "b", [opened(1_000), asked(2_000, "two?"), ended(2_500)]);
	expect(brief(listSessions({ home, here: root }))).toEqual(["1 a completed one?", "2 b completed two?"]);
	const store = await openSession(sessionPath(root, "b"));
	await (await store.acquire()).append([asked(8_000, "three?")]);
	await store.close();
	const list = listSessions({ home, here: root });
	expect(brief(list)).toEqual(["1 b interrupted three?", "2 a completed one?"]);
	rmSync(join(home, ".massgen", "catalogue.db"));
	expect(listSessions({ home, here: root })).toEqual(list);
	rmSync(sessionPath(root, "a"), { recursive: true });
	expect(brief(listSessions({ home, here: root }))).toEqual(["1 b interrupted three?"]);
});

test("a remembered session is not opened again while its file stands still", async () => {
	const [home, root] = [directory(), directory()];
	await finished(root, home, "a", [opened(1_000), asked(2_000, "one?"), ended(3_000)]);
	const now = () => Date.now() + 60_000;
	const path = join(sessionPath(root, "a"), "session.db");
	const time = new Date(1_000_000);
	utimesSync(path, time, time);
	const list = listSessions({ home, here: root, now });
	// The same size and time, but nothing to read: only what is remembered can tell this list.
	writeFileSync(path, Buffer.alloc(statSync(path).size, 1));
	utimesSync(path, time, time);
	expect(listSessions({ home, here: root, now })).toEqual(list);
	expect(list[0]?.status).toBe("completed");
});

test("a damaged session is shown as damaged, with the reason, and breaks no other", async () => {
	const [home, root] = [directory(), directory()];
	await finished(root, home, "good", [opened(1_000), asked(2_000, "one?"), ended(3_000)]);
	for (const [id, content] of [
		["empty-file", ""],
		["text", "not a database at all, but long enough to look like one ".repeat(100)],
	] as const) {
		mkdirSync(sessionPath(root, id));
		writeFileSync(join(sessionPath(root, id), "session.db"), content);
	}
	const list = listSessions({ home, here: root });
	expect(list.map((entry) => `${entry.id} ${entry.status}`).sort()).toEqual(["empty-file damaged", "good completed", "text damaged"]);
	expect(list.find((entry) => entry.id === "text")?.problem).toContain("session.db is damaged");
	expect(
		listSessions({ home, here: root })
			.map((entry) => entry.status)
			.sort(),
	).toEqual(["completed", "damaged", "damaged"]);
});

test("a broken catalogue is made anew, and one that cannot be written is done without", async () => {
	const [home, root] = [directory(), directory()];
	await finished(root, home, "a", [opened(1_000)]);
	const catalogue = join(home, ".massgen", "catalogue.db");
	writeFileSync(catalogue, "nonsense ".repeat(2_000));
	expect(listSessions({ home, here: root })).toHaveLength(1);
	expect(listSessions({ home, here: root })).toHaveLength(1);
	const nowhere = join(home, "file");
	writeFileSync(nowhere, "");
	expect(listSessions({ home: nowhere, here: root })).toHaveLength(1);
});

test("directories of another program and a missing place are passed over", async () => {
	const [home, root, away] = [directory(), directory(), directory()];
	await finished(away, home, "away", [opened(1_000)]);
	await finished(root, home, "a", [opened(1_000)]);
	mkdirSync(join(root, ".massgen", "sessions", "session_20250101_000000", "turn_1"), { recursive: true });
	rmSync(away, { recursive: true });
	expect(listSessions({ home, here: join(root, "nowhere") }).map((entry) => entry.id)).toEqual(["a"]);
});

test("a session is found by id, name, number, the beginning of its id, and as the last one with a turn", async () => {
	const [home, here, there] = [directory(), directory(), directory()];
	await finished(here, home, "session_20260101_000000", [opened(1_000), asked(2_000, "one?"), ended(3_000)]);
	await finished(here, home, "idle", [opened(9_500)]);
	await finished(there, home, "trip", [
		opened(1_000),
		asked(8_000, "two?"),
		{ at: 9_000, turn: 0, attempt: 0, type: "session.renamed", name: "the trip" },
	]);
	const find = (wanted: string, from = here) => locateSession(wanted, { home, here: from });
	const first = { id: "session_20260101_000000", directory: sessionPath(here, "session_20260101_000000") };
	const trip = { id: "trip", directory: sessionPath(there, "trip") };
	expect(find("session_20260101_000000")).toEqual(first);
	expect(find("trip")).toEqual(trip);
	expect(find("the trip")).toMatchObject(trip);
	expect(find("session_2026")).toMatchObject(first);
	expect(find("1")).toMatchObject({ id: "idle" });
	expect(find("2")).toMatchObject(trip);
	expect(find("last")).toMatchObject(first);
	expect(find("last", directory())).toMatchObject(trip);
	expect(() => find("nothing")).toThrow('There is no session "nothing"');
	expect(() => find("")).toThrow("There is no session");
	expect(() => find("../../etc")).toThrow("There is no session");
	expect(() => locateSession("last", { home: directory(), here: directory() })).toThrow("No session has a turn yet");
});

test("of several that are meant those here are taken, and if they are several, all are named", async () => {
	const [home, here, there, elsewhere] = [directory(), directory(), directory(), directory()];
	await finished(here, home, "plan", [opened(1_000)]);
	await finished(there, home, "plan", [opened(2_000)]);
	await finished(there, home, "plot-1", [opened(3_000)]);
	await finished(there, home, "plot-2", [opened(3_000)]);
	expect(locateSession("plan", { home, here })).toEqual({ id: "plan", directory: sessionPath(here, "plan") });
	expect(locateSession("pl", { home, here })).toMatchObject({ id: "plan" });
	expect(() => locateSession("plan", { home, here: elsewhere })).toThrow(
		['"plan" may be any of 2 sessions:', ...[here, there].sort().map((root) => `  plan  in ${sessionPath(root, "plan")}`)].join("\n"),
	);
	expect(() => locateSession("plot", { home, here })).toThrow(/may be any of 2 sessions:\n {2}plot-\d/);
});
