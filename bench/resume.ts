import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createSession, openSession, sessionDirectories, sessionPath } from "../src/checkpoint/session-directory.ts";
import type { Recorded, Unsaved } from "../src/core/events.ts";
import { median } from "./orders.ts";
import { turnEvents } from "./recorded-mix.ts";

const rounds = 9;
const sizes = [10_000, 100_000] as const;
const bin = join(import.meta.dirname, "../bin/massgen.js");

/** How long it takes until a stored session goes on, from the command to its first model request, over a session that is new. */
export async function bench(print: (line: string) => void): Promise<void> {
	const place = mkdtempSync(join(tmpdir(), "massgen-bench-"));
	const server = await silentServer();
	try {
		mkdirSync(join(place, "home"));
		writeFileSync(join(place, "team.yaml"), JSON.stringify({ agents: [{ id: "a", backend: server.backend }] }));
		const ask = ["--config", "team.yaml", "A question?"];
		const fresh = () => untilRequest(place, ask, server);
		await fresh();
		const [first] = sessionDirectories(place);
		if (!first) throw new Error("There is no session.");
		const open = await eventsOf(first.directory);
		const sessions: string[] = [];
		for (const size of sizes) sessions.push(await longSession(place, open, size));
		const resume = async (directory: string) => {
			// A fresh copy each time: a call during which the process dies again and again counts as failed.
			const copy = `${directory}_copy`;
			rmSync(copy, { recursive: true, force: true });
			cpSync(directory, copy, { recursive: true });
			return untilRequest(place, ["--resume", basename(copy)], server);
		};
		const cases = [fresh, ...sessions.map((directory) => () => resume(directory))];
		const times = cases.map((): { ms: number; peakMb: number }[] => []);
		for (let round = 0; round < rounds; round++) for (const [index, measure] of cases.entries()) times[index]?.push(await measure());
		const [start = 0, ...rest] = times.map((all) => median(all.map(({ ms }) => ms)));
		const peaks = times.map((all) => Math.max(...all.map(({ peakMb }) => peakMb)));
		print(`| medians of ${rounds}, in turn | to the first request ms | over a new session | peak memory MB |`);
		print("|---|---|---|---|");
		print(`| a new session | ${start.toFixed(0)} | | ${peaks[0]?.toFixed(0)} |`);
		for (const [index, size] of sizes.entries())
			print(
				`| resuming ${size} events | ${rest[index]?.toFixed(0)} | + ${((rest[index] ?? 0) - start).toFixed(0)} | ${peaks[index + 1]?.toFixed(0)} |`,
			);
		print("| goal | | + 60 and + 700 | 400 at 100,000 |");
	} finally {
		server.http.close();
		server.http.closeAllConnections();
		rmSync(place, { recursive: true, force: true });
	}
}

/** A session of many finished turns whose last one is open, as a killed process left it. */
async function longSession(place: string, open: readonly Recorded[], size: number): Promise<string> {
	const store = await createSession(place, { home: join(place, "home"), id: `long_${size}` });
	const lease = await store.acquire();
	await lease.append(open.filter(({ turn }) => turn === 0).map(unsaved));
	let turns = 0;
	while (lease.seq < size - open.length) await lease.append(turnEvents(++turns));
	const last = turns + 1;
	// The same open turn under another number, which also begins the ids in it.
	const renumbered: Unsaved[] = JSON.parse(
		JSON.stringify(open.filter(({ turn }) => turn === 1).map(unsaved)).replaceAll(/"((?:assignment|step)":")1\./g, `"$1${last}.`),
	);
	await lease.append(
		renumbered.map((event) => ({
			...(event.type === "turn.started" ? { ...event, terms: { ...event.terms, number: last } } : event),
			at: Date.now(),
			turn: last,
		})),
	);
	await lease.release();
	await store.close();
	return sessionPath(place, store.id);
}

function unsaved({ v: _v, seq: _seq, epoch: _epoch, session: _session, ...event }: Recorded): Unsaved {
	return event;
}

async function eventsOf(directory: string): Promise<readonly Recorded[]> {
	const store = await openSession(directory);
	const events: Recorded[] = [];
	for await (const page of store.read()) events.push(...page);
	await store.close();
	return events;
}

type SilentServer = { readonly http: Server; readonly backend: object; next(): Promise<number> };

/** Never answers: whoever asks is killed. */
async function silentServer(): Promise<SilentServer> {
	let arrived: ((at: number) => void) | undefined;
	const http = createServer(() => arrived?.(performance.now()));
	await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
	const address = http.address();
	const port = address !== null && typeof address === "object" ? address.port : 0;
	return {
		http,
		backend: { type: "chatcompletion", model: "m", base_url: `http://127.0.0.1:${port}/v1`, api_key: "none" },
		next: () =>
			new Promise((resolve) => {
				arrived = resolve;
			}),
	};
}

async function untilRequest(place: string, words: readonly string[], server: SilentServer): Promise<{ ms: number; peakMb: number }> {
	const arrived = server.next();
	const began = performance.now();
	const env = { PATH: process.env.PATH, HOME: join(place, "home") };
	const child = spawn(process.execPath, [bin, ...words], { cwd: place, env, stdio: ["ignore", "ignore", "pipe"] });
	let said = "";
	child.stderr.on("data", (chunk) => {
		said += chunk;
	});
	const gone = new Promise<never>((_, reject) => child.on("close", () => reject(new Error(`It ended before it asked anything: ${said}`))));
	gone.catch(() => {});
	const at = await Promise.race([arrived, gone]);
	const peakMb = peakOf(child);
	child.kill("SIGKILL");
	await gone.catch(() => {});
	return { ms: at - began, peakMb };
}

/** The most memory that the process has had so far; known on Linux only. */
function peakOf(child: ChildProcess): number {
	try {
		return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1] ?? Number.NaN) / 1000;
	} catch {
		return Number.NaN;
	}
}
