import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { launch } from "../../../src/backends/launch.ts";
import { endGroup, endGroups, killAllGroups, processStart } from "../../../src/backends/process-groups.ts";
import { ask, fake, isAlive, question, request, within } from "./fake.ts";

const folder = mkdtempSync(join(tmpdir(), "massgen-processes-"));
const program = join(import.meta.dirname, "..", "..", "..", "node_modules", ".cache", `massgen-launcher-${process.pid}.mjs`);

beforeAll(() => {
	const source = join(import.meta.dirname, "..", "..", "fixtures", "cli", "launcher.ts");
	buildSync({ entryPoints: [source], bundle: true, platform: "node", format: "esm", packages: "external", outfile: program });
});

afterAll(() => {
	rmSync(program, { force: true });
	rmSync(folder, { recursive: true, force: true });
});

/** A process of ours that has started a child, and what it told about it. */
async function parent(
	when: "before" | "after" | "exit",
	script: string,
): Promise<{ process: ChildProcess; pid: number; startedAt: string }> {
	const child = spawn(process.execPath, [program, when, script], { stdio: ["ignore", "pipe", "inherit"] });
	onTestFinished(() => void child.kill("SIGKILL"));
	for await (const line of createInterface({ input: child.stdout })) return { process: child, ...JSON.parse(line) };
	throw new Error("It told nothing.");
}

const waits = { command: "/bin/sh", args: ["-c", "sleep 1000"], cwd: ".", env: process.env };

describe("a child", () => {
	it("runs only once its start is noted", async () => {
		const order: string[] = [];
		const child = await launch({
			...waits,
			args: ["-c", "echo ran; exit 7"],
			signal: new AbortController().signal,
			onStarted: async (pid, startedAt) => {
				expect(await processStart(pid)).toBe(startedAt);
				order.push("noted");
			},
		});
		for await (const chunk of child.stdout) order.push(String(chunk).trim());
		expect(order).toEqual(["noted", "ran"]);
		expect(await child.exit).toEqual({ code: 7, signal: null });
	});

	it("never runs if its start cannot be noted", async () => {
		let pid = 0;
		const failing = launch({
			...waits,
			args: ["-c", `touch ${folder}/ran`],
			signal: new AbortController().signal,
			onStarted: async (started) => {
				pid = started;
				throw new Error("the disk is full");
			},
		});
		await expect(failing).rejects.toThrow("the disk is full");
		expect(isAlive(pid)).toBe(false);
		expect(existsSync(join(folder, "ran"))).toBe(false);
	});

	it("never runs if the process that starts it is killed before", async () => {
		const { process: starter, pid } = await parent("before", `touch ${folder}/orphan; sleep 1000`);
		expect(isAlive(pid)).toBe(true);
		starter.kill("SIGKILL");
		expect(await within(1000, () => !isAlive(pid))).toBe(true);
		expect(existsSync(join(folder, "orphan"))).toBe(false);
	});

	it("is ended by whoever takes over after the process that started it was killed", async () => {
		const {
			process: starter,
			pid,
			startedAt,
		} = await parent("after", `trap "" TERM; sleep 1000 & echo $! >${folder}/grandchild; touch ${folder}/up; wait; sleep 1000`);
		expect(await within(1000, () => existsSync(join(folder, "up")))).toBe(true);
		starter.kill("SIGKILL");
		const grandchild = Number(readFileSync(join(folder, "grandchild"), "utf8"));
		expect(isAlive(pid) && isAlive(grandchild)).toBe(true);
		expect(await endGroups([{ pid, startedAt }])).toEqual([pid]);
		expect(await within(1000, () => !isAlive(pid) && !isAlive(grandchild))).toBe(true);
		expect(await endGroups([{ pid, startedAt }])).toEqual([]);
	});

	it.runIf(process.platform === "linux")("is found by what it left behind, after it has ended itself", async () => {
		const { process: starter, pid, startedAt } = await parent("after", `sleep 1000 & echo $! >${folder}/left; wait`);
		expect(await within(1000, () => existsSync(join(folder, "left")))).toBe(true);
		starter.kill("SIGKILL");
		process.kill(pid, "SIGKILL");
		const left = Number(readFileSync(join(folder, "left"), "utf8"));
		expect(await within(1000, () => !isAlive(pid))).toBe(true);
		expect(isAlive(left)).toBe(true);
		expect(await endGroups([{ pid, startedAt: "another" }])).toEqual([]);
		expect(await endGroups([{ pid, startedAt }])).toEqual([pid]);
		expect(await within(1000, () => !isAlive(left))).toBe(true);
	});

	it("is never mistaken for a later process with its pid", async () => {
		const child = await launch({ ...waits, signal: new AbortController().signal });
		expect(await endGroups([{ pid: child.pid, startedAt: "boot:1" }])).toEqual([]);
		expect(isAlive(child.pid)).toBe(true);
		await endGroup(child.pid);
		expect(isAlive(child.pid)).toBe(false);
	});

	it("is killed at once, with all others, on a second Ctrl+C", async () => {
		const children = await Promise.all(
			[1, 2].map(() => launch({ ...waits, args: ["-c", 'trap "" TERM; sleep 1000'], signal: new AbortController().signal })),
		);
		expect(killAllGroups()).toBe(2);
		expect(await within(1000, () => children.every((child) => !isAlive(child.pid)))).toBe(true);
	});

	it("does not outlive the process that started it, if that ends by itself", async () => {
		const { process: starter, pid } = await parent("exit", 'trap "" TERM; sleep 1000');
		await new Promise((resolve) => starter.once("exit", resolve));
		expect(await within(1000, () => !isAlive(pid))).toBe(true);
	});
});

