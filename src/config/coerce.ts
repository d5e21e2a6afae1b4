import type * as z from "zod";
import type { Path } from "./tree.ts";

const yes = new Set(["y", "yes", "on", "true"]);
const no = new Set(["n", "no", "off", "false"]);

/**
 * Tries to bring the value at a path into the type that an issue asks for, and tells if it could. `source` is the
 * scalar as the file has it. Only spelling changes: YAML 1.1 booleans, numbers in quotes, text that looks like a number,
 * one value instead of a list of one, a key with nothing after it.
 */
export function coerceAt(holder: { value: unknown }, path: Path, issue: z.core.$ZodIssue, source: string | undefined): boolean {
	const parent = parentOf(holder, path);
	if (parent === undefined) return false;
	const { container, key } = parent;
	const value = container[key];
	if (value === null && typeof key === "string") {
		delete container[key];
		return true;
	}
	const wanted = converted(value, issue, source);
	if (wanted === undefined || Object.is(wanted, value)) return false;
	container[key] = wanted;
	return true;
}

function converted(value: unknown, issue: z.core.$ZodIssue, source: string | undefined): unknown {
	if (issue.code === "invalid_value") {
		const text = source ?? String(value);
		return issue.values.find((candidate) => typeof candidate === "string" && candidate.toLowerCase() === text.trim().toLowerCase());
	}
	if (issue.code !== "invalid_type") return undefined;
	switch (issue.expected as string) {
		case "boolean":
			return toBoolean(value);
		case "number":
		case "int":
			return toNumber(value);
		case "string":
			return typeof value === "number" || typeof value === "boolean" || typeof value === "bigint" ? (source ?? String(value)) : undefined;
		case "array":
			return typeof value === "string" || typeof value === "number" ? [value] : undefined;
		default:
			return undefined;
	}
}

function toBoolean(value: unknown): boolean | undefined {
	const word = String(value).toLowerCase();
	if (typeof value === "string" && yes.has(word)) return true;
	if (typeof value === "string" && no.has(word)) return false;
	if (value === 1 || value === 0) return value === 1;
	return undefined;
}

function toNumber(value: unknown): number | undefined {
	if (typeof value !== "string" || !/^[-+]?(\d[\d_]*\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(value.trim())) return undefined;
	return Number(value.trim().replaceAll("_", ""));
}

type Container = Record<string | number, unknown>;

function parentOf(holder: { value: unknown }, path: Path): { container: Container; key: string | number } | undefined {
	let container = holder as unknown as Container;
	let key: string | number = "value";
	for (const part of path) {
		const next = container[key];
		if (typeof next !== "object" || next === null) return undefined;
		container = next as Container;
		key = part;
	}
	return { container, key };
}
