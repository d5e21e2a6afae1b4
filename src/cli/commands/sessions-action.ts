/** A row of `massgen sessions`: its flags, its help and what it does. */

import { clean, jsonText } from "../../displays/clean.ts";
import type { Option, Parsed, Spec } from "../command.ts";
import type { Here } from "../find-session.ts";
import type { Io } from "../io.ts";
import { parse } from "../parse.ts";

export type SessionsAction = {
	readonly spec: Spec;
	run(words: readonly string[], io: Io, here: Here): Promise<number>;
};

/** Flags that every one has. */
export const usualOptions = {
	json: { kind: "flag", group: "Options", describe: "One JSON document." },
	help: { kind: "flag", alias: "h", group: "Options", describe: "This text." },
} as const satisfies Record<string, Option>;

/** Parses by the spec, then works with what was given. */
export function action<S extends Spec>(spec: S, work: (given: Parsed<S>, io: Io, here: Here) => Promise<number>): SessionsAction {
	return {
		spec,
		run: async (words, io, here) => {
			const given = parse(spec, words);
			if ("help" in given.values && given.values.help === true)
				return (await import("../print-help.ts")).printHelp(spec.name.replaceAll(" ", "-"), io);
			return await work(given, io, here);
		},
	};
}

/** One result: a document for programs, or lines for people. */
export function tell(io: Io, json: boolean, document: unknown, lines: readonly string[]): number {
	io.stdout.write(json ? `${jsonText(document, 2)}\n` : lines.map((line) => `${clean(line)}\n`).join(""));
	return 0;
}
