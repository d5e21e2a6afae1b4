/** Commands that take a conversation out of the program and back in. */
import { extname, resolve } from "node:path";
import { UsageError } from "../../../errors.ts";
import { exportFormats, exportText, importFile, writeNewFile } from "../../stored-sessions.ts";
import type { Chat, Slash } from "../context.ts";

export const moving: readonly Slash[] = [
	{
		names: ["export"],
		takes: "[FILE] [md|json|jsonl|toon]",
		about: "Write the conversation into a file; by default Markdown.",
		run: write,
	},
	{ names: ["import"], takes: "FILE [NAME]", about: "Make a session of what was exported, here or elsewhere.", run: read },
];

async function write(chat: Chat, argument: string): Promise<undefined> {
	const { conversation, around, say } = chat;
	if (!conversation.isSaved) throw new UsageError("There is nothing to export yet.", "Ask something first.");
	const words = argument.split(/\s+/).filter((word) => word !== "");
	const last = exportFormats.find((format) => format === words.at(-1)?.toLowerCase());
	const [file] = last === undefined || words.length > 1 ? words : [];
	const format = last ?? exportFormats.find((known) => `.${known}` === extname(file ?? "")) ?? "md";
	const path = file ?? `${conversation.id}.${format}`;
	await writeNewFile(resolve(around.cwd, path), await exportText(await conversation.store(), { format, full: false }));
	say(`Wrote ${path}.`);
	return undefined;
}

async function read({ around, say }: Chat, argument: string): Promise<undefined> {
	const [file, name] = argument.split(/\s+/).filter((word) => word !== "");
	if (file === undefined) throw new UsageError("/import needs a file.", "Usage: /import FILE [NAME]");
	const { id } = await importFile(file, around, { id: name, overwrite: false });
	say(`Imported as ${id}. Go on with it: /resume ${id}`);
	return undefined;
}
