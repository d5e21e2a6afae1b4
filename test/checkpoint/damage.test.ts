import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "../../src/checkpoint/driver.ts";
import { checksum } from "../../src/checkpoint/integrity.ts";
import { repairSession } from "../../src/checkpoint/repair.ts";
import { databaseName } from "../../src/checkpoint/schema.ts";
import { openSession } from "../../src/checkpoint/session-directory.ts";
import { allEvents, said } from "../contracts/session-store.ts";
import { flipped, makeSample, type Sample, seededRandom, truncated, tryDamaged } from "./damage.ts";
import { temporary } from "./temporary-session.ts";

const files = temporary();
afterAll(() => files.remove());

let directory = "";
let sample: Sample;
beforeAll(async () => {
	directory = join(files.directory(), "session_1");
	mkdirSync(directory);
	sample = await makeSample(directory, 400);
});

test("a flipped bit is noticed or harmless, and a repair keeps the events before it", async () => {
	const random = seededRandom(1);
	for (let number = 0; number < 40; number++) {
		const verdict = await tryDamaged(directory, flipped(sample.bytes, random), sample);
		expect(verdict.kind, verdict.problem).not.toBe("silent");
	}
});

test("a file that was cut off is refused, and a repair keeps the events before the cut", async () => {
	const random = seededRandom(2);
	for (let number = 0; number < 20; number++) {
		const verdict = await tryDamaged(directory, truncated(sample.bytes, random), sample);
		expect(verdict.kind, verdict.problem).not.toBe("silent");
	}
});

test("half a file gives back about half of the events", async () => {
	const verdict = await tryDamaged(directory, sample.bytes.subarray(0, sample.bytes.length / 2), sample);
	expect(verdict.kind).toBe("refused");
	expect(verdict.kept).toBeGreaterThan(100);
});

test("the error names the file, what is intact and the command that repairs it", async () => {
	const { store, directory, path } = await files.session();
	const lease = await store.acquire();
	await lease.append([said("one"), said("two"), said("three")]);
	await store.close();
	change(path, "UPDATE event SET data = replace(data, 'two', 'too') WHERE seq = 2");
	const broken = await files.open(directory);
	await expect(allEvents(broken)).rejects.toMatchObject({
		message: `${path} is damaged: event 2 is not what was written; event 1 is intact.`,
		hint: "Run `massgen sessions repair session_1`: it keeps every intact event and sets the damaged file aside.",
		code: "corrupt_session",
		path,
	});
});

test("a missing event is noticed, and a repair keeps those before it and the drafts", async () => {
	const { store, directory, path } = await files.session();
	const lease = await store.acquire();
	await lease.append([said("one"), said("two"), said("three")], { added: [{ step: "s1", agent: "ada", text: "half" }] });
	await store.close();
	change(path, "DELETE FROM event WHERE seq = 2");
	await expect(allEvents(await files.open(directory))).rejects.toThrow("event 2 is missing; event 1 is intact");
	const report = await repairSession(directory);
	expect(report).toMatchObject({ problem: "event 2 is missing; event 1 is intact.", kept: 1, lost: 1 });
	expect(existsSync(report.aside ?? "")).toBe(true);
	expect(readdirSync(directory).filter((name) => name.includes(".new"))).toEqual([]);
	const repaired = await files.open(directory);
	expect(await allEvents(repaired)).toHaveLength(1);
	expect(await repaired.drafts()).toEqual([{ step: "s1", agent: "ada", text: "half" }]);
	expect((await repaired.acquire()).epoch).toBe(2);
});

test("a changed time, epoch or number is noticed too", async () => {
	for (const column of ["at", "epoch", "crc"]) {
		const { store, directory, path } = await files.session();
		await (await store.acquire()).append([said("one")]);
		await store.close();
		change(path, `UPDATE event SET ${column} = ${column} + 1`);
		await expect(allEvents(await files.open(directory)), column).rejects.toMatchObject({ code: "corrupt_session" });
	}
});

