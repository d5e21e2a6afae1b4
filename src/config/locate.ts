import { existsSync, readdirSync, statSync } from "node:fs";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { ConfigError } from "../errors.ts";
import { nearest } from "./problems.ts";

export type Places = { readonly cwd: string; readonly home: string; readonly examplesDirectory: string };

const prefix = "@examples/";

/**
 * The file that `--config NAME` means: a path, `@examples/NAME`, or a team of `~/.config/massgen/agents`. Throws a
 * `ConfigError` that lists where it looked or what it could be.
 */
export function locate(name: string, places: Places): string {
	if (name.startsWith("@")) return example(name, places.examplesDirectory);
	const path = name === "~" || name.startsWith("~/") ? join(places.home, name.slice(1)) : resolve(places.cwd, name);
	const endings = /\.(ya?ml|json)$/.test(name) ? [""] : ["", ".yaml", ".yml", ".json"];
	const candidates = endings.map((ending) => path + ending);
	if (!isAbsolute(name) && !name.startsWith(".")) {
		const agents = join(places.home, ".config", "massgen", "agents", name);
		candidates.push(...endings.map((ending) => agents + ending));
	}
	const found = candidates.find(isFile) ?? candidates.find(existsSync);
	if (found !== undefined) return found;
	const similar = nearest(name.replace(/\.(ya?ml|json)$/, ""), exampleNames(places.examplesDirectory).map(lastPart));
	throw new ConfigError([
		{
			code: "config-not-found",
			message: `There is no configuration ${name}. Looked for: ${candidates.filter((candidate) => endings.length === 1 || !/\.(yml|json)$/.test(candidate)).join(", ")}`,
			hint: similar === undefined ? "massgen --list-examples shows what is shipped." : `Did you mean @examples/${similar}?`,
			severity: "error",
		},
	]);
}

/** The configuration that is used if none is named: the project's, then the user's. */
export function defaultConfig(places: Pick<Places, "cwd" | "home">): string | undefined {
	return [join(places.cwd, ".massgen", "config.yaml"), join(places.home, ".config", "massgen", "config.yaml")].find(isFile);
}

/** Names of the shipped examples as `@examples/` takes them, sorted: `basic/multi/three_agents_default`. */
export function exampleNames(directory: string): string[] {
	if (!existsSync(directory)) return [];
	return readdirSync(directory, { recursive: true, encoding: "utf8" })
		.filter((name) => /\.ya?ml$/.test(name))
		.map((name) =>
			name
				.split(sep)
				.join("/")
				.replace(/\.ya?ml$/, ""),
		)
		.sort();
}

/** Exact, or the end of exactly one name. */
function example(name: string, directory: string): string {
	const wanted = name.slice(prefix.length).replace(/\.ya?ml$/, "");
	const names = exampleNames(directory);
	const matches = names.includes(wanted) ? [wanted] : names.filter((candidate) => `/${candidate}`.endsWith(`/${wanted}`));
	const [only] = matches;
	if (name.startsWith(prefix) && only !== undefined && matches.length === 1) {
		return [".yaml", ".yml"].map((ending) => join(directory, only + ending)).find(isFile) ?? join(directory, `${only}.yaml`);
	}
	if (matches.length > 1 && name.startsWith(prefix)) {
		throw notFound("config-ambiguous", `${name} could be: ${matches.map((match) => prefix + match).join(", ")}`, "Use one of these names.");
	}
	if (!name.startsWith(prefix))
		throw notFound("config-not-found", `${name} is no configuration.`, `Shipped examples are named ${prefix}NAME.`);
	const alike = wanted === "" ? [] : names.filter((candidate) => candidate.includes(wanted));
	const near = nearest(wanted, [...names, ...names.map(lastPart)]);
	const meant = alike.length > 0 ? alike.slice(0, 6) : near === undefined ? [] : [near];
	const all = "massgen --list-examples shows all.";
	const hint = meant.length === 0 ? all : `Did you mean ${meant.map((candidate) => prefix + candidate).join(" or ")}? ${all}`;
	throw notFound("config-not-found", `There is no example ${wanted === "" ? name : wanted}.`, hint);
}

function notFound(code: string, message: string, hint: string): ConfigError {
	return new ConfigError([{ code, message, hint, severity: "error" }]);
}

function lastPart(name: string): string {
	return name.slice(name.lastIndexOf("/") + 1);
}

/** What cannot be looked at is none: the home of a service is often a file. */
function isFile(path: string): boolean {
	try {
		return statSync(path).isFile();
	} catch {
		return false;
	}
}

/** How a path is shown: relative to where the user is, if it lies below. */
export function shownPath(path: string, cwd: string): string {
	const short = relative(cwd, path);
	return short === "" || short.startsWith("..") || isAbsolute(short) ? path : short;
}
