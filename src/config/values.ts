import type { Path, Tree } from "./tree.ts";
import { pathText } from "./tree.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Values with their variables filled in, and which of them could not be. */
export type Filled = {
	readonly value: unknown;
	readonly unset: ReadonlyMap<string, readonly string[]>;
	readonly used: ReadonlyMap<string, readonly string[]>;
};

/**
 * Fills in `${VAR}` and `${VAR:-default}`; `$${text}` stands for the text `${text}`. A variable that is empty counts as
 * unset. What is unset stays as it was written. `${cwd}` is left for whoever knows the agent's folder.
 */
export function fillIn(tree: Tree, env: Environment): Filled {
	const unset = new Map<string, readonly string[]>();
	const used = new Map<string, readonly string[]>();

	function fill(value: unknown, path: Path): unknown {
		if (typeof value === "string" && value.includes("${")) {
			const filled = fillText(value, env);
			if (filled.unset.length > 0) unset.set(pathText(path), filled.unset);
			if (filled.used.length > 0) used.set(pathText(path), filled.used);
			return filled.text;
		}
		if (Array.isArray(value)) return value.map((item, index) => fill(item, [...path, index]));
		if (typeof value !== "object" || value === null) return value;
		return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, [...path, key])]));
	}

	return { value: fill(tree.value, []), unset, used };
}

const variable = /(\$?)\$\{([^{}]*)\}/g;
const variableName = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/** One text with its variables filled in. */
export function fillText(text: string, env: Environment): { text: string; unset: string[]; used: string[] } {
	const unset: string[] = [];
	const used: string[] = [];
	const filled = text.replace(variable, (whole, doubled: string, inside: string) => {
		if (doubled !== "") return `\${${inside}}`;
		const [, name, fallback] = variableName.exec(inside) ?? [];
		if (name === undefined || name === "cwd") return whole;
		used.push(name);
		const value = env[name];
		if (value !== undefined && value !== "") return value;
		if (fallback !== undefined) return fallback;
		unset.push(name);
		return whole;
	});
	return { text: filled, unset, used };
}

/** Options with `${cwd}` replaced by the folder in which the agent really works; without a folder they stay as they are. */
export function inWorkspace(options: Readonly<Record<string, unknown>>, workspace: string | undefined): Readonly<Record<string, unknown>> {
	if (workspace === undefined) return options;
	const put = (value: unknown): unknown => {
		if (typeof value === "string") return value.replaceAll(`\${cwd}`, () => workspace);
		if (Array.isArray(value)) return value.map(put);
		if (typeof value !== "object" || value === null) return value;
		return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, put(item)]));
	};
	return Object.fromEntries(Object.entries(options).map(([key, value]) => [key, put(value)]));
}
