import * as z from "zod";

/**
 * Every key of a configuration has one of three fates, written beside its type. The validator, the warnings, the JSON
 * Schema for editors and `docs/configuration.md` all read them from here.
 */
export type Fate =
	/** It does what its description says. */
	| { readonly fate: "works"; readonly description: string }
	/** MassGen knows it, we do not do it yet (or `never` will): a warning says what does not happen, and what to do instead. */
	| { readonly fate: "accepted"; readonly description: string; readonly lost: string; readonly instead?: string; readonly never?: true }
	/** An error with the reason: dangerous, or without any meaning here. */
	| { readonly fate: "refused"; readonly description: string; readonly instead?: string };

/** What an accepted key costs its user. One warning is given per loss, however many keys and agents share it. */
export type Loss = { readonly lost: string; readonly instead?: string; readonly never?: true };

export function works<T extends z.ZodType>(schema: T, description: string): z.ZodOptional<T> {
	return schema.optional().meta({ fate: "works", description } satisfies Fate);
}

export function accepted<T extends z.ZodType>(loss: Loss, description: string, schema: T): z.ZodOptional<T> {
	return schema.optional().meta({ fate: "accepted", description, ...loss } satisfies Fate);
}

/** Several accepted keys of any value, described by the same sentence. */
export function acceptedKeys(loss: Loss, description: string, names: readonly string[]): Record<string, z.ZodType> {
	// One schema for all of them: making hundreds would be felt at every start.
	const schema = accepted(loss, description, z.unknown());
	return Object.fromEntries(names.map((name) => [name, schema]));
}

export function refused(description: string, instead?: string): z.ZodOptional<z.ZodUnknown> {
	const fate: Fate = { fate: "refused", description, ...(instead === undefined ? {} : { instead }) };
	return z.unknown().optional().meta(fate);
}

/** The fate of a field, or undefined for schemas that carry none (the options of a backend: they work). */
export function fateOf(schema: z.core.$ZodType): Fate | undefined {
	const meta = z.globalRegistry.get(schema) as Record<string, unknown> | undefined;
	return typeof meta?.fate === "string" ? (meta as unknown as Fate) : undefined;
}

/** A mapping whose keys belong to somebody else: a provider, a tool, a program. */
export const open = z.record(z.string(), z.unknown());

export const positive = z.number().positive();
export const notNegative = z.number().min(0);
export const whole = z.int().min(1);
