import { existsSync, readdirSync, statSync } from "node:fs";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { ConfigError, type ConfigProblem } from "../errors.ts";
import { type LoadOptions, loadTeam } from "./load.ts";
import { shownPath } from "./locate.ts";
import type { Team } from "./team.ts";

/** What `--validate` has to say of one file. */
export type FileReport = { readonly file: string; readonly problems: readonly ConfigProblem[]; readonly team?: Team };

/**
 * Checks files, folders (with all YAML files below), patterns (`teams/**\/*.yaml`) and `@examples/NAME`, as far as they can
 * be checked without running: variables need not be set, models need not be there.
 */
export function validateFiles(names: readonly string[], options: Omit<LoadOptions, "config" | "purpose">): readonly FileReport[] {
	const files = names.flatMap((name) => expanded(name, options.cwd));
	return [...new Set(files)].map((file) => {
		try {
			const { team, warnings } = loadTeam({ ...options, config: file, purpose: "look" });
			return { file: shownPath(file, options.cwd), problems: warnings, team };
		} catch (error) {
			if (!(error instanceof ConfigError)) throw error;
			return { file: shownPath(file, options.cwd), problems: error.problems };
		}
	});
}

/** Whether a report fails a check: by an error, or in a strict one by a warning too. */
export function isBad({ problems }: FileReport, strict: boolean): boolean {
	return problems.some(({ severity }) => strict || severity === "error");
}

function expanded(name: string, cwd: string): string[] {
	if (name.startsWith("@")) return [name];
	const path = resolve(cwd, name);
	if (existsSync(path)) return statSync(path).isDirectory() ? orItself(yamlFiles(path), path) : [path];
	const firstWild = name.search(/[*?{]/);
	if (firstWild === -1) return [name];
	const base = resolve(cwd, name.slice(0, name.lastIndexOf("/", firstWild) + 1));
	const pattern = patternOf(isAbsolute(name) ? name : join(cwd, name));
	const found = existsSync(base) ? allFiles(base).filter((file) => pattern.test(file.split(sep).join("/"))) : [];
	return orItself(found, name);
}

/** A folder or pattern without any file is told like a missing file. */
function orItself(files: string[], name: string): string[] {
	return files.length === 0 ? [name] : files;
}

function yamlFiles(directory: string): string[] {
	return allFiles(directory).filter((file) => /\.ya?ml$/.test(file) && !relative(directory, file).split(sep).includes("node_modules"));
}

function allFiles(directory: string): string[] {
	return readdirSync(directory, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name))
		.sort();
}

/** `**` is any number of folders, `*` any part of a name, `?` one letter, `{a,b}` one of these. */
function patternOf(glob: string): RegExp {
	const source = glob
		.split(sep)
		.join("/")
		.replace(/\*\*\/|\*\*|\*|\?|\{[^{}]*\}|[.+^$()|[\]\\]/g, (part) => {
			if (part === "**/") return "(?:.*/)?";
			if (part === "**") return ".*";
			if (part === "*") return "[^/]*";
			if (part === "?") return "[^/]";
			if (part.startsWith("{")) return `(?:${part.slice(1, -1).split(",").map(escaped).join("|")})`;
			return `\\${part}`;
		});
	return new RegExp(`^${source}$`);
}

function escaped(text: string): string {
	return text.replace(/[.*+?^$()|[\]\\{}]/g, "\\$&");
}
