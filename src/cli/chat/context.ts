/** What the parts of a conversation know of each other. */
import type { Io } from "../io.ts";
import type { Surroundings } from "../session-for.ts";
import type { Settings } from "../settings.ts";
import type { Conversation } from "./conversation.ts";
import type { Reader } from "./reader.ts";

/** What everything in a conversation works with. */
export type Chat = {
	readonly settings: Settings;
	readonly io: Io;
	readonly around: Surroundings;
	readonly reader: Reader;
	/** `massgen chat`: every prompt names the session. */
	readonly named: boolean;
	conversation: Conversation;
	/** The session before this one. */
	previous: string | undefined;
	/** How the program ends if nobody sits in front of it: with the first thing that went wrong. */
	code: number;
	/** A signal asked the program to end. */
	ending: "SIGTERM" | "SIGHUP" | undefined;
	/** Stops the turn that runs. */
	stop: ((by: string) => void) | undefined;
	/** To stderr. */
	say(text: string): void;
};

/** A command of a conversation. */
export type Slash = {
	/** Without the slash, the usual one first. */
	readonly names: readonly string[];
	/** What follows the name. */
	readonly takes?: string;
	readonly about: string;
	run(chat: Chat, argument: string): Promise<"leave" | undefined>;
};
