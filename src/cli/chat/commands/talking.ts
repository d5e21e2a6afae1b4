/** Commands about what is being said now. */
import { openTurn } from "../../../core/session.ts";
import { count } from "../../../displays/words.ts";
import { UsageError } from "../../../errors.ts";
import { cancelOpen, clear, questionsIn, undo } from "../../../sessions/changes.ts";
import { numberOf } from "../../parse.ts";
import type { Chat, Slash } from "../context.ts";
import { readText } from "../files.ts";
import { status } from "../status.ts";
import { takeTurn } from "../turn.ts";
import { another, changeTo } from "./sessions.ts";

export const talking: readonly Slash[] = [
	{ names: ["status", "info"], about: "The session, its messages, its team.", run: showStatus },
	{ names: ["continue"], about: "Go on with the turn that was interrupted.", run: goOn },
	{ names: ["cancel"], about: "End the turn that was interrupted; while the team works, the one that runs.", run: cancel },
	{ names: ["undo"], takes: "[N]", about: "Take back the last question and what came of it, or the last N.", run: takeBack },
	{ names: ["clear", "reset"], about: "Forget everything said so far. What is on disk stays, for /inspect.", run: forget },
	{ names: ["context"], takes: "[PATH | remove PATH]", about: "Files that go with the next question, as @path in it does.", run: context },
	{ names: ["config"], about: "The configuration, in your editor.", run: (chat) => config(chat) },
	{ names: ["quit", "exit", "q"], about: "Leave. Everything is saved already.", run: async () => "leave" },
];

async function showStatus(chat: Chat): Promise<undefined> {
	await chat.conversation.read();
	chat.say(status(chat).join("\n"));
	return undefined;
}

async function goOn(chat: Chat): Promise<undefined> {
	await chat.conversation.read();
	if (openTurn(chat.conversation.session)) await takeTurn(chat, undefined);
	else chat.say("No turn is open. Ask something.");
	return undefined;
}

async function cancel(chat: Chat): Promise<undefined> {
	await chat.conversation.read();
	const open = openTurn(chat.conversation.session)?.turn;
	if (!open) {
		chat.say("No turn is open.");
		return undefined;
	}
	await chat.conversation.change((session) => cancelOpen(session, "cancelled by the user"));
	chat.say(`Turn ${open.number} is cancelled. What it has brought is kept, and later turns are told of it.`);
	return undefined;
}

async function takeBack(chat: Chat, argument: string): Promise<undefined> {
	const wanted = numberOf("undo", argument === "" ? "1" : argument, { min: 1, whole: true }) ?? 1;
	await chat.conversation.read();
	const there = questionsIn(chat.conversation.session);
	if (there === 0) {
		chat.say("There is nothing to take back.");
		return undefined;
	}
	await chat.conversation.change((session) => undo(session, wanted));
	chat.say(`Taken back: ${count(Math.min(wanted, there), "question")}. The turns themselves stay on disk.`);
	return undefined;
}

async function forget(chat: Chat): Promise<undefined> {
	await chat.conversation.change((session) => clear(session));
	chat.say("Cleared: the next question begins a new conversation in this session. The turns stay on disk: /inspect all.");
	return undefined;
}

async function context({ conversation, around, say }: Chat, argument: string): Promise<undefined> {
	const { files } = conversation;
	const [, remove = ""] = /^(?:remove|rm|-)\s+(.+)$/.exec(argument) ?? [];
	if (remove !== "") {
		const index = files.indexOf(remove);
		if (index === -1) throw new UsageError(`${remove} is not among the files of the next question.`, "/context lists them.");
		files.splice(index, 1);
	} else if (argument !== "") {
		const path = argument.replace(/^@/, "").replace(/^"(.*)"$/, "$1");
		// Whether it can be read is said now, not when the question is asked.
		readText(path, around.cwd);
		if (!files.includes(path)) files.push(path);
	}
	say(
		files.length === 0
			? "No files go with the next question. /context PATH adds one. Agents cannot write files yet."
			: `With the next question goes the text of:\n${files.map((file) => `  ${file}`).join("\n")}\n/context remove PATH takes one away.`,
	);
	return undefined;
}

async function config(chat: Chat): Promise<undefined> {
	const { conversation, reader, io, say } = chat;
	const path = conversation.loaded.team.path ?? conversation.session.configPath;
	if (path === undefined) {
		say("This team has no configuration file: it was made of flags.");
		return undefined;
	}
	const stored = conversation.isSaved ? " This session keeps the configuration that it began with; new sessions take the file." : "";
	const editor = io.env.VISUAL || io.env.EDITOR;
	if (!reader.isLive || !editor) {
		say(`${path}\n${editor ? "" : "Set EDITOR to open it from here. "}${stored.trim()}`.trim());
		return undefined;
	}
	const { spawn } = await import("node:child_process");
	const code = await reader.lend(
		() =>
			new Promise<number | null>((resolve) => {
				// What EDITOR says may hold flags.
				const child =
					process.platform === "win32"
						? spawn(editor, [path], { shell: true, stdio: "inherit" })
						: spawn("/bin/sh", ["-c", `${editor} "$1"`, "sh", path], { stdio: "inherit" });
				child.on("error", () => resolve(1));
				child.on("close", resolve);
			}),
	);
	say(code === 0 ? `${path}.${stored}` : `${editor} did not work. The configuration is ${path}`);
	if (code === 0 && !conversation.isSaved) {
		// Nothing was asked yet: the conversation takes what the file says now.
		await changeTo(chat, await another(chat, conversation.id === undefined ? { kind: "new" } : { kind: "here", id: conversation.id }));
		say(`The team: ${chat.conversation.loaded.team.agents.map(({ id }) => id).join(", ")}.`);
	}
	return undefined;
}
