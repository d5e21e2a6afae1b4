import { closeSync, fdatasyncSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../src/checkpoint/driver.ts";
import type { Lease, SessionStore } from "../src/checkpoint/log.ts";
import { createDatabase, databaseName } from "../src/checkpoint/schema.ts";
import { openSession } from "../src/checkpoint/session-directory.ts";
import type { Unsaved } from "../src/core/events.ts";
import { emptySession, evolveSession } from "../src/core/session.ts";
import { turnEvents } from "./recorded-mix.ts";

const rounds = 1_000;

/** The log beside what it cannot be faster than: one fsync, and one bare insert, on the same disk in the same run. */
export async function bench(print: (line: string) => void): Promise<void> {
	const directory = mkdtempSync(join(tmpdir(), "massgen-bench-"));
	try {
		await appends(directory, print);
		await folds(directory, print);
		await drafts(directory, print);
	} finally {
		rmSync(directory, { recursive: true, force: true });
	}
}

async function appends(directory: string, print: (line: string) => void): Promise<void> {
	const { store, lease } = await session(join(directory, "appends"));
	const bare = openDatabase(join(directory, "bare.db"));
	bare.exec(
		"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE event (seq INTEGER PRIMARY KEY, data TEXT NOT NULL) STRICT;",
	);
	const insert = bare.prepare("INSERT INTO event (data) VALUES (?)");
	const file = openSync(join(directory, "flushed"), "w");
	const block = Buffer.alloc(4_096, 1);
	const text = JSON.stringify(event(600));
	const work: Readonly<Record<string, () => unknown>> = {
		"write of 4 kB and one fdatasync": () => {
			writeSync(file, block);
			fdatasyncSync(file);
		},
		"bare insert of one row": () => insert.run(text),
		"append of 1 event": () => lease.append([event(600)]),
		"append of 3 events": () => lease.append([event(600), event(600), event(600)]),
		"append of 1 event of 4 kB": () => lease.append([event(4_000)]),
	};
	const times = new Map<string, number[]>(Object.keys(work).map((name) => [name, []]));
	// Turn by turn, so that what else the machine does meets all of them alike.
	for (let round = 0; round < rounds; round++) {
		for (const [name, run] of Object.entries(work)) {
			const start = performance.now();
			await run();
			times.get(name)?.push(performance.now() - start);
		}
	}
	print(`| ${rounds} times each, in turn | p50 ms | p99 ms | max ms |`);
	print("|---|---|---|---|");
	for (const [name, measured] of times) {
		print(`| ${name} | ${quantile(measured, 0.5)} | ${quantile(measured, 0.99)} | ${quantile(measured, 1)} |`);
	}
	closeSync(file);
	bare.close();
	await store.close();
}

async function folds(directory: string, print: (line: string) => void): Promise<void> {
	print("");
	print("| fold of a stored session | read and check ms | and fold ms | peak memory MB |");
	print("|---|---|---|---|");
	for (const count of [10_000, 100_000]) {
		const { store, lease } = await session(join(directory, `fold-${count}`));
		let turns = 0;
		while (lease.seq < count) {
			await lease.append(turnEvents(++turns));
		}
		const reading = await milliseconds(async () => {
			for await (const page of store.read()) {
				page.length;
			}
		});
		const folding = await milliseconds(async () => {
			let session = emptySession;
			for await (const page of store.read()) {
				session = page.reduce(evolveSession, session);
			}
			session.turns.length;
		});
		print(
			`| ${lease.seq} events in ${turns} turns | ${reading.toFixed(0)} | ${folding.toFixed(0)} | ${(process.memoryUsage.rss() / 1e6).toFixed(0)} |`,
		);
		await store.close();
	}
}

async function drafts(directory: string, print: (line: string) => void): Promise<void> {
	const { store, lease } = await session(join(directory, "drafts"));
	const agents = Array.from({ length: 100 }, (_, index) => ({ step: `s${index}`, agent: `agent${index}`, text: "x".repeat(105) }));
	const times: number[] = [];
	const before = process.cpuUsage();
	for (let tick = 0; tick < 240; tick++) {
		times.push(await milliseconds(() => lease.addDrafts(agents)));
	}
	const used = process.cpuUsage(before);
	const finishing = await milliseconds(() => lease.append([event(600)], { finished: ["s7"] }));
	const blocked = (times.reduce((sum, time) => sum + time, 0) / (240 * 250)) * 100;
	print("");
	print("| drafts: 100 agents, 105 new bytes each, 240 ticks (a minute at 4 per second) | |");
	print("|---|---|");
	print(`| one tick p50 / p99 | ${quantile(times, 0.5)} / ${quantile(times, 0.99)} ms |`);
	print(`| share of the time in which the loop is blocked | ${blocked.toFixed(2)} % |`);
	print(`| processor | ${(((used.user + used.system) / 1e6 / 60) * 100).toFixed(2)} % |`);
	print(`| append that finishes one step of 240 parts among 24,000 | ${finishing.toFixed(1)} ms |`);
	await store.close();
}

async function session(directory: string): Promise<{ readonly store: SessionStore; readonly lease: Lease }> {
	mkdirSync(directory);
	createDatabase(join(directory, databaseName));
	const store = await openSession(directory);
	return { store, lease: await store.acquire() };
}

function event(bytes: number): Unsaved {
	return { at: Date.now(), turn: 1, attempt: 1, type: "message.added", text: "word ".repeat(bytes / 5), to: ["ada"] };
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
	const start = performance.now();
	await work();
	return performance.now() - start;
}

function quantile(times: readonly number[], share: number): string {
	const sorted = [...times].sort((a, b) => a - b);
	return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(3);
}
