import { dirname, isAbsolute, join, resolve } from "node:path";
import { ConfigError } from "../errors.ts";
import { shownPath } from "./locate.ts";
import { isObject, type Json } from "./normalize.ts";
import { readTree } from "./parse.ts";
import { problemAt } from "./problems.ts";
import type { Tree } from "./tree.ts";

type From = { readonly cwd: string; readonly home: string };

const deepest = 10;

/** A path of a configuration: `~` is the home directory, relative ones start where the file lies. */
export function pathFrom(file: string, path: string, home: string): string {
	if (path === "~" || path.startsWith("~/")) return join(home, path.slice(1));
	return isAbsolute(path) ? path : resolve(dirname(file), path);
}

/**
 * Reads a file and what it includes. Keys of the including file win over those of an included one, a later include over
 * an earlier one; mappings are merged key by key, lists are replaced whole.
 */
export function readWithIncludes(file: string, from: From, chain: readonly string[] = []): Tree {
	const tree = readTree(file, shownPath(file, from.cwd));
	if (!isObject(tree.value) || tree.value.include === undefined || tree.value.include === null) return tree;
	const included = typeof tree.value.include === "string" ? [tree.value.include] : tree.value.include;
	if (!Array.isArray(included)) return tree;
	let base: Tree | undefined;
	for (const [index, name] of included.entries()) {
		if (typeof name !== "string") continue;
		const at = tree.values.get(`include[${index}]`) ?? tree.values.get("include");
		const path = pathFrom(file, name, from.home);
		const fail = (code: string, message: string) => new ConfigError([problemAt(at, { code, message, path: "include" })]);
		if (path === file || chain.includes(path))
			throw fail(
				"config-include-cycle",
				`The files include each other: ${[...chain, file, path].map((link) => shownPath(link, from.cwd)).join(" -> ")}`,
			);
		if (chain.length >= deepest) throw fail("config-include-cycle", `Files are included more than ${deepest} levels deep.`);
		const next = read(path, from, [...chain, file], (message) => fail("config-include", message));
		base = base === undefined ? next : merge(base, next);
	}
	const { include: _, ...own } = tree.value;
	const rest = { ...tree, value: own };
	return base === undefined ? rest : merge(base, rest);
}

/** A missing include is a mistake of the line that names it; a broken one has places of its own. */
function read(path: string, from: From, chain: readonly string[], fail: (message: string) => ConfigError): Tree {
	try {
		return readWithIncludes(path, from, chain);
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error;
		const [problem] = error.problems;
		if (problem?.frame !== undefined || problem === undefined) throw error;
		throw fail(problem.message);
	}
}

/** `upper` laid over `lower`. Places are taken from where the value came from. */
function merge(lower: Tree, upper: Tree): Tree {
	const keys = new Map(lower.keys);
	const values = new Map(lower.values);
	const sources = new Map(lower.sources);
	for (const [path, place] of upper.keys) keys.set(path, place);
	for (const [path, place] of upper.values) values.set(path, place);
	for (const path of upper.values.keys()) sources.delete(path);
	for (const [path, source] of upper.sources) sources.set(path, source);
	return {
		value: isObject(lower.value) && isObject(upper.value) ? deepMerge(lower.value, upper.value) : upper.value,
		keys,
		values,
		sources,
	};
}

function deepMerge(lower: Json, upper: Json): Json {
	const merged: Json = { ...lower };
	for (const [key, value] of Object.entries(upper)) {
		const below = merged[key];
		merged[key] = isObject(below) && isObject(value) ? deepMerge(below, value) : value;
	}
	return merged;
}
