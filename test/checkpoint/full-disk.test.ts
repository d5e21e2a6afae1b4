import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openDatabase } from "../../src/checkpoint/driver.ts";
import { storeFailure } from "../../src/checkpoint/failures.ts";
import { MassgenError } from "../../src/errors.ts";
import { allEvents, said } from "../contracts/session-store.ts";
import { bundleChild, run } from "./child.ts";
import { starve } from "./starve.ts";
import { temporary } from "./temporary-session.ts";

const files = temporary();
const child = bundleChild("driver");
afterAll(() => files.remove());

/** Where this machine has a file system that nobody may write to: containers have one at least. */
const readOnlyPlace = existsSync("/proc/mounts")
	? readFileSync("/proc/mounts", "utf8")
			.split("\n")
			.map((line) => line.split(" "))
			.find(([, directory = "", type, options = ""]) => type !== "proc" && options.split(",").includes("ro") && existsSync(directory))?.[1]
	: undefined;

const place = { id: "session_1", path: "/nowhere/session.db" };

// Different limits, so that the write that fails is another one each time: of the log beside the file, of its index, of the file itself.
test.each([16, 33, 60, 150])(
	"when files may not grow over %i kB, the error says so and all that was acknowledged is there",
	async (kilobytes) => {
		const { store, directory } = await files.session();
		await store.close();
		const report = await starve(child, directory, kilobytes);
		expect(report.error).toContain('"exitCode":74');
		expect(report.error).toMatch(/ulimit -f|disk is full/);
		expect(report.there).toBeGreaterThanOrEqual(report.acknowledged);
	},
);

test("when too many files are open, the error says so", async () => {
	const { store, directory } = await files.session();
	await store.close();
	const crowded = run("bash", ["-c", `ulimit -n 64; exec "$0" "$@"`, process.execPath, child, "crowded", directory]);
	expect(await crowded.line(/^failed/)).toMatch(/too many files are open/);
});

test("a session in a directory that may not be written can be read, and taking it says that there is no permission", async () => {
	const { store, path } = await files.session();
	await (await store.acquire()).append([said("one"), said("two")]);
	await store.close();
	const copy = files.directory();
	copyFileSync(path, join(copy, "session.db"));
	chmodSync(join(copy, "session.db"), 0o444);
	chmodSync(copy, 0o555);
	const reader = run(process.execPath, [child, "read", copy]);
	expect(await reader.line(/^read/)).toBe("read 2");
	expect(await reader.line(/^failed/)).toContain(`No permission to write ${join(copy, "session.db")}`);
	chmodSync(copy, 0o755);
});

test("a session whose file is removed while it is open stays readable, and another process is told that it is gone", async () => {
	const { store, directory, path } = await files.session();
	await (await store.acquire()).append([said("one")]);
	rmSync(path);
	expect(await allEvents(store)).toHaveLength(1);
	await expect(files.open(directory)).rejects.toMatchObject({ code: "session_not_found" });
});

describe("a failure of the file system", () => {
	test.each([
		["ENOSPC", "the disk is full"],
		["EDQUOT", "the disk is full"],
		["EACCES", "No permission"],
		["EROFS", "read-only file system"],
		["EMFILE", "too many files"],
		["EFBIG", "limit on the size of files"],
		["ENOENT", "not there any more"],
		["ENOTDIR", "a file stands where a directory should be"],
		["EWHATEVER", "cannot be written"],
	])("%s says what happened and what to do", (code, words) => {
		const cause = Object.assign(new Error("it failed"), { code, syscall: "open" });
		const failure = storeFailure(cause, place);
		expect(failure).toMatchObject({
			code: "store-error",
			exitCode: 74,
			cause,
			hint: expect.stringMatching(/\.$/),
			message: expect.stringContaining(words),
		});
	});

	test("a full disk is told whether SQLite gives its code or only its words", () => {
		for (const error of [
			Object.assign(new Error("x"), { errcode: 13 }),
			Object.assign(new Error("database or disk is full"), { code: "ERR_SQLITE_ERROR" }),
		]) {
			expect(storeFailure(error, place)).toMatchObject({ message: expect.stringContaining("the disk is full") });
		}
	});

	test.skipIf(readOnlyPlace === undefined)("a directory that cannot be made on a read-only file system is not told to be gone", () => {
		const path = join(readOnlyPlace ?? "/", "project", ".massgen", "sessions");
		try {
			mkdirSync(path, { recursive: true });
			expect.unreachable();
		} catch (error) {
			expect(storeFailure(error, { id: "session_1", path })).toMatchObject({
				message: expect.stringContaining("is on a read-only file system"),
			});
		}
	});

	test("what is a bug stays one", () => {
		const bug = new TypeError("x is not a function");
		expect(storeFailure(bug, place)).toBe(bug);
		const known = new MassgenError("a", "b");
		expect(storeFailure(known, place)).toBe(known);
	});

	test("SQLite says only that it could not open; why is found out", () => {
		const directory = join(files.directory(), "session.db");
		mkdirSync(directory);
		try {
			openDatabase(directory);
			expect.unreachable();
		} catch (error) {
			expect(storeFailure(error, { id: "session_1", path: directory })).toMatchObject({ code: "store-error" });
		}
	});
});

test("a closed session is all in its one file, for those who copy it", async () => {
	const { store, path } = await files.session();
	const lease = await store.acquire();
	await lease.append([said("needle in the file")]);
	await store.close();
	expect(readFileSync(path).includes("needle in the file")).toBe(true);
});
