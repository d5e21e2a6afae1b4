/** Commands of a conversation. Every one has its row here; what they do is in `commands/`. */
import { nearest } from "../../config/problems.ts";
import type { Chat, Slash } from "./context.ts";

async function table(): Promise<readonly Slash[]> {
	const [{ talking }, { sessions }, { looking }, { moving }] = await Promise.all([
		import("./commands/talking.ts"),
		import("./commands/sessions.ts"),
		import("./commands/looking.ts"),
		import("./commands/moving.ts"),
	]);
	return [{ names: ["help", "h"], about: "This list.", run: help }, ...talking, ...looking, ...sessions, ...moving];
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

async function help(chat: Chat): Promise<undefined> {
	const lines = await slashHelp();
	chat.say(
		[
			"Everything else is a question to the team.",
			...lines,
			"Several lines: begin with \"\"\" or ''' and end with the same; or paste them.",
			'A file whose text goes with the question: @path, or @"a path".',
			"While the team works: Ctrl+C or Esc stops and saves; /cancel ends the turn; /finish asks for a decision now; /drop AGENT goes on without one; everything else is said to the agents.",
			"At the prompt: arrow keys for what you typed before, Tab completes, Ctrl+C clears the line, Ctrl+D leaves.",
		].join("\n"),
	);
	return undefined;
}

/** A line for each. */
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
