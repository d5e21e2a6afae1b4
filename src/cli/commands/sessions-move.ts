/** `massgen sessions export`, `import` and `fork`. */

import { clean } from "../../displays/clean.ts";
import { count } from "../../displays/words.ts";
import { UsageError } from "../../errors.ts";
import { wantedSession } from "../find-session.ts";
import { numberOf } from "../parse.ts";
import { shellWord } from "../shell-word.ts";
import { exportFormats, exportText, fork, importFile, withNamed, writeNewFile } from "../stored-sessions.ts";
import { action, type SessionsAction, tell, usualOptions } from "./sessions-action.ts";

const exporting = action(
	{
		name: "sessions export",
		usage: "massgen sessions export ID [--format FORMAT] [--full] [-o PATH]",
		about: "The conversation as text: Markdown, a list of messages in JSON, JSON lines or TOON; or, with --full, the whole session.",
		words: { max: 1, hint: "massgen sessions export takes one id." },
		options: {
			format: { kind: "text", value: "FORMAT", group: "Options", choices: exportFormats, describe: "Of the messages; md by default." },
			full: {
				kind: "flag",
				group: "Options",
				describe: "Everything, as JSON: turns, steps, events. `sessions import` makes a session of it again.",
			},
			output: { kind: "text", alias: "o", value: "PATH", group: "Options", describe: "Write a new file instead of printing it." },
			json: { kind: "flag", group: "Options", describe: "Short for --format json." },
			help: usualOptions.help,
		},
		examples: [
			["massgen sessions export last > talk.md", ""],
			["massgen sessions export work --full -o work.json", "to take it to another machine"],
		],
	} as const,
	async ({ values, words }, io, here) =>
		await withNamed(wantedSession(words[0]), here, async (store) => {
			const named = exportFormats.find((format) => format === values.format);
			if (values.json && named !== undefined && named !== "json") throw new UsageError(`--json and --format ${named} exclude each other.`);
			if (values.full && named !== undefined && named !== "json")
				throw new UsageError(`--full is JSON; --format ${named} goes without it.`);
			const text = await exportText(store, { format: values.json ? "json" : (named ?? "md"), full: values.full });
			if (values.output === undefined) io.stdout.write(io.stdout.terminal ? clean(text) : text);
			else await writeNewFile(values.output, text);
			return 0;
		}),
);

const importing = action(
	{
		name: "sessions import",
		usage: "massgen sessions import FILE [--id NAME]",
		about: "Makes a session of what was exported: a whole one goes on where it stood; messages become what was said before.",
		words: { max: 1, hint: "massgen sessions import takes one file." },
		options: {
			id: { kind: "text", value: "NAME", group: "Options", describe: "Call it so. By default as it was called." },
			overwrite: { kind: "flag", group: "Options", describe: "Put it in the place of a session of that name, which goes to the trash." },
			...usualOptions,
		},
		examples: [["massgen sessions import work.json --id work", ""]],
	} as const,
	async ({ values, words }, io, here) => {
		const [file] = words;
		if (file === undefined)
			throw new UsageError("massgen sessions import needs a file.", "massgen sessions export ID --full -o FILE writes one.");
		const { id, kind, replaced } = await importFile(file, here, { id: values.id, overwrite: values.overwrite });
		return tell(io, values.json, { id, kind, replaced: replaced ?? null }, [
			`Imported ${kind === "session" ? "a whole session" : "messages"} as ${id}.`,
			...(replaced === undefined ? [] : [`What was called so before is in the trash: ${replaced}`]),
			`Go on with it: massgen chat --session ${shellWord(id)}`,
		]);
	},
);

const forking = action(
	{
		name: "sessions fork",
		usage: "massgen sessions fork ID [--at N] [--id NAME]",
		about: "A new session with everything of another up to the end of a turn. The other one stays as it is.",
		words: { max: 1, hint: "massgen sessions fork takes one id." },
		options: {
			at: { kind: "text", value: "N", group: "Options", describe: "Up to turn N; by default the last one that has ended." },
			id: { kind: "text", value: "NAME", group: "Options", describe: "What the new session is called." },
			...usualOptions,
		},
		examples: [["massgen sessions fork last --at 2", ""]],
	} as const,
	async ({ values, words }, io, here) =>
		await withNamed(wantedSession(words[0]), here, async (store) => {
			const at = numberOf("at", values.at, { min: 1, whole: true });
			const made = await fork(store, here, { id: values.id, at });
			return tell(io, values.json, { id: made.id, parent: store.id, turns: made.turns }, [
				`Forked ${store.id} into ${made.id}, with ${count(made.turns, "turn")}.`,
				`Go on with it: massgen --resume ${shellWord(made.id)} "your question"`,
			]);
		}),
);

export const actions: readonly SessionsAction[] = [exporting, importing, forking];
