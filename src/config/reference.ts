import * as z from "zod";
import type { BackendEntry } from "../backends/backend.ts";
import { fateOf } from "./keys/fate.ts";
import { backendSchema, type Registries, teamSchema } from "./schema.ts";
import { alternatives, core, fieldsOf } from "./walk.ts";

type Schema = z.core.$ZodType;
type Row = { readonly path: string; readonly schema: Schema; readonly description: string };

/** The key tables of `docs/configuration.md`, in Markdown, by the name of their place in it. */
export function referenceTables(registries: Registries): Readonly<Record<string, string>> {
	const rows = rowsOf(teamSchema(registries), "");
	const working = rows.filter(({ schema }) => fateOf(schema)?.fate === "works");
	return {
		keys: table(
			["key", "value", "meaning"],
			working.map(({ path, schema, description }) => [`\`${path}\``, typeName(schema), description]),
		),
		backends: table(
			["`type`", "what it is", "variable with the key", "default model"],
			registries.backends.map((entry) => [
				`\`${entry.name}\``,
				entry.title,
				entry.keyVariables?.map((name) => `\`${name}\``).join(", ") ?? "",
				entry.defaultModel === undefined ? "" : `\`${entry.defaultModel}\``,
			]),
		),
		options: optionTable(registries.backends),
		accepted: lossTable(registries),
		refused: table(
			["key", "why"],
			[...rows, ...rowsOf(backendSchema(undefined, []), "agents[].backend")]
				.filter(({ schema }) => fateOf(schema)?.fate === "refused")
				.map(({ path, schema, description }) => {
					const fate = fateOf(schema);
					return [`\`${path}\``, fate?.fate === "refused" && fate.instead !== undefined ? `${description} ${fate.instead}` : description];
				}),
		),
	};
}

/** Every key below a schema, outermost first; lists are marked by `[]`. Keys without effect are not entered. */
function rowsOf(schema: Schema, prefix: string): Row[] {
	return Object.entries(fieldsOf(schema)).flatMap(([key, field]) => {
		const fate = fateOf(field);
		const inner = core(field);
		const path = `${prefix === "" ? "" : `${prefix}.`}${key}`;
		const row = { path, schema: field, description: fate?.description ?? "" };
		if (fate !== undefined && fate.fate !== "works") return [row];
		const list = alternatives(field).find((option) => option instanceof z.ZodArray);
		const below =
			list instanceof z.ZodArray
				? rowsOf(list.element, `${path}[]`)
				: inner instanceof z.ZodRecord
					? rowsOf(inner.valueType, `${path}.NAME`)
					: rowsOf(field, path);
		return [row, ...below];
	});
}

/** Options that backends declare themselves: one row per option, with the backends that take it. */
function optionTable(backends: readonly BackendEntry[]): string {
	const byName = new Map<string, { type: string; description: string; owners: string[] }>();
	for (const entry of backends) {
		for (const [key, field] of Object.entries(entry.options.shape)) {
			const schema = field as z.ZodType;
			const known = byName.get(key) ?? { type: typeName(schema), description: "", owners: [] };
			const description = known.description || schema.meta()?.description || (core(schema) as z.ZodType).meta?.()?.description || "";
			byName.set(key, { ...known, description, owners: [...known.owners, entry.name] });
		}
	}
	const rows = [...byName]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([key, { type, description, owners }]) => {
			const missing = backends.filter((entry) => !owners.includes(entry.name)).map((entry) => entry.name);
			const who =
				missing.length === 0 ? "all" : owners.length > 8 && missing.length < 8 ? `all but ${missing.join(", ")}` : owners.join(", ");
			return [`\`${key}\``, type, description, who];
		});
	return table(["option", "value", "meaning", "backends"], rows);
}

/** Keys that load without effect, by what is lost. */
function lossTable(registries: Registries): string {
	const rows = [...rowsOf(teamSchema(registries), ""), ...rowsOf(backendSchema(undefined, []), "agents[].backend")];
	const byLoss = new Map<string, { keys: string[]; instead: string }>();
	for (const { path, schema } of rows) {
		const fate = fateOf(schema);
		if (fate?.fate !== "accepted") continue;
		const known = byLoss.get(fate.lost) ?? { keys: [], instead: fate.instead ?? "" };
		byLoss.set(fate.lost, { ...known, keys: [...known.keys, `\`${path.replace("agents[].backend.", "")}\``] });
	}
	return table(
		["what does not happen", "keys", "instead"],
		[...byLoss].map(([lost, { keys, instead }]) => [lost, keys.join(" "), instead]),
	);
}

/** A type in the words of a reader. */
export function typeName(schema: Schema): string {
	const names = alternatives(schema).map((option) => {
		if (option instanceof z.ZodEnum) return option.options.map((value) => `\`${String(value)}\``).join(" ");
		if (option instanceof z.ZodBoolean) return "`true` `false`";
		if (option instanceof z.ZodNumber) return option.format === "safeint" ? "whole number" : "number";
		if (option instanceof z.ZodString) return "text";
		if (option instanceof z.ZodArray) return "list";
		if (option instanceof z.ZodObject || option instanceof z.ZodRecord) return "mapping";
		return "anything";
	});
	return [...new Set(names)].join(" or ");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
	return [line(head), `|${head.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}
