/** `massgen sessions clear`, `undo`, `trim`, `rename`, `delete` and `prune`. */
import { count } from "../../displays/words.ts";
import { SessionBusyError, UsageError } from "../../errors.ts";
import { clear, questionsIn, rename, trim, undo } from "../../sessions/changes.ts";
import { periodMs } from "../../sessions/metrics.ts";
import { changeSession } from "../../sessions/reading.ts";
import { discardSession, purgeSession } from "../../sessions/trash.ts";
import { findSession, sessionsEverywhere, sessionsHere, wantedSession } from "../find-session.ts";
import { numberOf } from "../parse.ts";
import { withNamed } from "../stored-sessions.ts";
import { action, type SessionsAction, tell, usualOptions } from "./sessions-action.ts";

const clearing = action(
	{
		name: "sessions clear",
		usage: "massgen sessions clear ID",
		about: "Forgets all that was said: later turns are told nothing of it. The turns stay on disk, for inspect.",
		words: { max: 1, hint: "massgen sessions clear takes one id." },
		options: usualOptions,
		examples: [],
	} as const,
	async ({ values, words }, io, here) =>
		await withNamed(wantedSession(words[0]), here, async (store, session) => {
			await changeSession(store, (now) => clear(now.session));
			return tell(io, values.json, { id: store.id, cleared: session.spoken.length }, [
				`Cleared ${store.id}: ${count(session.spoken.length, "message")}.`,
			]);
		}),
);

const undoing = action(
	{
		name: "sessions undo",
		usage: "massgen sessions undo ID [N]",
		about: "Takes back the last question and what came of it, or the last N. The turns stay on disk, for inspect.",
		words: { max: 2, hint: "massgen sessions undo takes an id and a number." },
		options: usualOptions,
		examples: [],
	} as const,
	async ({ values, words }, io, here) =>
		await withNamed(wantedSession(words[0]), here, async (store, session) => {
			const wanted = numberOf("undo", words[1] ?? "1", { min: 1, whole: true }) ?? 1;
			const taken = Math.min(wanted, questionsIn(session));
			if (taken > 0) await changeSession(store, (now) => undo(now.session, wanted));
			return tell(io, values.json, { id: store.id, questions: taken }, [`Taken back: ${count(taken, "question")}.`]);
		}),
);

const trimming = action(
	{
		name: "sessions trim",
		usage: "massgen sessions trim ID --keep N",
		about: "Forgets all but the newest N messages, never an answer without its question.",
		words: { max: 1, hint: "massgen sessions trim takes one id." },
		options: { keep: { kind: "text", value: "N", group: "Options", describe: "Messages to keep; 50 by default." }, ...usualOptions },
		examples: [],
	} as const,
	async ({ values, words }, io, here) =>
		await withNamed(wantedSession(words[0]), here, async (store, session) => {
			const keep = numberOf("keep", values.keep, { min: 0, whole: true }) ?? 50;
			const after = await changeSession(store, (now) => trim(now.session, keep));
			const [before, now] = [session.spoken.length, after.session.spoken.length];
			return tell(io, values.json, { id: store.id, before, messages: now }, [
				`${store.id} had ${count(before, "message")} and has ${now}.`,
			]);
		}),
);

const renaming = action(
	{
		name: "sessions rename",
		usage: "massgen sessions rename ID NAME",
		about: "Gives a session a name to find it by. Its id stays.",
		words: { max: 2, hint: "massgen sessions rename takes an id and a name; put a name of several words in quotes." },
		options: usualOptions,
		examples: [['massgen sessions rename last "holiday plans"', ""]],
	} as const,
	async ({ values, words }, io, here) =>
		await withNamed(wantedSession(words[0]), here, async (store) => {
			const name = words[1] ?? "";
			await changeSession(store, () => rename(name));
			return tell(io, values.json, { id: store.id, name: name.trim() }, [`${store.id} is called ${name.trim()} now.`]);
		}),
);

const purgeOption = { kind: "flag", group: "Options", describe: "Delete it for good, with all its files." } as const;

const deleting = action(
	{
		name: "sessions delete",
		usage: "massgen sessions delete ID [--purge]",
		about: "Takes a session out of the lists: its directory moves to .massgen/trash, and can be moved back.",
		words: { max: 1, hint: "massgen sessions delete takes one id." },
		options: { purge: purgeOption, ...usualOptions },
		examples: [],
	} as const,
	async ({ values, words }, io, here) => {
		const place = findSession(wantedSession(words[0]), here);
		const trash = values.purge ? undefined : await discardSession(place);
		if (values.purge) await purgeSession(place);
		return tell(io, values.json, { id: place.id, trash: trash ?? null }, [
			trash === undefined ? `${place.id} is deleted.` : `${place.id} is in the trash: ${trash}`,
		]);
	},
);

const pruning = action(
	{
		name: "sessions prune",
		usage: "massgen sessions prune [--empty] [--older-than 30d]",
		about: "Deletes old or empty sessions of this directory. Those that somebody works on stay.",
		words: { max: 0, hint: "massgen sessions prune takes flags only." },
		options: {
			empty: { kind: "flag", group: "Options", describe: "Those without a turn." },
			"older-than": { kind: "text", value: "PERIOD", group: "Options", describe: "Those not used for so long: 30d, 12h, 4w." },
			all: { kind: "flag", group: "Options", describe: "Of all directories." },
			"dry-run": { kind: "flag", group: "Options", describe: "Only list them." },
			purge: purgeOption,
			...usualOptions,
		},
		examples: [["massgen sessions prune --empty --older-than 30d --dry-run", "what would go"]],
	} as const,
	async ({ values }, io, here) => {
		const { empty, "older-than": period, all, "dry-run": dry, purge, json } = values;
		if (!empty && period === undefined)
			throw new UsageError("massgen sessions prune needs to know which.", "Give --empty, --older-than PERIOD, or both.");
		const before = period === undefined ? Number.POSITIVE_INFINITY : Date.now() - periodMs(period);
		const meant = (all ? sessionsEverywhere(here) : sessionsHere(here)).filter(
			({ status, lastActivityAt }) => status !== "running" && (!empty || status === "empty") && (lastActivityAt ?? 0) < before,
		);
		const gone: string[] = [];
		for (const session of dry ? [] : meant) {
			try {
				await (purge ? purgeSession(session) : discardSession(session));
				gone.push(session.id);
			} catch (error) {
				if (!(error instanceof SessionBusyError)) throw error;
			}
		}
		const ids = dry ? meant.map(({ id }) => id) : gone;
		const done = dry ? "would go" : purge ? "deleted" : "moved to the trash";
		return tell(io, json, { sessions: ids, dry_run: dry }, [...ids, `${count(ids.length, "session")} ${done}.`]);
	},
);

export const actions: readonly SessionsAction[] = [clearing, undoing, trimming, renaming, deleting, pruning];