test("an empty file, one that is no database and one of another program are refused with the repair command", async () => {
	for (const content of ["", "this is a text, and not a short one, so that it looks like a file with something in it".repeat(20)]) {
		const { store, directory, path } = await files.session();
		await store.close();
		writeFileSync(path, content);
		await expect(files.open(directory)).rejects.toMatchObject({
			code: "corrupt_session",
			hint: expect.stringContaining("massgen sessions repair"),
		});
	}
	const { store, directory, path } = await files.session();
	await store.close();
	change(path, "PRAGMA user_version = 0");
	await expect(files.open(directory)).rejects.toMatchObject({ code: "corrupt_session" });
});

test("a repair leaves a sound session alone", async () => {
	const { store, directory } = await files.session();
	await (await store.acquire()).append([said("one")]);
	await store.close();
	const before = readdirSync(directory);
	const id = directory.split("/").at(-1);
	expect(await repairSession(directory)).toEqual({ id, problem: undefined, kept: 1, lost: 0, aside: undefined });
	expect(readdirSync(directory)).toEqual(before);
});

test("a repair finds what is only in the log beside the file", async () => {
	const { store, path } = await files.session();
	const lease = await store.acquire();
	await lease.append([said("one"), said("two")]);
	await lease.release();
	const copy = files.directory();
	writeFileSync(join(copy, databaseName), readFileSync(path));
	writeFileSync(join(copy, `${databaseName}-wal`), readFileSync(`${path}-wal`));
	change(join(copy, databaseName), "PRAGMA user_version = 0");
	expect(await repairSession(copy)).toMatchObject({ kept: 2, lost: 0 });
	const repaired = await openSession(copy);
	expect(await allEvents(repaired)).toHaveLength(2);
	await repaired.close();
});

test("a repair is refused while somebody drives the session, and leaves nothing behind", async () => {
	const { store, directory } = await files.session();
	await (await store.acquire()).append([said("one")]);
	await expect(repairSession(directory)).rejects.toMatchObject({ code: "session_busy", pid: process.pid });
	expect(readdirSync(directory).filter((name) => name.includes("damaged"))).toEqual([]);
});

test("after a repair the log beside the old file does not come back", async () => {
	const { store, directory, path } = await files.session();
	await (await store.acquire()).append([said("one"), said("two")]);
	await store.close();
	change(path, "UPDATE event SET at = 0 WHERE seq = 2");
	appendFileSync(`${path}-wal`, Buffer.alloc(5_000, 7));
	await repairSession(directory);
	expect(existsSync(`${path}-wal`)).toBe(false);
	expect(await allEvents(await files.open(directory))).toHaveLength(1);
});

test("events of a newer program can be read, but not driven", async () => {
	const { store, directory, path } = await files.session();
	const lease = await store.acquire();
	await lease.append([said("one")]);
	await store.close();
	change(path, "INSERT INTO kind VALUES ('poem.recited', 1, 'massgen 9.1.0')");
	const newer = await files.open(directory);
	expect(await allEvents(newer)).toHaveLength(1);
	await expect(newer.acquire()).rejects.toMatchObject({
		code: "session_newer",
		message: expect.stringContaining('massgen 9.1.0 has added "poem.recited" of version 1'),
	});
});

test("an event that this program does not know can be read; whoever has met it does not drive", async () => {
	const { store, directory, path } = await files.session();
	await (await store.acquire()).append([said("one")]);
	await store.close();
	const data = '{"type":"poem.recited","v":3,"turn":1,"attempt":1,"lines":12}';
	change(path, `INSERT INTO event VALUES (2, 5, 1, '${data}', ${checksum(2, 5, 1, data)})`);
	const newer = await files.open(directory);
	expect((await allEvents(newer))[1]).toEqual({
		type: "poem.recited",
		v: 3,
		seq: 2,
		at: 5,
		epoch: 1,
		session: newer.id,
		turn: 1,
		attempt: 1,
		lines: 12,
	});
	await expect(newer.acquire()).rejects.toMatchObject({
		code: "session_newer",
		message: expect.stringContaining('event 2 is "poem.recited" of version 3'),
	});
});

test("a file of a newer layout is not opened", async () => {
	const { store, directory, path } = await files.session();
	await store.close();
	change(path, "PRAGMA user_version = 2");
	await expect(files.open(directory)).rejects.toMatchObject({ code: "session_newer" });
});

function change(path: string, sql: string): void {
	const database = openDatabase(path);
	database.exec(sql);
	database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
	database.close();
}
