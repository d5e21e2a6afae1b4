import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";

/**
 * Process groups that run for us, and how they end: SIGTERM to the whole group, 150 ms later SIGKILL. A group is known by
 * the pid of its leader and by when that process started, so that a later process with the same pid is never hurt.
 * Windows has no groups: there `taskkill /t` ends the process tree.
 */
export type GroupId = { readonly pid: number; readonly startedAt: string };

/** Every child has it in its environment, with `startedAt` as its value. */
export const startVariable = "MASSGEN_STARTED_AT";

const run = promisify(execFile);
const graceMs = 150;
const live = new Set<number>();
let guarded = false;

/** From now on `killAllGroups` and the end of this process take the group along. */
export function addGroup(pid: number): void {
	live.add(pid);
	if (guarded) return;
	guarded = true;
	process.once("exit", killAllGroups);
}

/** SIGKILL to every group at once, for a second Ctrl+C and for the end of the process. Returns how many there were. */
export function killAllGroups(): number {
	const groups = [...live];
	for (const pid of groups) signalGroup(pid, "SIGKILL");
	live.clear();
	return groups.length;
}

/** Ends one group, all of it; resolves when it is gone, within a second. */
export async function endGroup(pid: number): Promise<void> {
	if (signalGroup(pid, "SIGTERM")) await gone(pid, graceMs);
	if (signalGroup(pid, "SIGKILL")) await gone(pid, 500);
	live.delete(pid);
}

/**
 * Ends the groups that an earlier process has left behind. For whoever takes over a session. Returns the pids of those
 * that still lived. On Linux a group whose leader has ended, while others of it live on, is found too.
 */
export async function endGroups(groups: readonly GroupId[]): Promise<readonly number[]> {
	const ended = await Promise.all(
		groups.map(async ({ pid, startedAt }) => {
			const now = await processStart(pid);
			const isSame = now === undefined ? await leftBehind(pid, startedAt) : now === startedAt;
			if (!isSame) return undefined;
			await endGroup(pid);
			return pid;
		}),
	);
	return ended.filter((pid) => pid !== undefined);
}

/**
 * When a process started, as a text that no other process with this pid has; undefined if there is none. On Linux the
 * boot and the clock tick, on a Mac the second; on Windows it is not known, so nothing is ended that an earlier process left.
 */
export async function processStart(pid: number): Promise<string | undefined> {
	try {
		if (process.platform === "linux") {
			const stat = await readFile(`/proc/${pid}/stat`, "utf8");
			const ticks = statField(stat, "state") === "Z" ? undefined : statField(stat, "start");
			const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8");
			return ticks === undefined ? undefined : `${boot.trim()}:${ticks}`;
		}
		if (process.platform === "win32") return undefined;
		const { stdout } = await run("ps", ["-o", "lstart=", "-p", String(pid)], { env: { LC_ALL: "C", PATH: "/usr/bin:/bin" } });
		return stdout.trim() || undefined;
	} catch {
		return undefined;
	}
}

/** The leader is gone, its group is not: what is left of it still carries the variable that the leader was started with. */
async function leftBehind(pid: number, startedAt: string): Promise<boolean> {
	if (process.platform !== "linux" || !isAlive(pid)) return false;
	const carry = await Promise.all((await members(pid)).map((member) => carries(member, `${startVariable}=${startedAt}`)));
	return carry.includes(true);
}

async function carries(pid: string, variable: string): Promise<boolean> {
	try {
		return (await readFile(`/proc/${pid}/environ`, "utf8")).split("\0").includes(variable);
	} catch {
		// Ended meanwhile, or not ours to look into.
		return false;
	}
}

/** On Linux: the processes of a group, without those that have ended and wait to be collected (for ever, where nobody does). */
async function members(group: number): Promise<readonly string[]> {
	const processes = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
	const ofGroup = await Promise.all(
		processes.map(async (name) => {
			const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
			return statField(stat, "group") === String(group) && statField(stat, "state") !== "Z";
		}),
	);
	return processes.filter((_, at) => ofGroup[at]);
}

/** The name of the program stands in parentheses and may hold anything: fields are counted from its end. */
function statField(stat: string, field: "state" | "group" | "start"): string | undefined {
	return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[{ state: 0, group: 2, start: 19 }[field]];
}

function isAlive(pid: number): boolean {
	return signalGroup(pid, 0);
}

/** Whether there was a group to signal. */
function signalGroup(pid: number, signal: "SIGTERM" | "SIGKILL" | 0): boolean {
	try {
		if (process.platform !== "win32") return process.kill(-pid, signal);
		if (signal === 0) return process.kill(pid, 0);
		execFile("taskkill", ["/pid", String(pid), "/t", "/f"], () => {});
		return true;
	} catch (error) {
		// EPERM: there is one, but it is not ours (any more).
		return signal === 0 && error instanceof Error && "code" in error && error.code === "EPERM";
	}
}

/** Waits until nothing of the group runs any more. */
async function gone(pid: number, withinMs: number): Promise<void> {
	const until = performance.now() + withinMs;
	for (let look = 1; isAlive(pid) && performance.now() < until; look++) {
		await new Promise((resolve) => setTimeout(resolve, 5));
		// Dearer than a signal: only now and then.
		if (look % 5 === 0 && process.platform === "linux" && (await members(pid)).length === 0) return;
	}
}
