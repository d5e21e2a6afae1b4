/** What the flags of the first minute do; undefined where a team is to be asked. */
import { UsageError } from "../../errors.ts";
import type { askSpec } from "../ask-options.ts";
import type { Values } from "../command.ts";
import type { Io } from "../io.ts";

type Flags = Values<typeof askSpec>;

export async function firstMinute(flags: Flags, words: readonly string[], io: Io): Promise<number | undefined> {
	checkCompany(flags);
	if (flags["list-examples"]) return (await import("../commands/examples.ts")).listExamples(io, { json: flags.json });
	if (flags.example !== undefined) return (await import("../commands/examples.ts")).printExample(io, flags.example);
	if (flags["show-schema"]) return await (await import("../commands/schema.ts")).run(schemaWords(flags), io);
	if (flags.validate !== undefined) return await (await import("../commands/validate-files.ts")).run(validateWords(flags, words), io);
	if (flags["generate-config"] !== undefined)
		return await (await import("./generate-config.ts")).generateConfig(io, flags["generate-config"], {
			agents: flags["config-agents"],
			backends: flags["config-backend"],
			models: flags["config-model"],
			contextPath: flags["config-context-path"],
		});
	if (flags.setup) return await (await import("./setup.ts")).setup(io);
	if (flags.init || flags.quickstart) return await (await import("./wizard.ts")).wizard(io);
	return undefined;
}

/** Flags that say more about another one. */
const companions: readonly (readonly [keyof Flags, keyof Flags])[] = [
	["config-agents", "generate-config"],
	["config-backend", "generate-config"],
	["config-model", "generate-config"],
	["config-context-path", "generate-config"],
	["schema-backend", "show-schema"],
	["strict", "validate"],
];

function checkCompany(flags: Flags): void {
	const isGiven = (name: keyof Flags) =>
		Array.isArray(flags[name]) ? flags[name].length > 0 : flags[name] !== undefined && flags[name] !== false;
	for (const [name, other] of companions) if (isGiven(name) && !isGiven(other)) throw new UsageError(`--${name} goes with --${other}.`);
}

function schemaWords(flags: Flags): string[] {
	return flags["schema-backend"] === undefined ? [] : ["--backend", flags["schema-backend"]];
}

function validateWords(flags: Flags, words: readonly string[]): string[] {
	const json = flags.json || flags["output-format"] === "json";
	const named = [flags.validate, flags.config, ...words].filter((name) => name !== undefined && name !== "");
	return [
		...(flags.strict || flags["strict-validation"] ? ["--strict"] : []),
		...(flags["allow-unknown"] ? ["--allow-unknown"] : []),
		...(json ? ["--json"] : []),
		"--",
		...named.flatMap((name) => (name === undefined ? [] : [name])),
	];
}
