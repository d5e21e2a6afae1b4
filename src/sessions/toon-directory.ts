import { readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomically } from "../checkpoint/atomic.ts";
import { storeFailure } from "../checkpoint/failures.ts";
import { CorruptSessionError } from "../errors.ts";
import { withFileLock } from "./file-lock.ts";
import { decodeSessionId, encodeSessionId } from "./ids.ts";
import { documentText, parseDocument } from "./toon.ts";
import { checkDocument, type SessionDocument } from "./toon-document.ts";

export type DirectoryOptions = {
	/** What new versions of a file are written as; both are read. */
	readonly format?: "toon" | "json";
	readonly now?: () => Date;
};

const suffix = "_chat.toon";

/** One directory, one file per session. Every write is complete or did not happen. */
export function toonDirectory(directory: string, { format = "toon", now = () => new Date() }: DirectoryOptions = {}) {
	const pathOf = (id: string): string => join(directory, `${encodeSessionId(id)}${suffix}`);

	async function read(id: string, options: { readonly isLenient?: boolean } = {}): Promise<SessionDocument | undefined> {
		const path = pathOf(id);
		const file = await contents(path);
		if (file === undefined) return undefined;
		const { value, format } = parseDocument(file.bytes, path, options);
		return checkDocument(value, { id, path, modifiedAt: file.modifiedAt, format, ...options });
	}

	async function write(id: string, document: SessionDocument): Promise<void> {
		const path = pathOf(id);
		try {
			await writeFileAtomically(path, documentText(document, format));
		} catch (error) {
			throw storeFailure(error, { id, path });
		}
	}

	/**
	 * Replaces a document by what `change` makes of it, while nobody else writes. A damaged one is set aside first if
	 * `onDamage` says so; else its error is thrown. Without a new document, or with the same one, nothing is written.
	 */
	async function update(
		id: string,
		change: (document: SessionDocument | undefined) => Pick<SessionDocument, "messages" | "metadata" | "operations"> | undefined,
		onDamage: "refuse" | "set-aside" = "refuse",
	): Promise<void> {
		const path = pathOf(id);
		await withFileLock(path, id, async () => {
			const at = now().toISOString();
			let document: SessionDocument | undefined;
			try {
				document = await read(id);
			} catch (error) {
				if (!(error instanceof CorruptSessionError) || onDamage === "refuse") throw error;
				await rename(path, `${path}.corrupt-${at.replace(/[-:.]/g, "")}`);
			}
			const next = change(document);
			if (next === undefined) return;
			const { messages, metadata, operations } = next;
			await write(id, {
				session_id: id,
				created_at: document?.created_at ?? at,
				last_activity: at,
				...(metadata === undefined || Object.keys(metadata).length === 0 ? {} : { metadata }),
				...(operations === undefined || Object.keys(operations).length === 0 ? {} : { operations }),
				messages,
				...(format === "toon" ? { message_count: messages.length } : {}),
			});
		});
	}

	/** Ids of the files there. A name that was cut tells no id: its document does, or, if that is damaged, the name stands. */
	async function ids(): Promise<string[]> {
		let names: string[];
		try {
			names = await readdir(directory);
		} catch (error) {
			if (isMissing(error)) return [];
			throw storeFailure(error, { id: "", path: directory });
		}
		const found: string[] = [];
		for (const name of names.filter((each) => each.endsWith(suffix))) {
			const stem = name.slice(0, -suffix.length);
			found.push(decodeSessionId(stem) ?? (await idInside(join(directory, name))) ?? stem);
		}
		return found;
	}

	async function remove(id: string): Promise<boolean> {
		const path = pathOf(id);
		if ((await contents(path)) === undefined) return false;
		await withFileLock(path, id, () => rm(path, { force: true }));
		return true;
	}

	async function exists(id: string): Promise<boolean> {
		return (await contents(pathOf(id))) !== undefined;
	}

	return { directory, pathOf, read, update, ids, remove, exists };
}

export type ToonDirectory = ReturnType<typeof toonDirectory>;

async function contents(path: string): Promise<{ bytes: Uint8Array; modifiedAt: Date } | undefined> {
	try {
		return { bytes: await readFile(path), modifiedAt: (await stat(path)).mtime };
	} catch (error) {
		if (isMissing(error)) return undefined;
		throw storeFailure(error, { id: "", path });
	}
}

async function idInside(path: string): Promise<string | undefined> {
	try {
		const { value } = parseDocument(await readFile(path), path);
		return typeof value === "object" && value !== null && "session_id" in value && typeof value.session_id === "string"
			? value.session_id
			: undefined;
	} catch {
		return undefined;
	}
}

function isMissing(error: unknown): boolean {
	return error instanceof Error && "code" in error && error.code === "ENOENT";
}