describe("a CLI agent", () => {
	it("returns within 100 ms of being aborted, and its whole family is gone within a second, though it ignores SIGTERM", async () => {
		const { backend, home } = await fake("claude_code", {}, { FAKE_CLI: "stubborn" });
		const controller = new AbortController();
		let abortedAt = 0;
		const { result } = await ask(backend, {
			request: request([question]),
			signal: controller.signal,
			onBookmark: async () => {
				abortedAt = performance.now();
				controller.abort();
			},
		});
		expect(performance.now() - abortedAt).toBeLessThan(100);
		expect(result).toEqual({ ok: false, error: { kind: "aborted", message: "The call was aborted.", retryable: false } });
		const family: number[] = JSON.parse(readFileSync(join(home, "family.json"), "utf8"));
		expect(family).toHaveLength(3);
		expect(await within(1000, () => family.every((pid) => !isAlive(pid)))).toBe(true);
	});

	it("says nothing more after it was aborted", async () => {
		const { backend } = await fake("codex", {}, { FAKE_CLI: "hang" });
		const controller = new AbortController();
		const told = await ask(backend, {
			request: request([question]),
			signal: controller.signal,
			onBookmark: async () => controller.abort(),
		});
		expect(told.result).toMatchObject({ ok: false, error: { kind: "aborted" } });
		await backend.close?.();
		expect(told.deltas).toEqual([]);
		expect(told.ended).toEqual([[told.processes[0], null]]);
	});

	it("is ended if its session cannot be noted", async () => {
		const { backend } = await fake("claude_code", {}, { FAKE_CLI: "hang" });
		const onBookmark = async () => {
			throw new Error("the disk is full");
		};
		const told = await ask(backend, { request: request([question]), onBookmark });
		expect(told.result).toMatchObject({ ok: false, error: { kind: "process", message: expect.stringContaining("the disk is full") } });
		expect(told.processes.map(isAlive)).toEqual([false]);
		expect(told.ended).toHaveLength(1);
	});

	it("does not start at all if the call is aborted before", async () => {
		const { backend } = await fake("opencode");
		const told = await ask(backend, { request: request([question]), signal: AbortSignal.abort() });
		expect(told.result).toMatchObject({ ok: false, error: { kind: "aborted" } });
	});

	it("that leaves a child behind, which holds its output open, is not waited for, and the child is ended", async () => {
		const { backend } = await fake("codex", {}, { FAKE_CLI: "leaves-a-child" });
		const before = performance.now();
		const { result } = await ask(backend, { request: request([question], false) });
		expect(result).toMatchObject({ ok: true, reply: { text: "done" } });
		expect(performance.now() - before).toBeLessThan(2500);
	});
});
