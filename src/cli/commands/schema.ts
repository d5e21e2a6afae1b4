/** `massgen schema`: the JSON Schema of a configuration, for editors and for programs that write one. */
import { backendJsonSchema, configJsonSchema } from "../../config/json-schema.ts";
import { shippedRegistries } from "../../config/load.ts";
import { nearest } from "../../config/problems.ts";
import { UsageError } from "../../errors.ts";
import type { Spec } from "../command.ts";
import type { Io } from "../io.ts";
import { parse } from "../parse.ts";

const schemaSpec = {
	name: "schema",
	usage: "massgen schema [--backend TYPE]",
	about: "The JSON Schema of a configuration, on stdout.",
	words: { max: 0, hint: "massgen schema --backend openai" },
	options: {
		backend: { kind: "text", value: "TYPE", group: "Options", describe: "Only what backend: may hold for this type." },
		help: { kind: "flag", alias: "h", group: "Options", describe: "This text." },
	},
	examples: [["massgen schema > massgen.schema.json", "for an editor that completes keys and marks mistakes"]],
} as const satisfies Spec;

export const specs: readonly Spec[] = [schemaSpec];

export async function run(words: readonly string[], io: Io): Promise<number> {
	const { backend } = parse(schemaSpec, words).values;
	io.stdout.write(`${JSON.stringify(backend === undefined ? configJsonSchema(shippedRegistries) : ofBackend(backend), null, 2)}\n`);
	return 0;
}

function ofBackend(type: string) {
	const names = shippedRegistries.backends.map(({ name }) => name);
	const entry = shippedRegistries.backends.find(({ name }) => name === type);
	if (entry) return backendJsonSchema(entry, shippedRegistries);
	const near = nearest(type, names);
	throw new UsageError(`There is no backend ${type}.`, near === undefined ? `One of: ${names.join(", ")}.` : `Did you mean ${near}?`);
}
