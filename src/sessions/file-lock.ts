import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { storeFailure } from "../checkpoint/failures.ts";
import { isGone, machineName, type Owner, thisProcess } from "../checkpoint/liveness.ts";
import { SessionBusyError } from "../errors.ts";

/** Longer than any write takes; whoever holds a lock file longer without being gone is told of. */
const patienceMs = 5_000;
/** Where there are no links, a lock may be without a signature: after so long its maker has died over it. */
const unsignedMs = 10_000;

const queues = new Map<string, Promise<void>>();

/**
 * Runs `work` while no other process, and nobody else in this one, works on the file. The lock lies beside the file, says
 * who made it, and counts no more once that process is gone.
 */
export async function withFileLock<T>(path: string, session: string, work: () => Promise<T>): Promise<T> {
	const before = queues.get(path) ?? Promise.resolve();
	const turn = gate();
	queues.set(path, turn.opened);
	await before;
	const lock = `${path}.lock`;
	try {
		await mkdir(dirname(path), { recursive: true });
		await take(lock, session);
		try {
			return await work();
		} finally {
			await rm(lock, { force: true });
		}
	} catch (error) {
		throw storeFailure(error, { id: session, path });
	} finally {
		if (queues.get(path) === turn.opened) queues.delete(path);
		turn.open();
	}
}

function gate(): { opened: Promise<void>; open: () => void } {
	let open = (): void => undefined;
	const opened = new Promise<void>((resolve) => {
		open = resolve;
	});
	return { opened, open };
}

async function take(lock: string, session: string): Promise<void> {
	const signed = `${lock}.${randomUUID()}`;
	await writeFile(signed, JSON.stringify(thisProcess()));
	try {
		for (let waitedMs = 0; ; waitedMs += 10) {
			if (await placed(signed, lock)) return;
			const found = await holder(lock);
			if (found === undefined) continue;
			if (found.isStale) await breakLock(lock, found.text);
			else if (waitedMs >= patienceMs) throw busy(session, found);
			else await delay(10);
		}
	} finally {
		await rm(signed, { force: true });
	}
}

/** A link appears with its contents: a process that is killed here never leaves a lock that nobody has signed. */
async function placed(signed: string, lock: string): Promise<boolean> {
	try {
		await link(signed, lock);
		return true;
	} catch (error) {
		if (isCode(error, "EEXIST")) return false;
		if (!isCode(error, "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS")) throw error;
	}
	// A file system without links.
	try {
		await writeFile(lock, await readFile(signed), { flag: "wx" });
		return true;
	} catch (error) {
		if (isCode(error, "EEXIST")) return false;
		throw error;
	}
}

type Found = { readonly text: string; readonly owner: Owner | undefined; readonly ageMs: number; readonly isStale: boolean };

/** Who holds the lock, or undefined if it has just been given back. */
async function holder(lock: string): Promise<Found | undefined> {
	try {
		const text = await readFile(lock, "utf8");
		const ageMs = Date.now() - (await stat(lock)).mtimeMs;
		const owner = ownerOf(text);
		return { text, owner, ageMs, isStale: owner === undefined ? ageMs > unsignedMs : isGone(owner) };
	} catch (error) {
		if (isCode(error, "ENOENT")) return undefined;
		throw error;
	}
}

/** Two may find the same dead lock. Only what was seen dead is removed: what else was moved away goes back. */
async function breakLock(lock: string, seen: string): Promise<void> {
	const aside = `${lock}.${randomUUID()}`;
	try {
		await rename(lock, aside);
	} catch {
		return;
	}
	if ((await readFile(aside, "utf8")) !== seen) await link(aside, lock).catch(() => undefined);
	await rm(aside, { force: true });
}

function ownerOf(text: string): Owner | undefined {
	try {
		const value: unknown = JSON.parse(text);
		if (typeof value !== "object" || value === null) return undefined;
		const { host, pid, started } = { host: "", pid: 0, started: "", ...value };
		return typeof host === "string" && typeof pid === "number" && pid > 0 && typeof started === "string"
			? { host, pid, started }
			: undefined;
	} catch {
		return undefined;
	}
}

function busy(session: string, found: Found): SessionBusyError {
	const owner = found.owner ?? { host: "unknown", pid: 0 };
	return new SessionBusyError(session, { pid: owner.pid, host: machineName(owner.host), ageMs: found.ageMs });
}

function isCode(error: unknown, ...codes: readonly string[]): boolean {
	return error instanceof Error && "code" in error && codes.includes(String(error.code));
}
