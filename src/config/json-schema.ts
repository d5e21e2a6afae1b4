import * as z from "zod";
import type { BackendEntry } from "../backends/backend.ts";
import { isObject, type Json } from "./normalize.ts";
import { backendSchema, type Registries, teamSchema } from "./schema.ts";

/** The JSON Schema of a configuration file, for editors. Draft 7: the newest that YAML editors understand fully. */
export function configJsonSchema(registries: Registries): Json {
	const schema = draft7(teamSchema(registries));
	const { properties } = schema;
	if (!isObject(properties) || !isObject(properties.agents) || !isObject(properties.agents.items))
		throw new Error("The schema has no agents.");
	const agent = properties.agents.items;
	if (isObject(agent.properties)) agent.properties.backend = { ...backends(registries), description: "Where it gets its answers from." };
	properties.agents.items = { $ref: "#/definitions/agent" };
	properties.agent = { $ref: "#/definitions/agent" };
	return {
		$schema: "http://json-schema.org/draft-07/schema#",
		title: "massgen configuration",
		...schema,
		properties,
		definitions: { agent },
		patternProperties: { "^x-": { description: "Yours: a place for anchors." } },
	};
}

/** The JSON Schema of `backend:` for one type. */
export function backendJsonSchema(entry: BackendEntry, registries: Registries): Json {
	return { $schema: "http://json-schema.org/draft-07/schema#", title: entry.title, ...draft7(backendSchema(entry, registries.backends)) };
}

/**
 * All keys of all backends in one mapping, so that a typing mistake is seen before `type` is written; then, by type, what
 * its own options must be. Backends with the same options share one entry.
 */
function backends(registries: Registries): Json {
	const common = draft7(backendSchema(undefined, registries.backends));
	const keys: Json = isObject(common.properties) ? { ...common.properties } : {};
	// Written as a mapping by name, they are made a list before the schema sees them.
	if (isObject(keys.mcp_servers)) {
		const { description, deprecated, ...list } = keys.mcp_servers;
		keys.mcp_servers = { description, deprecated, anyOf: [list, { type: "object", additionalProperties: list.items }] };
	}
	const byOptions = new Map<string, { names: string[]; own: unknown }>();
	for (const entry of registries.backends) {
		const own = draft7(entry.options).properties;
		for (const key of Object.keys(isObject(own) ? own : {})) keys[key] = {};
		const text = JSON.stringify(own);
		byOptions.set(text, { own, names: [...(byOptions.get(text)?.names ?? []), entry.name] });
	}
	const rules = [...byOptions.values()].map(({ names, own }) => ({
		if: { properties: { type: { enum: names } }, required: ["type"] },
		// biome-ignore lint/suspicious/noThenProperty: it is a word of JSON Schema
		then: { properties: own },
	}));
	const type = { description: "Which backend.", anyOf: [{ enum: registries.backends.map((entry) => entry.name) }, { type: "string" }] };
	return { type: "object", properties: { ...keys, type }, additionalProperties: false, allOf: rules };
}

function draft7(schema: z.ZodType): Json {
	const json = z.toJSONSchema(schema, {
		target: "draft-7",
		io: "input",
		unrepresentable: "any",
		override: ({ jsonSchema }) => tidy(jsonSchema),
	});
	const { $schema: _, ...rest } = json as Json;
	return rest;
}

/** What our fates mean in the words of JSON Schema: a key without effect is deprecated. */
function tidy(schema: Json): void {
	const { fate, lost, instead } = schema;
	if (fate === "accepted")
		schema.description = `${String(schema.description)} No effect: ${String(lost)}.${instead === undefined ? "" : ` ${String(instead)}`}`;
	if (fate === "refused")
		schema.description = `Refused. ${String(schema.description)}${instead === undefined ? "" : ` ${String(instead)}`}`;
	if (fate === "accepted" || fate === "refused") schema.deprecated = true;
	for (const key of ["fate", "lost", "instead", "never"]) delete schema[key];
}
