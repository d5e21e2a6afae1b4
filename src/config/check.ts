import type * as z from "zod";
import type { ConfigProblem } from "../errors.ts";
import { coerceAt } from "./coerce.ts";
import { nearest, type Place, problemAt } from "./problems.ts";
import { type Path, pathText, type Tree } from "./tree.ts";
import { core, fieldsOf, follow, homesOf } from "./walk.ts";
import { inWords } from "./words.ts";

type Issue = z.core.$ZodIssue;

export type CheckOptions = {
	readonly tree: Tree;
	/** Where in the tree the value stands. */
	readonly at: Path;
	/** Values that could not be filled in: their type cannot be judged. */
	readonly unset: ReadonlyMap<string, readonly string[]>;
	readonly allowUnknown: boolean;
	/** The schema of the whole file, to say where a misplaced key belongs. */
	readonly whole?: z.core.$ZodType | undefined;
	/** Keys that any backend may have, for the same. */
	readonly backendKeys?: ReadonlySet<string> | undefined;
};

/**
 * Checks a value against a schema. Values that only differ in spelling (`"3"` for 3, `yes` for true, nothing for a key
 * that is not set) are brought into the right one. Everything that is wrong is reported, not only the first.
 */
export function check(schema: z.ZodType, value: unknown, options: CheckOptions): { value: unknown; problems: ConfigProblem[] } {
	let current = structuredClone(value);
	const given = (path: Path) => options.tree.sources.get(pathText([...options.at, ...path]));
	for (let round = 0; round < 20; round++) {
		// Compiling a schema that is used once costs more than it saves.
		const result = schema.safeParse(current, { jitless: true });
		if (result.success) return { value: current, problems: [] };
		const issues = result.error.issues;
		const holder = { value: current };
		const changed = issues.map((issue) => coerceIssue(holder, issue, given)).includes(true);
		current = holder.value;
		if (!changed) return { value: current, problems: withoutEchoes(issues.flatMap((issue) => report(schema, current, issue, options))) };
	}
	return { value: current, problems: [] };
}

/** A mistyped key is also a missing one: that is one mistake. */
function withoutEchoes(problems: readonly ConfigProblem[]): ConfigProblem[] {
	const meant = new Set(
		problems.flatMap(({ path, hint, code }) => {
			const near = code === "config-unknown-key" ? /^Did you mean ([^?]+)\?/.exec(hint ?? "")?.[1] : undefined;
			return near === undefined || path === undefined ? [] : [path.slice(0, path.lastIndexOf(".") + 1) + near];
		}),
	);
	return problems.filter((problem) => !(problem.message.endsWith(" is missing.") && meant.has(problem.path ?? "")));
}

function coerceIssue(holder: { value: unknown }, issue: Issue, given: (path: Path) => string | undefined, base: Path = []): boolean {
	const path = [...base, ...pathOf(issue)];
	if (issue.code === "invalid_union") {
		for (const branch of issue.errors) {
			const [first, ...others] = branch;
			if (first && others.length === 0 && coerceIssue(holder, first, given, path)) return true;
		}
		return false;
	}
	return coerceAt(holder, path, issue, given(path));
}

function pathOf(issue: { path: readonly PropertyKey[] }): Path {
	return issue.path.map((part) => (typeof part === "symbol" ? String(part) : part));
}

/** One problem for each thing the user has to change. */
function report(schema: z.ZodType, value: unknown, issue: Issue, options: CheckOptions, base: Path = []): ConfigProblem[] {
	const path = [...base, ...pathOf(issue)];
	if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(schema, [...path, key], options));
	if (issue.code === "invalid_union") {
		const inside = valueAt(value, path);
		const branch = branchFor(issue.errors);
		const keys = Object.keys(fieldsOf(follow(schema, path).schema ?? schema));
		if (typeof inside === "object" && inside !== null && !Array.isArray(inside) && keys.length > 0) {
			const strangers = Object.keys(inside).filter((key) => !keys.includes(key));
			if (strangers.length > 0) return strangers.map((key) => unknownKey(schema, [...path, key], options));
		}
		if (branch?.some((inner) => inner.path.length > 0 || inner.code === "unrecognized_keys")) {
			return branch.flatMap((inner) => report(schema, value, inner, options, path));
		}
	}
	const full = [...options.at, ...path];
	const name = pathText(full);
	if (options.unset.has(name)) return [];
	if (follow(schema, path).fates.some((fate) => fate.fate === "accepted")) return [];
	const { message, hint } = inWords(issue, asWritten(options.tree.value, full) ?? valueAt(value, path), name);
	return [problemAt(placeOf(options.tree, full), { code: "config-invalid-value", message, hint, path: name })];
}

