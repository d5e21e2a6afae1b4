import * as z from "zod";
import { isBallot } from "../core/ballot.ts";
import type { AgentId } from "../core/types.ts";
import { SessionError } from "../errors.ts";
import type { Tool, ToolContext } from "../tools/tool.ts";

/** A function that a model may call. What it returns is told to the model: a text as it is, anything else as JSON. */
export type LibraryTool = {
	/** Letters, digits, `_` and `-`. */
	readonly name: string;
	readonly description: string;
	/** A JSON Schema of an object, or a zod schema, by which the input is then checked. Without it the tool takes no input. */
	readonly inputSchema?: Readonly<Record<string, unknown>> | z.ZodType;
	/** It changes nothing, inside or outside: after a crash it may simply run again. */
	readonly readOnly?: boolean;
	/** Its own time limit; by default 120 seconds. */
	readonly timeoutMs?: number;
	/** The agents that get it; all if not given. */
	readonly agents?: readonly AgentId[];
	/** If it throws, the model is told the message of the error. */
	execute(input: Readonly<Record<string, unknown>>, context: ToolContext): unknown;
};

/** Tools ready for use, by agent. Throws `SessionError` (`invalid_request`) for what is no tool. */
export function toolsOf(given: readonly LibraryTool[]): (agent: AgentId) => readonly Tool[] {
	const names = given.map(({ name }) => name);
	const twice = names.find((name, index) => names.indexOf(name) !== index);
	if (twice !== undefined) throw wrong(`Two tools are called ${twice}.`, "Give each a name of its own.");
	const tools = given.map((tool) => ({ agents: tool.agents, tool: toolOf(tool) }));
	return (agent) => tools.filter(({ agents }) => agents === undefined || agents.includes(agent)).map(({ tool }) => tool);
}

/** The tools that a caller has asked for: by name out of those that there are, or as they are. */
export function chosenTools(known: readonly LibraryTool[], asked: readonly (string | LibraryTool)[] | undefined): readonly LibraryTool[] {
	if (asked === undefined) return known;
	return asked.map((tool) => {
		if (typeof tool !== "string") return tool;
		const found = known.find(({ name }) => name === tool);
		if (found) return found;
		const names = known.map(({ name }) => name);
		throw wrong(`There is no tool ${tool}.`, names.length === 0 ? "This agent has no tools yet." : `There are: ${names.join(", ")}.`);
	});
}

/** A tool of the program as one that a caller can hand around with its own. */
export function libraryTool({ spec, readOnly, timeoutMs, run }: Tool): LibraryTool {
	return {
		name: spec.name,
		description: spec.description,
		inputSchema: spec.inputSchema,
		readOnly,
		...(timeoutMs === undefined ? {} : { timeoutMs }),
		async execute(input: Readonly<Record<string, unknown>>, context) {
			const { output, isError } = await run(input, context);
			if (isError) throw new Error(output);
			return output;
		},
	};
}

function toolOf(given: LibraryTool): Tool {
	const { name, description, inputSchema, readOnly = false, timeoutMs } = given;
	if (!/^[\w-]{1,64}$/.test(name)) throw wrong(`"${name}" cannot be the name of a tool.`, "Use up to 64 letters, digits, _ and -.");
	if (isBallot({ name })) throw wrong(`A tool cannot be called ${name}: that is how agents answer and vote.`, "Choose another name.");
	if (typeof given.execute !== "function")
		throw wrong(`Tool ${name} has no function "execute".`, "Give it one: execute: async (input) => ...");
	const schema = isZod(inputSchema) ? inputSchema : undefined;
	return {
		spec: { name, description, inputSchema: jsonSchema(name, inputSchema) },
		readOnly,
		...(timeoutMs === undefined ? {} : { timeoutMs }),
		async run(input, context) {
			try {
				const parsed = schema?.safeParse(input);
				if (parsed?.success === false) return { output: `The input does not fit. ${z.prettifyError(parsed.error)}`, isError: true };
				const checked = isObject(parsed?.data) ? parsed.data : input;
				return { output: told(await given.execute(checked, context)), isError: false };
			} catch (error) {
				return { output: error instanceof Error ? error.message : String(error), isError: true };
			}
		},
	};
}

function jsonSchema(name: string, given: LibraryTool["inputSchema"]): Readonly<Record<string, unknown>> {
	const schema = isZod(given) ? described(name, given) : (given ?? { type: "object", properties: {} });
	if (schema.type !== "object")
		throw wrong(`The input of tool ${name} is not an object.`, 'Give an object: { type: "object", properties: ... }');
	return schema;
}

function described(name: string, schema: z.ZodType): Readonly<Record<string, unknown>> {
	try {
		return { ...z.toJSONSchema(schema, { io: "input" }) };
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error);
		throw wrong(
			`The input of tool ${name} cannot be described to a model: ${why}`,
			"Use a schema of zod 4 with plain values, or a JSON Schema.",
		);
	}
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null;
}

function isZod(schema: LibraryTool["inputSchema"]): schema is z.ZodType {
	return schema !== undefined && "safeParse" in schema && typeof schema.safeParse === "function";
}

function told(value: unknown): string {
	if (value === undefined) return "Done.";
	return typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
}

function wrong(message: string, hint: string): SessionError {
	return new SessionError("invalid_request", message, { hint });
}
