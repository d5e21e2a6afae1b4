import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { storeFailure } from "../checkpoint/failures.ts";
import type { SessionPlace } from "../checkpoint/session-directory.ts";
import { openSession } from "../checkpoint/session-directory.ts";
import { CorruptSessionError } from "../errors.ts";

/**
 * Takes a session out of all lists: its directory moves to `.massgen/trash`, in one step, and can be moved back. Nobody may
 * be driving it (`SessionBusyError`). Returns where it is now.
 */
export async function discardSession(place: SessionPlace): Promise<string> {
	await checkNobodyDrives(place);
	const trash = join(dirname(dirname(place.directory)), "trash");
	try {
		mkdirSync(trash, { recursive: true });
		const target = free(join(trash, basename(place.directory)));
		renameSync(place.directory, target);
		return target;
	} catch (error) {
		throw storeFailure(error, { id: place.id, path: place.directory });
	}
}

/** Deletes it for good, with its files. It leaves the lists first, so that no half of it is ever seen. */
export async function purgeSession(place: SessionPlace): Promise<void> {
	const trash = await discardSession(place);
	try {
		rmSync(trash, { recursive: true, force: true });
	} catch (error) {
		throw storeFailure(error, { id: place.id, path: trash });
	}
}

/** A damaged session can be discarded too: nobody can drive it. */
async function checkNobodyDrives({ directory }: SessionPlace): Promise<void> {
	try {
		const store = await openSession(directory);
		try {
			const lease = await store.acquire();
			await lease.release();
		} finally {
			await store.close();
		}
	} catch (error) {
		if (error instanceof CorruptSessionError) return;
		if (error instanceof Error && "code" in error && error.code === "session_newer") return;
		throw error;
	}
}

function free(path: string): string {
	for (let number = 1; ; number++) {
		const candidate = number === 1 ? path : `${path}_${number}`;
		if (!existsSync(candidate)) return candidate;
	}
}
