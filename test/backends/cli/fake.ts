import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { onTestFinished } from "vitest";
import type { Backend, BackendSetup, Call, CallResult, Clock } from "../../../src/backends/backend.ts";
import { cliEntries } from "../../../src/backends/cli-entries.ts";
import type { Message, Request } from "../../../src/core/conversation.ts";

export const bin = join(import.meta.dirname, "..", "..", "fixtures", "bin");

/** Time stands still: who waits, waits until it is aborted. */
export const still: Clock = {
	now: () => 0,
	wall: () => 0,
	sleep: (_ms, signal) => new Promise((resolve) => signal?.addEventListener("abort", () => resolve(), { once: true })),
};

/** Time flies: nobody waits. */
export const flying: Clock = { ...still, sleep: async () => {} };

const tools = [
	{
		name: "new_answer",
		description: "Gives your answer.",
		inputSchema: { type: "object", properties: { content: { type: "string" } }, required: ["content"] },
	},
	{
		name: "vote",
		description: "Votes for an answer.",
		inputSchema: { type: "object", properties: { agent_id: { type: "string" }, reason: { type: "string" } } },
	},
];

export type Fake = {
	readonly backend: Backend;
	readonly home: string;
	/** What the fake programs were asked, oldest first. */
	asked(): { args: string[]; prompt: string; cwd: string; env: Record<string, string | undefined> }[];
};

/** A backend that runs a program of `test/fixtures/bin`, in a directory of its own. */
export async function fake(
	name: string,
	options: Record<string, unknown> = {},
	env: Record<string, string | undefined> = {},
	more: Partial<BackendSetup> = {},
): Promise<Fake> {
	const home = mkdtempSync(join(tmpdir(), "massgen-cli-"));
	const setup: BackendSetup = {
		agent: "a",
		model: undefined,
		options,
		env: { PATH: [bin, process.env.PATH].join(delimiter), HOME: home, FAKE_CLI_HOME: home, ...env },
		workspace: home,
		seed: 7,
		clock: still,
		idleMs: 60_000,
		...more,
	};
	const backend = (await cliEntries.find((entry) => entry.name === name)?.load())?.create(setup);
	if (!backend) throw new Error(`There is no backend ${name}.`);
	onTestFinished(async () => {
		await backend.close?.();
		rmSync(home, { recursive: true, force: true });
	});
	return {
		backend,
		home,
		asked: () =>
			readFileSync(join(home, "asked.jsonl"), "utf8")
				.trim()
				.split("\n")
				.map((line) => JSON.parse(line)),
	};
}

export function request(messages: readonly Message[], withTools = true): Request {
	return { system: "You are one of a team.", messages, tools: withTools ? tools : [] };
}

export const question: Message = { role: "user", text: "What is 6 x 7?" };

/** What a call told while it ran, in order. */
export type Told = {
	result: CallResult;
	deltas: [string, string][];
	bookmarks: string[];
	processes: number[];
	ended: [number, number | null][];
};

export async function ask(backend: Backend, asked: Partial<Call> & { request: Request }): Promise<Told> {
	const told: Omit<Told, "result"> = { deltas: [], bookmarks: [], processes: [], ended: [] };
	const result = await backend.call({
		agent: "a",
		step: "s1",
		signal: new AbortController().signal,
		onDelta: (kind, text) => told.deltas.push([kind, text]),
		onBookmark: async (bookmark) => void told.bookmarks.push(bookmark),
		onProcess: async ({ pid }) => void told.processes.push(pid),
		onProcessEnd: (pid, exitCode) => told.ended.push([pid, exitCode]),
		...asked,
	});
	return { result, ...told };
}

export function isAlive(pid: number): boolean {
	try {
		return process.kill(pid, 0) && !isZombie(pid);
	} catch {
		return false;
	}
}

/** Ended, but not yet collected by its parent. */
function isZombie(pid: number): boolean {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
		return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
	} catch {
		return false;
	}
}

/** Resolves once it is true; fails after a second. */
export async function within(ms: number, isTrue: () => boolean): Promise<boolean> {
	const until = performance.now() + ms;
	while (!isTrue()) {
		if (performance.now() > until) return false;
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
	return true;
}
