/** What the commands of a conversation and `massgen sessions` do with stored sessions: one way for both. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { writeFileAtomically } from "../checkpoint/atomic.ts";
import { storeFailure } from "../checkpoint/failures.ts";
import type { SessionRequest, SessionStore } from "../checkpoint/log.ts";
import { createDatabase, databaseName } from "../checkpoint/schema.ts";
import { createSession, openSession, type SessionPlace } from "../checkpoint/session-directory.ts";
import type { Session } from "../core/session.ts";
import { SessionError, UsageError } from "../errors.ts";
import { type ExportFormat, exportAll, exportMessages } from "../sessions/export.ts";
import { forkSession } from "../sessions/fork.ts";
import { historyItems } from "../sessions/history.ts";
import { readImport, writeImport } from "../sessions/import.ts";
import { isItem } from "../sessions/items.ts";
import { foldSession, readSession } from "../sessions/reading.ts";
import { discardSession, purgeSession } from "../sessions/trash.ts";
import { findSession, type Here, sessionHere } from "./find-session.ts";
import { program } from "./program.ts";

export const exportFormats: readonly ExportFormat[] = ["md", "json", "jsonl", "toon"];

/** Opens a session for one piece of work. */
export async function withSession<T>(place: SessionPlace, work: (store: SessionStore) => Promise<T>): Promise<T> {
	const store = await openSession(place.directory, { program: program() });
	try {
		return await work(store);
	} finally {
		await store.close();
	}
}

/** The same for the session that the user names. */
export async function withNamed<T>(wanted: string, here: Here, work: (store: SessionStore, session: Session) => Promise<T>): Promise<T> {
	return await withSession(findSession(wanted, here), async (store) => await work(store, (await foldSession(store)).session));
}

export async function exportText(store: SessionStore, how: { format: ExportFormat; full: boolean }): Promise<string> {
	const { session, events } = await readSession(store);
	const items = historyItems(session).filter(isItem);
	const messages = session.system === undefined ? items : [{ role: "system", content: session.system }, ...items];
	if (!how.full) return exportMessages(messages, how.format, session.name ?? store.id);
	const isDriven = (await store.holder()) !== undefined;
	return `${JSON.stringify(exportAll({ ...session, id: store.id }, events, messages, isDriven), null, 2)}\n`;
}

/** Writes a file of the user's, which must not be there yet. */
export async function writeNewFile(path: string, text: string): Promise<void> {
	if (existsSync(path)) throw new UsageError(`${path} is there already.`, "Choose another name, or remove it first.");
	if (!statSync(dirname(resolve(path)), { throwIfNoEntry: false })?.isDirectory())
		throw new UsageError(`There is no directory ${dirname(resolve(path))}.`, "Make it first, or choose another path.");
	try {
		await writeFileAtomically(path, text);
	} catch (error) {
		throw storeFailure(error, { id: "", path });
	}
}

export type ImportResult = { readonly id: string; readonly kind: "session" | "messages"; readonly replaced: string | undefined };

/** Everything is checked before anything is written; what was there before is in the trash, not gone. */
export async function importFile(path: string, here: Here, how: { id?: string | undefined; overwrite: boolean }): Promise<ImportResult> {
	const content = readImport(readText(resolve(here.cwd, path), path), Date.now());
	const id = how.id ?? content.id;
	const existing = id === undefined ? undefined : sessionHere(id, here);
	const isTaken = existing !== undefined && !(await withSession(existing, isUntouched));
	if (existing && isTaken && !how.overwrite) {
		throw new SessionError("already_exists", `There is a session ${id} already.`, {
			sessionId: id,
			hint: "Import it under another id (--id NAME), or over that one with --overwrite.",
		});
	}
	const fill = async (store: SessionStore) => {
		await writeImport(store, content);
		return store.id;
	};
	if (existing && !isTaken) return { id: await withSession(existing, fill), kind: content.kind, replaced: undefined };
	if (!existing) return { id: await withNew(here, id, fill), kind: content.kind, replaced: undefined };
	return { id: existing.id, kind: content.kind, replaced: await replaceSession(existing, fill) };
}

/** The new one is complete before the old one goes. Returns where the old one is now. */
async function replaceSession(place: SessionPlace, fill: (store: SessionStore) => Promise<unknown>): Promise<string> {
	const incoming = join(dirname(dirname(place.directory)), "incoming", basename(place.directory));
	try {
		rmSync(incoming, { recursive: true, force: true });
		mkdirSync(incoming, { recursive: true, mode: 0o700 });
		createDatabase(join(incoming, databaseName));
		await withSession({ id: place.id, directory: incoming }, fill);
		const replaced = await discardSession(place);
		renameSync(incoming, place.directory);
		return replaced;
	} catch (error) {
		rmSync(incoming, { recursive: true, force: true });
		throw storeFailure(error, { id: place.id, path: incoming });
	}
}

/** A session that nothing was ever written to: what is left of one that was killed while it was being made. */
async function isUntouched(store: SessionStore): Promise<boolean> {
	for await (const page of store.read()) if (page.length > 0) return false;
	return true;
}

/** Makes a session and fills it; one that could not be filled is not left behind. */
async function withNew<T>({ cwd, home }: Here, id: string | undefined, fill: (store: SessionStore) => Promise<T>): Promise<T> {
	const store = await createSession(cwd, { home, program: program(), ...(id === undefined ? {} : { id }) });
	try {
		return await fill(store);
	} catch (error) {
		await store.close();
		await purgeSession({ id: store.id, directory: store.directory ?? "" }).catch(() => {});
		throw error;
	} finally {
		await store.close();
	}
}

function readText(path: string, shown: string): string {
	const found = statSync(path, { throwIfNoEntry: false });
	if (!found?.isFile())
		throw new UsageError(found ? `${shown} is no file.` : `There is no file ${shown}.`, "Name a file that was exported.");
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
	} catch (cause) {
		throw new SessionError("invalid_request", `${shown} cannot be imported: it is no UTF-8 text.`, {
			hint: "Import what `massgen sessions export` wrote.",
			cause,
		});
	}
}

/** A new session with everything of this one up to the end of a turn. */
export async function fork(
	from: SessionStore,
	here: Here,
	how: { id?: string | undefined; at?: number | undefined },
): Promise<{ id: string; turns: number }> {
	const fill = async (store: SessionStore) => {
		const turns = await forkSession(from, store, how.at === undefined ? {} : { upToTurn: how.at });
		return { id: store.id, turns };
	};
	const existing = how.id === undefined ? undefined : sessionHere(how.id, here);
	return existing && (await withSession(existing, isUntouched)) ? await withSession(existing, fill) : await withNew(here, how.id, fill);
}

const patienceMs = 5_000;
const lookMs = 25;

/** What the process that drives the session answers; undefined if nobody drives it. */
export async function request(store: SessionStore, wish: SessionRequest): Promise<string | undefined> {
	const holder = await store.holder();
	if (!holder) return undefined;
	const number = await store.request(wish);
	const until = performance.now() + patienceMs;
	for (;;) {
		const answer = await store.answer(number);
		if (answer !== undefined) return answer;
		if (performance.now() > until) {
			throw new SessionError("timeout", `Process ${holder.pid} on ${holder.host} drives session ${store.id} and does not answer.`, {
				sessionId: store.id,
				hint: "What you asked for will be done when it does. If that process hangs, end it: nothing that was finished is lost.",
			});
		}
		await new Promise((resolve) => setTimeout(resolve, lookMs));
	}
}
