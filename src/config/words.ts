import type * as z from "zod";
import { nearest } from "./problems.ts";

/** What a schema has against a value, as a sentence for its writer. */
export function inWords(issue: z.core.$ZodIssue, value: unknown, name: string): { message: string; hint?: string | undefined } {
	switch (issue.code) {
		case "invalid_type":
			if (value === undefined) return { message: `${name} is missing.` };
			return { message: `${name} must be ${kind(issue.expected)}, not ${shown(value)}.`, hint: shapeHint(name, value) };
		case "invalid_value": {
			const values = issue.values.map(String);
			const near = typeof value === "string" ? nearest(value, values) : undefined;
			return {
				message: `${name} must be ${values.length === 1 ? values[0] : `one of ${values.join(", ")}`}, not ${shown(value)}.`,
				hint: near === undefined ? undefined : `Did you mean ${near}?`,
			};
		}
		case "too_small":
			if (/^0 would/.test(issue.message)) return { message: `${name}: ${issue.message}.` };
			if (issue.origin === "array" || issue.origin === "string" || issue.origin === "set") {
				return {
					message: issue.minimum === 1 || issue.minimum === 1n ? `${name} is empty.` : `${name} needs at least ${issue.minimum} entries.`,
				};
			}
			return { message: `${name} must be ${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}, not ${shown(value)}.` };
		case "too_big":
			return { message: `${name} must be at most ${issue.maximum}, not ${shown(value)}.` };
		case "invalid_union": {
			const kinds = issue.errors.flatMap((branch) =>
				branch.map((inner) => (inner.code === "invalid_type" ? kind(inner.expected) : inner.message)),
			);
			return { message: `${name} must be ${[...new Set(kinds)].join(" or ")}, not ${shown(value)}.` };
		}
		default:
			return { message: `${name}: ${issue.message}` };
	}
}

/** The two mappings that beginners write as a word. */
function shapeHint(name: string, value: unknown): string | undefined {
	if (typeof value !== "string") return undefined;
	if (/\.backend$/.test(name)) return `Write backend: { type: ${value} }`;
	if (/^agents\[\d+\]$/.test(name)) return `Write - { id: NAME, backend: { type: ${value} } }`;
	return undefined;
}

function kind(expected: string): string {
	switch (expected) {
		case "number":
			return "a number";
		case "int":
			return "a whole number";
		case "string":
			return "text";
		case "boolean":
			return "true or false";
		case "array":
			return "a list";
		case "object":
		case "record":
			return "a mapping";
		default:
			return `of type ${expected}`;
	}
}

/** A value as a message shows it, short. Secrets have been hidden by then, or are not of a wrong type. */
export function shown(value: unknown): string {
	if (value === null || value === undefined) return "nothing";
	if (Array.isArray(value)) return "a list";
	if (typeof value === "object") return "a mapping";
	if (typeof value !== "string") return String(value);
	return `"${value.length > 40 ? `${value.slice(0, 40)}…` : value}"`;
}
