/**
 * What passes between an agent and its model, free of any provider's dialect.
 * `Request` is what a model is sent: made by `prompts/` from what the log says was exchanged (`Entry` in types.ts).
 */

/** Tokens of one or more model calls, as the provider counted them. `cached` is part of `input`, `reasoning` part of `output`. */
export type Usage = {
	readonly input: number;
	readonly output: number;
	readonly cached: number;
	readonly reasoning: number;
	/** The part of `input` that one call wrote into the provider's cache, where that has a price of its own. Not summed up. */
	readonly written?: number;
};

/** A call the model asked for. `input` is undefined if its arguments were not a JSON object; `raw` is what it wrote. */
export type ToolCall = {
	readonly id: string;
	readonly name: string;
	readonly input?: Readonly<Record<string, unknown>>;
	readonly raw: string;
};

/** A complete answer of a model to one request. */
export type Reply = {
	readonly text: string;
	readonly reasoning: string;
	readonly toolCalls: readonly ToolCall[];
	readonly finish: "stop" | "length" | "tool-calls" | "content-filter";
	/** Absent if the provider did not say. */
	readonly usage?: Usage;
	/** What the provider wants to see again in the next request (signatures, item ids): JSON, opaque to us. */
	readonly opaque?: unknown;
};

export type ToolResult = { readonly callId: string; readonly name: string; readonly output: string; readonly isError: boolean };

export type Message =
	| { readonly role: "user"; readonly text: string }
	| {
			readonly role: "assistant";
			readonly text: string;
			readonly reasoning: string;
			readonly toolCalls: readonly ToolCall[];
			readonly opaque?: unknown;
	  }
	| { readonly role: "tool"; readonly results: readonly ToolResult[] };

/** A tool as a model is told of it. `inputSchema` is a JSON Schema of type object. */
export type ToolSpec = { readonly name: string; readonly description: string; readonly inputSchema: Readonly<Record<string, unknown>> };

export type Request = { readonly system: string; readonly messages: readonly Message[]; readonly tools: readonly ToolSpec[] };

export const noUsage: Usage = { input: 0, output: 0, cached: 0, reasoning: 0 };

export function addUsage(a: Usage, b: Usage): Usage {
	return { input: a.input + b.input, output: a.output + b.output, cached: a.cached + b.cached, reasoning: a.reasoning + b.reasoning };
}
