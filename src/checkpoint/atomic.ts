import { randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { flush } from "./schema.ts";

/** Writes a file so that it is there whole or not at all, also after a loss of power. What was there before stays until then. */
export async function writeFileAtomically(path: string, text: string, mode = 0o644): Promise<void> {
	const unborn = `${path}.${randomUUID()}.new`;
	try {
		const file = await open(unborn, "wx", mode);
		try {
			await file.writeFile(text);
			await file.sync();
		} finally {
			await file.close();
		}
		await rename(unborn, path);
		flush(dirname(path));
	} catch (error) {
		await rm(unborn, { force: true });
		throw error;
	}
}
