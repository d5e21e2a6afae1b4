import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { notePlace } from "../src/checkpoint/places.ts";
import { createDatabase, databaseName } from "../src/checkpoint/schema.ts";
import { openSession, sessionPath } from "../src/checkpoint/session-directory.ts";
import type { Unsaved } from "../src/core/events.ts";
import { listSessions } from "../src/sessions/catalogue.ts";

const count = 10_000;

/** Lists 10,000 sessions: from nothing, again, after one has changed; beside the start of a bare Node. */
export async function bench(print: (line: string) => void): Promise<void> {
	const directory = mkdtempSync(join(tmpdir(), "massgen-bench-"));
	try {
		const [home, here] = [join(directory, "home"), join(directory, "here")];
		mkdirSync(home);
		await makeSessions(here, join(directory, "template"));
		notePlace(home, here);
		const now = () => Date.now() + 60_000;
		const list = () => milliseconds(() => listSessions({ home, here, now }));
		const rebuilt = list();
		const again = [list(), list(), list()].sort((a, b) => a - b)[1] ?? 0;
		const store = await openSession(sessionPath(here, "session_5000"));
		await (await store.acquire()).append([event(99_000)]);
		await store.close();
		const changed = list();
		print(`| ${count} sessions of 40 events | ms |`);
		print("|---|---|");
		print(`| start of a bare node | ${floor().toFixed(0)} |`);
		print(`| first listing: the catalogue is built | ${rebuilt.toFixed(0)} |`);
		print(`| listing | ${again.toFixed(0)} |`);
		print(`| listing after one session changed | ${changed.toFixed(0)} |`);
	} finally {
		rmSync(directory, { recursive: true, force: true });
	}
}

async function makeSessions(here: string, template: string): Promise<void> {
	mkdirSync(template);
	createDatabase(join(template, databaseName));
	const store = await openSession(template);
	const lease = await store.acquire();
	await lease.append(Array.from({ length: 40 }, (_, index) => event(1_000 + index)));
	await store.close();
	for (let number = 0; number < count; number++) {
		const directory = sessionPath(here, `session_${number}`);
		mkdirSync(directory, { recursive: true });
		copyFileSync(join(template, databaseName), join(directory, databaseName));
	}
}

function event(at: number): Unsaved {
	return { at, turn: 1, attempt: 1, type: "message.added", text: "word ".repeat(100), to: [] };
}

function milliseconds(work: () => void): number {
	const start = performance.now();
	work();
	return performance.now() - start;
}

function floor(): number {
	const times = Array.from({ length: 5 }, () => milliseconds(() => spawnSync(process.execPath, ["-e", "0"])));
	return times.sort((a, b) => a - b)[2] ?? 0;
}
