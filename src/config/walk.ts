import * as z from "zod";
import { type Fate, fateOf } from "./keys/fate.ts";
import type { Path } from "./tree.ts";

type Schema = z.core.$ZodType;

/** The schema without what makes it optional, nullable or gives it a default. */
export function core(schema: Schema): Schema {
	if (
		schema instanceof z.ZodOptional ||
		schema instanceof z.ZodNullable ||
		schema instanceof z.ZodDefault ||
		schema instanceof z.ZodPrefault
	) {
		return core(schema.unwrap());
	}
	if (schema instanceof z.ZodPipe) return core(schema.in);
	return schema;
}

/** Alternatives of a union, flattened; anything else is its own only one. */
export function alternatives(schema: Schema): Schema[] {
	const inner = core(schema);
	return inner instanceof z.ZodUnion ? inner.options.flatMap(alternatives) : [inner];
}

/** The keys that a mapping may have here, over all alternatives. Empty if there is none, or if any key will do. */
export function fieldsOf(schema: Schema): Record<string, Schema> {
	const fields: Record<string, Schema> = {};
	for (const option of alternatives(schema)) if (option instanceof z.ZodObject) Object.assign(fields, option.shape);
	return fields;
}

/** The schema of one element or key. */
export function step(schema: Schema, part: string | number): Schema | undefined {
	for (const option of alternatives(schema)) {
		if (typeof part === "number" && option instanceof z.ZodArray) return option.element;
		if (typeof part === "string" && option instanceof z.ZodRecord) return option.valueType;
	}
	const fields = fieldsOf(schema);
	// A key may be called constructor or toString: only the schema's own keys count.
	return typeof part === "string" && Object.hasOwn(fields, part) ? fields[part] : undefined;
}

/** The schema at the end of a path, and the fates met on the way. */
export function follow(schema: Schema, path: Path): { schema: Schema | undefined; fates: Fate[] } {
	const fates: Fate[] = [];
	let current: Schema | undefined = schema;
	for (const part of path) {
		current = current && step(current, part);
		const fate = current && fateOf(current);
		if (fate) fates.push(fate);
	}
	return { schema: current, fates };
}

export type Use = { readonly path: Path; readonly fate: Exclude<Fate, { fate: "works" }> };

/** Every key of the value that does not simply work, outermost only. */
export function usesOf(schema: Schema, value: unknown, path: Path = []): Use[] {
	if (Array.isArray(value)) {
		return value.flatMap((item, index) => {
			const inner = step(schema, index);
			return inner ? usesOf(inner, item, [...path, index]) : [];
		});
	}
	if (typeof value !== "object" || value === null) return [];
	return Object.entries(value).flatMap(([key, item]) => {
		const field = step(schema, key);
		if (field === undefined || item === null || item === undefined) return [];
		const fate = fateOf(field);
		if (fate?.fate === "accepted" && isOff(item)) return [];
		if (fate && fate.fate !== "works") return [{ path: [...path, key], fate }];
		return usesOf(field, item, [...path, key]);
	});
}

/** What is switched off or empty asks for nothing, so nothing is lost. */
function isOff(value: unknown): boolean {
	return (
		value === false ||
		value === "" ||
		(typeof value === "string" && /^(no|off|false)$/i.test(value)) ||
		(Array.isArray(value) && value.length === 0)
	);
}

/** Where else in the schema a key of this name exists, as a path with `[]` for lists. */
export function homesOf(schema: Schema, name: string, path = "", depth = 0): string[] {
	if (depth > 6) return [];
	const homes: string[] = [];
	for (const option of alternatives(schema)) {
		if (option instanceof z.ZodArray) homes.push(...homesOf(option.element, name, `${path}[]`, depth + 1));
		if (!(option instanceof z.ZodObject)) continue;
		for (const [key, field] of Object.entries(option.shape)) {
			const fate = fateOf(field as Schema);
			if (fate !== undefined && fate.fate !== "works") continue;
			const inner = path === "" ? key : `${path}.${key}`;
			if (key === name) homes.push(inner);
			homes.push(...homesOf(field as Schema, name, inner, depth + 1));
		}
	}
	return homes;
}
