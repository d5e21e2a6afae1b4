import { once } from "node:events";
import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { openDatabase } from "../../src/checkpoint/driver.ts";
import { allEvents, said } from "../contracts/session-store.ts";
import { bundleChild, run } from "./child.ts";
import { temporary } from "./temporary-session.ts";

const files = temporary();
const child = bundleChild("driver");
afterAll(() => files.remove());

const later = () => Date.now() + 60_000;

test("a holder learns from its heartbeat that another one has taken over, and why is in the signal", async () => {
	const { store, directory } = await files.session({ rhythm: { beatMs: 5, staleMs: 15_000 } });
	const lease = await store.acquire();
	const other = await files.open(directory, { now: later });
	const next = await other.acquire();
	expect(next.epoch).toBe(lease.epoch + 1);
	if (!lease.lost.aborted) {
		await once(lease.lost, "abort");
	}
	expect(lease.lost.reason).toMatchObject({ code: "lease_lost", sessionId: "session_1" });
	await expect(lease.append([said("late")])).rejects.toBe(lease.lost.reason);
});

test("a holder that is refused an append aborts its signal at once", async () => {
	const { store, directory } = await files.session();
	const lease = await store.acquire();
	await (await files.open(directory, { now: later })).acquire();
	await expect(lease.append([said("late")])).rejects.toMatchObject({ code: "lease_lost" });
	expect(lease.lost.reason).toMatchObject({ code: "lease_lost" });
	await lease.release();
	expect(await store.holder()).toMatchObject({ epoch: lease.epoch + 1 });
});

test("a heartbeat keeps the lease: it is not stale while it beats", async () => {
	let now = 1_000_000;
	const clock = { now: () => now, rhythm: { beatMs: 2, staleMs: 15_000 } };
	const { store, directory } = await files.session(clock);
	await store.acquire();
	const other = await files.open(directory, clock);
	now += 14_000;
	await expect.poll(async () => (await other.holder())?.ageMs).toBe(0);
	now += 14_000;
	await expect(other.acquire()).rejects.toMatchObject({ code: "session_busy" });
});

test("a holder that can write no heartbeat for long stops before another one may take over", async () => {
	let now = 1_000_000;
	const { store, path } = await files.session({ now: () => now, rhythm: { beatMs: 5, staleMs: 15_000 } });
	const lease = await store.acquire();
	const vandal = openDatabase(path);
	vandal.exec("ALTER TABLE lease RENAME TO lost_lease");
	now += 11_000;
	await once(lease.lost, "abort");
	expect(lease.lost.reason).toMatchObject({ code: "corrupt_session" });
	vandal.close();
});

test("an event that was written behind the holder's back is noticed at its next append", async () => {
	const { store, path } = await files.session();
	const lease = await store.acquire();
	await lease.append([said("one")]);
	const vandal = openDatabase(path);
	vandal.exec("INSERT INTO event SELECT 2, at, epoch, data, crc FROM event");
	vandal.close();
	await expect(lease.append([said("two")])).rejects.toThrow("its last event is 2, though this process wrote 1");
});

test("an append that fails leaves nothing behind, and the next one gets its number", async () => {
	const { store } = await files.session();
	const lease = await store.acquire();
	await expect(lease.append([said("one"), said("two", Number.NaN)])).rejects.toThrow();
	expect(await allEvents(store)).toEqual([]);
	expect((await lease.append([said("one")]))[0]?.seq).toBe(1);
});

test("a holder that was stopped in the middle of a write is named, with the command that ends it", async () => {
	const { directory, path } = await files.session();
	const holder = run(process.execPath, [child, "acquire", directory]);
	await holder.line(/^drives/);
	holder.process.kill("SIGSTOP");
	// What it holds when it is stopped in a commit, held in its place.
	const lock = openDatabase(path);
	lock.exec("BEGIN IMMEDIATE");
	const newcomer = await files.open(directory, { now: later });
	await expect(newcomer.acquire()).rejects.toMatchObject({
		code: "session_busy",
		pid: holder.process.pid,
		message: expect.stringContaining(`stopped in the middle of a write: end it with \`kill -9 ${holder.process.pid}\``),
	});
	lock.exec("ROLLBACK");
	lock.close();
	holder.process.kill("SIGKILL");
	await holder.ended;
	expect((await newcomer.acquire()).epoch).toBe(2);
});

test("drafts of a hundred agents are one commit", async () => {
	const { store, path } = await files.session();
	const lease = await store.acquire();
	const before = commits(path);
	await lease.addDrafts(Array.from({ length: 100 }, (_, index) => ({ step: `s${index}`, agent: `agent${index}`, text: "some words" })));
	expect(commits(path) - before).toBe(1);
});

test("events, drafts that end and drafts that are added are one commit", async () => {
	const { store, path } = await files.session();
	const lease = await store.acquire();
	await lease.addDrafts([{ step: "s1", agent: "ada", text: "half" }]);
	const before = commits(path);
	await lease.append([said("one"), said("two")], { finished: ["s1"], added: [{ step: "s2", agent: "bob", text: "more" }] });
	expect(commits(path) - before).toBe(1);
});

test("what was asked of a process that is gone does not hit the next one", async () => {
	const { store, directory } = await files.session();
	await store.acquire();
	const asker = await files.open(directory, { now: later });
	// Put to the first holder while it still signs, and left unanswered.
	const fresh = await files.open(directory);
	const number = await fresh.request({ type: "interrupt", by: "SIGINT" });
	const lease = await asker.acquire();
	expect(await lease.requests()).toEqual([]);
	expect(await fresh.answer(number)).toBe("The process that drove the session ended before it could answer.");
});

test("a request this program does not know is passed over", async () => {
	const { store, path } = await files.session();
	const lease = await store.acquire();
	const other = openDatabase(path);
	other.exec(
		`INSERT INTO request (body, answer, at, epoch) VALUES ('{"type":"dance"}', NULL, 0, 1), ('[]', NULL, 0, 1), ('x', NULL, 0, 1), ('{"type":"drop","agent":"ada"}', NULL, 0, 1)`,
	);
	other.close();
	expect(await lease.requests()).toEqual([{ number: 4, request: { type: "drop", agent: "ada" } }]);
});

/** Frames of the log beside the file that end a commit. */
function commits(path: string): number {
	const log = readFileSync(`${path}-wal`);
	let count = 0;
	for (let start = 32; start + 24 <= log.length; start += 24 + 4_096) {
		count += log.readUInt32BE(start + 4) === 0 ? 0 : 1;
	}
	return count;
}
