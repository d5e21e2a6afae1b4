import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { openSessionDatabase } from "../../src/checkpoint/schema.ts";
import { allEvents, said, sessionStoreContract } from "../contracts/session-store.ts";
import { temporary } from "./temporary-session.ts";

const files = temporary();
afterAll(() => files.remove());

test("a commit waits for the disk", async () => {
	const { path } = await files.session();
	const database = await openSessionDatabase({ id: "session_1", path });
	expect(database.prepare("PRAGMA file.synchronous").get()).toMatchObject({ synchronous: 2 });
	expect(database.prepare("PRAGMA file.journal_mode").get()).toMatchObject({ journal_mode: "wal" });
	database.close();
});

test("a closed session is one file, and holds none open", async () => {
	const { store, directory } = await files.session();
	const lease = await store.acquire();
	const reader = await files.open(directory);
	await lease.append([said("one")]);
	expect(await allEvents(reader)).toHaveLength(1);
	await reader.close();
	await store.close();
	expect(readdirSync(directory)).toEqual(["session.db"]);
	const open = existsSync("/proc/self/fd") ? readdirSync("/proc/self/fd").map(target) : [];
	expect(open.filter((path) => path.startsWith(directory))).toEqual([]);
});

/** What an open file handle of this process leads to. */
function target(handle: string): string {
	try {
		return readlinkSync(`/proc/self/fd/${handle}`);
	} catch {
		return "";
	}
}

describe("a session in a file", () => {
	sessionStoreContract({
		async create() {
			const { store, directory } = await files.session();
			return { store, again: () => files.open(directory) };
		},
	});
});
