import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { isSafe } from "../../src/checkpoint/driver.ts";
import { checksum, intactEvent } from "../../src/checkpoint/integrity.ts";
import { isGone, thisProcess } from "../../src/checkpoint/liveness.ts";
import { knownEventTypes, serialise, understands, upcast } from "../../src/checkpoint/upcast.ts";
import { said } from "../contracts/session-store.ts";

test("the sum of a row stays what it is: sessions of today are read by the programs of tomorrow", () => {
	expect(checksum(1, 1_763_632_800_000, 1, '{"type":"message.added"}')).toBe(685258480);
});

test("each part of a row changes its sum", () => {
	const sums = [
		checksum(1, 2, 3, "x"),
		checksum(2, 2, 3, "x"),
		checksum(1, 3, 3, "x"),
		checksum(1, 2 + 2 ** 40, 3, "x"),
		checksum(1, 2, 4, "x"),
		checksum(1 + 2 ** 33, 2, 3, "x"),
		checksum(1, 2, 3, "y"),
	];
	expect(new Set(sums).size).toBe(sums.length);
});

test("a row with a value of another type is not intact", () => {
	const row = { seq: 1, at: 2, epoch: 3, data: "x", crc: checksum(1, 2, 3, "x") };
	expect(intactEvent(row)).toEqual(row);
	expect(intactEvent({ ...row, data: Buffer.from("x") })).toBeUndefined();
	expect(intactEvent({ ...row, at: "2" })).toBeUndefined();
	expect(intactEvent({})).toBeUndefined();
});

test("an event is stored with its type first, and comes back as it was", () => {
	const data = serialise(said("hello", 5));
	expect(data).toBe('{"type":"message.added","v":1,"turn":1,"attempt":1,"text":"hello","to":["ada"]}');
	const event = upcast({ seq: 7, at: 5, epoch: 2, data, crc: 0 }, "session_1");
	expect(event).toEqual({ ...said("hello", 5), v: 1, seq: 7, epoch: 2, session: "session_1" });
});

test("what is no event is none", () => {
	for (const data of ["", "[]", "null", "{}", '{"type":"x","v":1,"turn":1}', '{"type":1,"v":1,"turn":1,"attempt":1}']) {
		expect(upcast({ seq: 1, at: 1, epoch: 1, data, crc: 0 }, "s"), data).toBeUndefined();
	}
});

test("this program goes on with types that it knows, in forms that it knows", () => {
	expect(understands("turn.started", 1)).toBe(true);
	expect(understands("turn.started", 2)).toBe(false);
	expect(understands("poem.recited", 1)).toBe(false);
	expect(knownEventTypes.size).toBeGreaterThan(30);
});

test("the SQLite in Node is used from the version on that does not lose commits", () => {
	expect(["3.51.3", "3.51.4", "3.53.0", "4.0.0"].map(isSafe)).toEqual([true, true, true, true]);
	expect(["3.51.2", "3.50.9", "3.47.2", "2.99.9", "", undefined].map(isSafe)).toEqual([false, false, false, false, false, false]);
});

test("a process is gone when it has ended, when it waits to be buried, and when its pid belongs to another one", async () => {
	const me = thisProcess();
	expect(isGone(me)).toBe(false);
	expect(isGone({ ...me, host: "another machine" })).toBe(false);
	const child = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1e6)"]);
	await once(child, "spawn");
	expect(isGone({ ...me, pid: child.pid ?? 0, started: "" })).toBe(false);
	child.kill("SIGKILL");
	await once(child, "exit");
	expect(isGone({ ...me, pid: child.pid ?? 0, started: "" })).toBe(true);
});

test.runIf(process.platform === "linux")("a pid that was given anew is told by the start time of its process", () => {
	expect(isGone({ ...thisProcess(), started: "1" })).toBe(true);
});
