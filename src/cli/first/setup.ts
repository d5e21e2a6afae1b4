/** `massgen --setup`: asks for keys and stores them for this user alone. A key is never shown. */
import { homedir } from "node:os";
import { intro, log, outro, password, select } from "@clack/prompts";
import type { BackendEntry } from "../../backends/backend.ts";
import { readVariables, userVariablesFile } from "../../config/environment.ts";
import { shippedRegistries } from "../../config/load.ts";
import { storeKey } from "../../config/write.ts";
import { UsageError } from "../../errors.ts";
import type { Io } from "../io.ts";
import { answered, type Desk, deskOf } from "./questions.ts";

type Provider = { readonly title: string; readonly variable: string };

/** Those that need a key, the ones with a default model first: they can be used at once. */
const providers: readonly Provider[] = shippedRegistries.backends
	.filter(({ kind }) => kind === "api")
	.flatMap(({ title, keyVariables = [] }: BackendEntry) => keyVariables.slice(0, 1).map((variable) => ({ title, variable })));

export async function setup(io: Io): Promise<number> {
	const home = homedir();
	const desk = deskOf(io);
	if (!desk)
		throw new UsageError("massgen --setup asks for keys, and there is no terminal to ask in.", `Write them yourself: ${byHand(home)}`);
	intro("massgen: keys", desk);
	const stored: string[] = [];
	for (;;) {
		const variable = await askKey(io, desk, stored.length === 0 ? "Not now" : "Done");
		if (variable === undefined) break;
		stored.push(variable);
	}
	outro(stored.length === 0 ? "Nothing was stored." : 'Try it: massgen "What is a monad?"      What is there: massgen doctor', desk);
	return 0;
}

/** One key, asked for and stored. Returns its variable. */
export async function askKey(io: Io, desk: Desk, none: string): Promise<string | undefined> {
	const home = homedir();
	const { origins } = readVariables({ env: io.env, cwd: io.cwd, home });
	const options = providers.map(({ title, variable }) => {
		const origin = origins[variable];
		return { value: variable, label: title, hint: origin === undefined ? variable : `${variable} is set in ${origin}` };
	});
	const variable = answered(
		await select({ ...desk, message: "A key for which provider?", maxItems: 12, options: [...options, { value: "", label: none }] }),
	);
	if (variable === "") return undefined;
	const key = answered(await password({ ...desk, message: `${variable} (what you type or paste is not shown)`, validate: wrongKey }));
	const file = storeKey(home, variable, key);
	log.success(`${variable} is stored in ${file}, which only you can read.`, desk);
	if (origins[variable] !== undefined && origins[variable] !== file)
		log.warn(`The ${variable} of ${origins[variable]} still comes first. Remove it there to use the new one.`, desk);
	return variable;
}

function wrongKey(key: string | undefined): string | undefined {
	const text = key?.trim() ?? "";
	if (text === "") return "A key cannot be empty. Ctrl+C stops.";
	return /\s/.test(text) ? "A key has no blanks in it. Is it the right text?" : undefined;
}

function byHand(home: string): string {
	const file = userVariablesFile(home);
	return `put a line like OPENAI_API_KEY=... into ${file} and make the file yours alone: chmod 600 ${file}\nA file .env in the directory of a project works too.`;
}
