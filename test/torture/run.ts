import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { openSession } from "../../src/checkpoint/session-directory.ts";
import type { Recorded } from "../../src/core/events.ts";
import type { Ground } from "./team.ts";

const bin = join(import.meta.dirname, "../../bin/massgen.js");
const die = pathToFileURL(join(import.meta.dirname, "die.mjs")).href;

/** A record of stream-json: an event as it was told, or the result. */
export type Told = Readonly<Record<string, unknown>> & { readonly type: string; readonly seq?: number };

export type Ended = {
	readonly code: number | null;
	readonly signal: string | null;
	readonly told: readonly Told[];
	readonly stderr: string;
	readonly ms: number;
};

export type Running = {
	readonly child: ChildProcess;
	readonly ended: Promise<Ended>;
	readonly told: readonly Told[];
	readonly startedAt: number;
};

/** Starts the built program as a user would, with its events as records on stdout. */
export function start(ground: Ground, words: readonly string[], dieAt?: string): Running {
	const startedAt = performance.now();
	const child = spawn(
		process.execPath,
		[...(dieAt === undefined ? [] : ["--import", die]), bin, ...words, "--output-format", "stream-json"],
		{
			cwd: ground.cwd,
			env: {
				PATH: process.env.PATH ?? "",
				HOME: ground.home,
				...ground.env,
				...(dieAt === undefined ? {} : { MASSGEN_TORTURE_DIE: dieAt }),
			},
			stdio: ["ignore", "pipe", "pipe"],
		},
	);
	const told: Told[] = [];
	let [rest, stderr] = ["", ""];
	child.stdout.setEncoding("utf8").on("data", (text: string) => {
		const lines = (rest + text).split("\n");
		rest = lines.pop() ?? "";
		for (const line of lines) told.push(JSON.parse(line));
	});
	child.stderr.setEncoding("utf8").on("data", (text: string) => {
		stderr += text;
	});
	const ended = new Promise<Ended>((resolve) =>
		child.on("close", (code, signal) => resolve({ code, signal, told, stderr, ms: performance.now() - startedAt })),
	);
	return { child, ended, told, startedAt };
}

export function ask(ground: Ground, dieAt?: string): Running {
	return start(ground, ["Which?", "--config", "team.yaml"], dieAt);
}

export function goOn(ground: Ground): Running {
	return start(ground, ["--continue"]);
}

/** Goes on with the turn, or asks if there is none yet. */
export async function finish(ground: Ground): Promise<Ended> {
	const events = await log(ground);
	return await (events.some(({ type }) => type === "turn.started") ? goOn(ground) : ask(ground)).ended;
}

/** Directory of the one session. */
export function sessionDirectory(ground: Ground): string | undefined {
	const sessions = join(ground.cwd, ".massgen/sessions");
	const [first] = existsSync(sessions) ? readdirSync(sessions).sort().reverse() : [];
	return first === undefined ? undefined : join(sessions, first);
}

export async function log(ground: Ground): Promise<readonly Recorded[]> {
	const directory = sessionDirectory(ground);
	if (directory === undefined || !existsSync(join(directory, "session.db"))) return [];
	const store = await openSession(directory);
	try {
		const events: Recorded[] = [];
		for await (const page of store.read()) events.push(...page);
		return events;
	} finally {
		await store.close();
	}
}

/** Resolves once the program has told so much. */
export async function until(running: Running, isEnough: (told: readonly Told[]) => boolean): Promise<void> {
	let isOver = false;
	void running.ended.then(() => {
		isOver = true;
	});
	while (!isEnough(running.told) && !isOver) await new Promise((resolve) => setTimeout(resolve, 2));
}
