/** Commands of a conversation. Every one has its row here; what they do is in `commands/`. */
import { nearest } from "../../config/problems.ts";
import type { Chat } from "./chat.ts";

export type Slash = {
	/** Without the slash, the usual one first. */
	readonly names: readonly string[];
	/** What follows the name. */
	readonly takes?: string;
	readonly about: string;
	run(chat: Chat, argument: string): Promise<"leave" | undefined>;
};

async function table(): Promise<readonly Slash[]> {
	const [{ talking }, { sessions }, { looking }, { moving }] = await Promise.all([
		import("./commands/talking.ts"),
		import("./commands/sessions.ts"),
		import("./commands/looking.ts"),
		import("./commands/moving.ts"),
	]);
	return [...talking, ...looking, ...sessions, ...moving];
}

export async function runSlash(chat: Chat, text: string): Promise<"leave" | undefined> {
	const [, word = "", argument = ""] = /^\/?(\S*)\s*([\s\S]*)$/.exec(text) ?? [];
	const name = word.toLowerCase();
	const all = await table();
	const found = all.find(({ names }) => names.includes(name));
	if (found) return await found.run(chat, argument.trim());
	const near = nearest(
		name,
		all.flatMap(({ names }) => names.filter((known) => known.length > 1)),
	);
	chat.say(`There is no command /${word}.${near ? ` Did you mean /${near}?` : ""} /help lists them.`);
	return undefined;
}

/** For /help. */
export async function slashHelp(): Promise<readonly string[]> {
	const rows = (await table()).map(({ names, takes, about }) => {
		const [first = "", ...others] = names;
		const also = others.length > 0 ? ` (${others.map((name) => `/${name}`).join(", ")})` : "";
		return [`/${first}${takes ? ` ${takes}` : ""}`, `${about}${also}`] as const;
	});
	const width = Math.max(...rows.map(([command]) => command.length));
	return rows.map(([command, about]) => `  ${command.padEnd(width)}  ${about}`);
}

/** For completion, which must not wait: `slash.test.ts` compares it with the table. */
export const slashNames = [
	"cancel",
	"clear",
	"config",
	"context",
	"continue",
	"cost",
	"delete",
	"export",
	"fork",
	"help",
	"import",
	"inspect",
	"new",
	"previous",
	"quit",
	"rename",
	"resume",
	"sessions",
	"status",
	"undo",
	"votes",
];
