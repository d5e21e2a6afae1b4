/** Commands that change to another session, or change what a session is. */
import { oneLine } from "../../../displays/clean.ts";
import { aligned } from "../../../displays/costs.ts";
import { localTime } from "../../../displays/local-time.ts";
import { SessionError, UsageError } from "../../../errors.ts";
import { rename } from "../../../sessions/changes.ts";
import { discardSession, purgeSession } from "../../../sessions/trash.ts";
import { findSession, sessionHere, sessionsHere } from "../../find-session.ts";
import { numberOf } from "../../parse.ts";
import { pickSession } from "../../pick-session.ts";
import { fork } from "../../stored-sessions.ts";
import { messagesIn, resumeNotice } from "../banner.ts";
import type { Chat, Slash } from "../context.ts";
import { Conversation } from "../conversation.ts";

export const sessions: readonly Slash[] = [
	{ names: ["sessions", "ls"], about: "The sessions of this directory.", run: list },
	{ names: ["new"], takes: "[NAME]", about: "Begin a new session.", run: begin },
	{ names: ["resume"], takes: "[ID]", about: "Change to another session: its id, the beginning of it, its name or number.", run: resume },
	{ names: ["previous"], about: "Back to the session before this one.", run: previous },
	{ names: ["fork"], takes: "[NAME] [at N]", about: "Go on in a copy of this session, up to its last turn or turn N.", run: branch },
	{ names: ["rename"], takes: "NAME", about: "Give this session a name to find it by.", run: giveName },
	{
		names: ["delete"],
		takes: "ID [--purge] [--yes]",
		about: "Move a session into the trash; with --purge delete it for good.",
		run: remove,
	},
];

const mostListed = 30;

async function list({ around, conversation, say }: Chat): Promise<undefined> {
	const found = sessionsHere(around);
	if (found.length === 0) {
		say("There are no sessions in this directory yet.");
		return undefined;
	}
	const shown = found.slice(0, mostListed);
	const rows = shown.map(({ index, id, startedAt, turns, status, question, name, problem }) => [
		`${id === conversation.id ? "*" : " "} ${index}  ${id}`,
		localTime(startedAt),
		`${turns} turn${turns === 1 ? "" : "s"}`,
		status.padEnd(11),
		oneLine(problem ?? name ?? question ?? "", 50).padEnd(50),
	]);
	const more = found.length - shown.length;
	const rest = more > 0 ? [`${more} more: massgen sessions list --all`] : [];
	say([...aligned(rows).map((line) => line.trimEnd()), ...rest, "* is this one. /resume ID changes to another."].join("\n"));
	return undefined;
}

async function begin(chat: Chat, name: string): Promise<undefined> {
	if (name === "" && chat.named) throw new UsageError("/new needs the name of the new session.", "Usage: /new NAME");
	if (name !== "" && sessionHere(name, chat.around)) {
		chat.say(`There is a session ${name} already; nothing was changed. Go on with it: /resume ${name}`);
		return undefined;
	}
	// Whoever wanted nothing to be kept still does.
	const session =
		chat.settings.session.kind === "memory"
			? chat.settings.session
			: name === ""
				? ({ kind: "new" } as const)
				: ({ kind: "here", id: name } as const);
	await changeTo(chat, await another(chat, session));
	chat.say(
		name === ""
			? "A new session; it gets its id with the first question."
			: `Created new session ${name}. It is saved with its first question.`,
	);
	return undefined;
}

async function resume(chat: Chat, wanted: string): Promise<undefined> {
	const id = wanted === "" ? await pickSession(chat.io, chat.around, chat.reader) : wanted;
	if (id === undefined) {
		if (!chat.reader.isLive) throw new UsageError("/resume needs the id of a session.", "/sessions lists them.");
		return undefined;
	}
	await changeTo(chat, await another(chat, { kind: "named", id: findSession(id, chat.around).id, own: true }));
	return undefined;
}

async function previous(chat: Chat): Promise<undefined> {
	if (chat.previous === undefined) chat.say("There was no session before this one.");
	else await changeTo(chat, await another(chat, { kind: "named", id: chat.previous, own: true }));
	return undefined;
}

async function branch(chat: Chat, argument: string): Promise<undefined> {
	const { conversation } = chat;
	if (!conversation.isSaved) throw new UsageError("There is nothing to fork yet.", "Ask something first.");
	const [, before = "", number] = /^(.*?)\s*(?:\bat\s+(\S+))?$/.exec(argument) ?? [];
	const at = numberOf("at", number, { min: 1, whole: true });
	const name = before.trim();
	const { id, turns } = await fork(await conversation.store(), chat.around, { id: name === "" ? undefined : name, at });
	await changeTo(chat, await another(chat, { kind: "named", id, own: true }));
	chat.say(`Forked into ${id}, with ${turns} turn${turns === 1 ? "" : "s"}. /previous goes back.`);
	return undefined;
}

async function giveName({ conversation, say }: Chat, name: string): Promise<undefined> {
	if (!conversation.isSaved) throw new UsageError("There is no session to name yet.", "Ask something first.");
	await conversation.change(() => rename(name));
	say(`${conversation.id} is called ${name} now.`);
	return undefined;
}

async function remove(chat: Chat, argument: string): Promise<undefined> {
	const words = argument.split(/\s+/).filter((word) => word !== "");
	const [wanted] = words.filter((word) => !word.startsWith("--"));
	if (wanted === undefined) throw new UsageError("/delete needs the id of a session.", "Usage: /delete ID [--purge] [--yes]");
	const place = findSession(wanted, chat.around);
	const isPurge = words.includes("--purge");
	if (place.id === chat.conversation.id)
		throw new SessionError("session_busy", `You are in session ${place.id}.`, { hint: "Change to another one first: /new or /resume." });
	if (!words.includes("--yes")) {
		if (!chat.reader.isLive) throw new UsageError("/delete asks first, and there is nobody to ask.", "Add --yes.");
		const answer = await chat.reader.ask(`${isPurge ? "Delete" : "Move into the trash"}: session ${place.id}. Sure? [y/N] `);
		if (!/^y(es)?$/i.test(answer ?? "")) {
			chat.say("Nothing was changed.");
			return undefined;
		}
	}
	if (isPurge) {
		await purgeSession(place);
		chat.say(`${place.id} is deleted.`);
	} else chat.say(`${place.id} is in the trash: ${await discardSession(place)}`);
	if (chat.previous === place.id) chat.previous = undefined;
	return undefined;
}

/** One that exists brings its own team. */
export async function another({ settings, around }: Chat, session: Chat["settings"]["session"]): Promise<Conversation> {
	return await Conversation.open({ ...settings, session }, around);
}

/** What was said so far is saved already. */
export async function changeTo(chat: Chat, next: Conversation): Promise<void> {
	const before = chat.conversation;
	if (before.isSaved && before.id !== next.id) chat.previous = before.id;
	chat.conversation = next;
	await before.close();
	for (const line of resumeNotice(next)) chat.say(line);
	if (next.session.turns.length === 0 && messagesIn(next.session) > 0)
		chat.say(`Resumed ${next.id} (${messagesIn(next.session)} messages).`);
}
