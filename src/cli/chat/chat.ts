/** The conversation: reads what the user types and does it, until the user leaves. */

import { openTurn } from "../../core/session.ts";
import { clean } from "../../displays/clean.ts";
import { exitCodes, signalCode } from "../../displays/exit-codes.ts";
import { paint } from "../../displays/paint.ts";
import { MassgenError } from "../../errors.ts";
import type { Io } from "../io.ts";
import { reportOf } from "../print-error.ts";
import type { Surroundings } from "../session-for.ts";
import type { Settings } from "../settings.ts";
import { shellWord } from "../shell-word.ts";
import { banner, resumeNotice } from "./banner.ts";
import { createBlocks } from "./blocks.ts";
import type { Chat } from "./context.ts";
import { Conversation } from "./conversation.ts";
import type { Reader } from "./reader.ts";
import { runSlash } from "./slash.ts";
import { takeTurn } from "./turn.ts";

export type ChatSetup = { readonly settings: Settings; readonly io: Io; readonly around: Surroundings; readonly named: boolean };

/** The terminal is taken only once the session is open: whatever is wrong with it is said first. */
export async function chat(setup: ChatSetup, openReader: () => Reader): Promise<number> {
	const { io, settings, around } = setup;
	const conversation = await Conversation.open(settings, around);
	const reader = openReader();
	const chat: Chat = {
		...setup,
		reader,
		conversation,
		previous: undefined,
		code: exitCodes.ok,
		ending: undefined,
		stop: undefined,
		say: (text) => io.stderr.write(`${clean(text)}\n`),
	};
	const unwatch = watchEnd(chat);
	// Whoever read the answers has gone: nobody is left to go on for.
	io.stdout.onClosed(() => {
		chat.ending ??= "SIGHUP";
		if (chat.stop) chat.stop("closed output");
		else reader.close();
	});
	try {
		if (reader.isLive) chat.say(banner(chat.conversation, around.cwd).join("\n"));
		for (const { message } of conversation.loaded.warnings) chat.say(`Warning: ${message}`);
		for (const line of resumeNotice(conversation)) chat.say(line);
		await talk(chat);
	} finally {
		unwatch();
		reader.close();
		await chat.conversation.close();
	}
	farewell(chat);
	if (chat.ending) return settings.automation ? exitCodes.interruptedAutomation : signalCode(chat.ending);
	return reader.isLive ? exitCodes.ok : chat.code;
}

async function talk(chat: Chat): Promise<void> {
	const { reader } = chat;
	const blocks = createBlocks();
	let asked = false;
	for (;;) {
		const input = await reader.read(blocks.isOpen() ? "... " : prompt(chat));
		if (chat.ending || input.kind === "end") return;
		if (input.kind === "unusable") {
			blocks.drop();
			chat.say(input.problem);
			chat.code ||= exitCodes.usage;
			continue;
		}
		if (input.kind === "interrupt") {
			if (!reader.isLive) {
				chat.code ||= exitCodes.interrupted;
				return;
			}
			// Only a second one in a row leaves: the first may have been meant for a turn that has just ended.
			if (input.line === "" && !blocks.isOpen() && asked) return;
			asked = input.line === "" && !blocks.isOpen();
			blocks.drop();
			if (asked) chat.say("Ctrl+C once more leaves. So do /quit and Ctrl+D.");
			continue;
		}
		asked = false;
		const text = blocks.take(input.text);
		if (text === undefined) continue;
		if ((await act(chat, text)) === "leave" || chat.ending) return;
	}
}

async function act(chat: Chat, text: string): Promise<"leave" | undefined> {
	const trimmed = text.trim();
	if (trimmed === "") {
		if (chat.reader.isLive) chat.say("Ask a question, or /help.");
		return undefined;
	}
	chat.reader.remember(trimmed);
	try {
		if (isCommand(trimmed)) return await runSlash(chat, trimmed);
		await takeTurn(chat, trimmed);
		// Whoever stops a program that reads from a pipe does not want its next line to be asked.
		if (!chat.reader.isLive && openTurn(chat.conversation.session)) return "leave";
	} catch (error) {
		// A bug may have left anything behind: what is on disk is safe, what is in memory is not.
		if (!(error instanceof MassgenError)) throw error;
		const { text: problem, exitCode } = reportOf(error, { verbose: chat.settings.verbose, log: chat.conversation.directory });
		chat.say(problem);
		chat.code ||= exitCode;
	}
	return undefined;
}

const bareCommands = new Set(["quit", "exit", "q", "reset", "clear"]);

function isCommand(text: string): boolean {
	return (/^\/[^\s/]*(\s|$)/.test(text) && !text.includes("\n")) || bareCommands.has(text.toLowerCase());
}

function prompt({ named, conversation, io }: Chat): string {
	const tint = paint(io.stderr.colors);
	return tint("bold", named || conversation.id !== undefined ? `[${conversation.id ?? "new"}] You: ` : "You: ");
}

/** A terminal that closes and a wish to terminate end the conversation, once the turn is saved. */
function watchEnd(chat: Chat): () => void {
	const listeners = (["SIGTERM", "SIGHUP"] as const).map((signal) => {
		const listener = () => {
			if (chat.ending) process.exit(signalCode(signal));
			chat.ending = signal;
			if (chat.stop) chat.stop(signal);
			else chat.reader.close();
		};
		process.on(signal, listener);
		return () => void process.off(signal, listener);
	});
	return () => {
		for (const remove of listeners) remove();
	};
}

function farewell({ conversation, reader, say, named }: Chat): void {
	if (!reader.isLive || !conversation.isSaved || conversation.id === undefined) return;
	const command = named ? `massgen chat --session ${shellWord(conversation.id)}` : `massgen --resume ${shellWord(conversation.id)}`;
	say(`Goodbye. Go on with: ${command}`);
}
