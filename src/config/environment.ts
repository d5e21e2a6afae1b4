import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import type { Environment } from "./values.ts";

/** Variables and where each of them comes from. */
export type Variables = { readonly env: Environment; readonly origins: Readonly<Record<string, string>> };

/**
 * The process environment, then `.env` of the project, then `~/.config/massgen/.env`: what is found first counts. A
 * variable that is set to nothing does not hide a value further down.
 */
export function readVariables(options: { env: Environment; cwd: string; home: string }): Variables {
	const files = [join(options.cwd, ".env"), userVariablesFile(options.home)];
	const env: Record<string, string | undefined> = {};
	const origins: Record<string, string> = {};
	for (const [origin, values] of [
		["the environment", options.env] as const,
		...files.map((file) => [file, readVariablesFile(file)] as const),
	]) {
		for (const [name, value] of Object.entries(values)) {
			if (value === undefined || (env[name] !== undefined && env[name] !== "")) continue;
			env[name] = value;
			origins[name] = origin;
		}
	}
	return { env, origins };
}

/** Where `massgen --setup` keeps keys. */
export function userVariablesFile(home: string): string {
	return join(home, ".config", "massgen", ".env");
}

/** A `.env` file; one that is missing or unreadable holds nothing. */
export function readVariablesFile(path: string): Environment {
	try {
		return parseEnv(readFileSync(path, "utf8"));
	} catch {
		return {};
	}
}

/** The environment of this process, for programs that use the library. */
export function processEnvironment(): Environment {
	return process.env;
}
