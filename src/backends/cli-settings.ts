import { isAbsolute, join, resolve } from "node:path";
import type { BackendSetup } from "./backend.ts";
import { camelKeys, isRecord } from "./keys.ts";

/** What all CLI agents can be told: validated where the configuration was read, taken apart here. */
export type CliSettings = {
	readonly options: Readonly<Record<string, unknown>>;
	/** Another program than the usual one. */
	readonly command: string | undefined;
	readonly model: string | undefined;
	/** The user's own arguments, put after ours: they have the last word. */
	readonly args: readonly string[];
	readonly cwd: string;
	readonly env: BackendSetup["env"];
};

export function cliSettings(setup: BackendSetup): CliSettings {
	const options = camelKeys(setup.options);
	return {
		options,
		command: program(word(options.command)),
		model: setup.model ?? word(options.model),
		args: words(options.args),
		cwd: directory(word(options.cwd), setup),
		env: { ...setup.env, ...variables(options.env) },
	};
}

/**
 * A path (absolute, or with a dot or ~ in front) is a directory of the user's, who wants it worked in. A bare name, as in
 * files written for MassGen, only names the agent's own workspace.
 */
function directory(cwd: string | undefined, { workspace, env }: BackendSetup): string {
	if (cwd?.startsWith("~")) return join(env.HOME ?? env.USERPROFILE ?? "", cwd.slice(1));
	if (cwd !== undefined && (isAbsolute(cwd) || cwd.startsWith("."))) return resolve(cwd);
	return resolve(workspace ?? cwd ?? ".");
}

/** A path is meant from where massgen was started, not from the workspace. */
function program(command: string | undefined): string | undefined {
	return command !== undefined && /[\\/]/.test(command) ? resolve(command) : command;
}

export function word(value: unknown): string | undefined {
	return typeof value === "string" && value !== "" ? value : undefined;
}

export function words(value: unknown): readonly string[] {
	return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** `--name value`, or nothing without a value. */
export function flag(name: string, value: string | number | undefined): readonly string[] {
	return value === undefined || value === "" ? [] : [name, String(value)];
}

function variables(value: unknown): Record<string, string> {
	if (!isRecord(value)) return {};
	return Object.fromEntries(Object.entries(value).map(([name, content]) => [name, String(content)]));
}