/** What stands in the file, where a variable stands for the value: what it holds is not shown. */
function asWritten(file: unknown, path: Path): string | undefined {
	const text = valueAt(file, path);
	return typeof text === "string" && text.includes("${") ? text : undefined;
}

/** The alternative of a union that the value comes closest to; unions inside a union count as one. */
function branchFor(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
	const all = branches.flatMap(flattened);
	return all.sort((a, b) => distance(a) - distance(b))[0];
}

function flattened(branch: readonly Issue[]): readonly (readonly Issue[])[] {
	const [first, ...others] = branch;
	const nested = first?.code === "invalid_union" && first.path.length === 0 && others.length === 0;
	return nested ? first.errors.flatMap(flattened) : [branch];
}

/** Something of another kind is far away, a mapping with other keys is near, a mistake inside it nearest. */
function distance(branch: readonly Issue[]): number {
	const here = branch.filter((issue) => issue.path.length === 0);
	return (
		branch.length +
		(here.some((issue) => issue.code === "invalid_type") ? 100 : 0) +
		(here.some((issue) => issue.code === "unrecognized_keys") ? 10 : 0)
	);
}

function unknownKey(schema: z.ZodType, path: Path, options: CheckOptions): ConfigProblem {
	const key = String(path.at(-1));
	const full = [...options.at, ...path];
	const parent = follow(schema, path.slice(0, -1)).schema ?? schema;
	const fields = fieldsOf(parent);
	const near = nearest(
		key,
		Object.keys(fields).filter((name) => metaOf(fields[name])?.fate !== "refused"),
	);
	const where = options.at.length + path.length === 1 ? "at the top level" : `in ${pathText(full.slice(0, -1))}`;
	const place = options.tree.keys.get(pathText(full)) ?? placeOf(options.tree, full);
	return problemAt(place, {
		code: "config-unknown-key",
		message: `Unknown key ${key} ${where}.`,
		hint: hintFor(key, near, fields, options),
		path: pathText(full),
		severity: options.allowUnknown ? "warning" : "error",
	});
}

function hintFor(
	key: string,
	near: string | undefined,
	fields: Record<string, z.core.$ZodType>,
	{ whole, backendKeys }: CheckOptions,
): string {
	if (near !== undefined) {
		const description = describe(fields[near]);
		return `Did you mean ${near}?${description === "" ? "" : ` ${description}`}`;
	}
	const home = whole && (homesOf(whole, key)[0] ?? (backendKeys?.has(key) ? `agents[].backend.${key}` : undefined));
	if (home !== undefined) return `${key} belongs to ${home.slice(0, Math.max(0, home.length - key.length - 1)) || "the top level"}.`;
	const known = Object.keys(fields).filter((name) => metaOf(fields[name])?.fate !== "accepted" && metaOf(fields[name])?.fate !== "refused");
	return known.length === 0 ? "Delete it." : `Known here: ${known.slice(0, 24).join(", ")}${known.length > 24 ? ", ..." : ""}.`;
}

function metaOf(schema: z.core.$ZodType | undefined): Record<string, unknown> | undefined {
	if (schema === undefined) return undefined;
	const own = (schema as z.ZodType).meta?.();
	return own ?? (core(schema) as z.ZodType).meta?.();
}

function describe(schema: z.core.$ZodType | undefined): string {
	const description = metaOf(schema)?.description;
	return typeof description === "string" ? description : "";
}

/** Where a value stands; if it was never written, where its nearest parent does. */
export function placeOf(tree: Tree, path: Path): Place | undefined {
	for (let length = path.length; length >= 0; length--) {
		const name = pathText(path.slice(0, length));
		const place = tree.values.get(name) ?? tree.keys.get(name);
		if (place !== undefined) return length === path.length ? place : (tree.keys.get(name) ?? place);
	}
	return undefined;
}

function valueAt(value: unknown, path: Path): unknown {
	let current = value;
	for (const part of path) {
		if (typeof current !== "object" || current === null) return undefined;
		current = (current as Record<string | number, unknown>)[part];
	}
	return current;
}
