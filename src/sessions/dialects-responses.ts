import { partToAgents, partToResponses } from "./dialects-parts.ts";
import { type Item, isItem } from "./items.ts";

/** An item of the Responses API that is no message, in the JavaScript SDK's form. */
export function fromResponses(item: Item, names: ReadonlyMap<string, string>): Item {
	const { type, id, ...rest } = item;
	const identity = typeof id === "string" ? { id } : {};
	switch (type) {
		case "function_call": {
			const { call_id: callId, name, arguments: input, status, namespace, ...others } = rest;
			const known = { ...(status === undefined ? {} : { status }), ...(namespace === undefined ? {} : { namespace }) };
			return { type, ...identity, callId, name, arguments: input, ...known, ...kept(others) };
		}
		case "function_call_output": {
			const { call_id: callId, output, status, name, ...others } = rest;
			const tool = name ?? names.get(String(callId)) ?? "unknown_tool";
			const result = Array.isArray(output) ? output.map((part) => partToAgents(part, "user")) : output;
			return {
				type: "function_call_result",
				...identity,
				callId,
				name: tool,
				status: status ?? "completed",
				output: result,
				...kept(others),
			};
		}
		case "reasoning": {
			const { summary, content, ...others } = rest;
			const thoughts = Array.isArray(summary) ? summary.filter(isItem).map((part) => ({ type: "input_text", text: part.text })) : [];
			return { type, ...identity, content: thoughts, ...(Array.isArray(content) ? { rawContent: content } : {}), ...kept(others) };
		}
		default:
			if (typeof type === "string" && hostedTools.has(type)) {
				const { status, ...others } = rest;
				return {
					type: "hosted_tool_call",
					...identity,
					name: type,
					...(status === undefined ? {} : { status }),
					providerData: { type, ...others },
				};
			}
			return { type: "unknown", ...identity, providerData: { ...rest, ...(type === undefined ? {} : { type }) } };
	}
}

/** An item of the JavaScript SDK in the form of the Responses API. */
export function toResponses(item: Item): Item {
	const { providerData, ...own } = item;
	const more = isItem(providerData) ? providerData : {};
	switch (own.type) {
		case "function_call": {
			const { callId, ...rest } = own;
			return { ...rest, call_id: callId, ...more };
		}
		case "function_call_result": {
			const { type: _type, callId, name: _name, output, ...rest } = own;
			return { ...rest, type: "function_call_output", call_id: callId, output: outputToResponses(output), ...more };
		}
		case "reasoning": {
			const { content, rawContent, ...rest } = own;
			const summary = Array.isArray(content) ? content.filter(isItem).map((part) => ({ type: "summary_text", text: part.text })) : [];
			return { ...rest, summary, ...(rawContent === undefined ? {} : { content: rawContent }), ...more };
		}
		case "hosted_tool_call": {
			const { type: _type, name, ...rest } = own;
			return { ...rest, type: name, ...more };
		}
		case "unknown": {
			const { type: _type, ...rest } = own;
			return { ...rest, ...more };
		}
		default:
			if (own.role !== undefined) {
				const content = Array.isArray(own.content) ? own.content.map(partToResponses) : own.content;
				return { type: "message", ...own, content, ...more };
			}
			return { ...snakeCased(own), ...(own.type === "computer_call_result" ? { type: "computer_call_output" } : {}), ...more };
	}
}

/** Calls of tools that the provider runs itself. */
export const hostedTools: ReadonlySet<string> = new Set([
	"web_search_call",
	"file_search_call",
	"code_interpreter_call",
	"image_generation_call",
	"mcp_call",
	"mcp_list_tools",
	"mcp_approval_request",
	"mcp_approval_response",
]);

/** What the form has no field for travels in `providerData`, where the SDK looks for it. */
function kept(others: Item): { providerData?: Item } {
	const { providerData, ...rest } = others;
	const all = { ...(isItem(providerData) ? providerData : {}), ...rest };
	return Object.keys(all).length === 0 ? {} : { providerData: all };
}

function outputToResponses(output: unknown): unknown {
	if (Array.isArray(output)) return output.map(partToResponses);
	if (!isItem(output)) return output;
	return output.type === "text" ? output.text : [partToResponses(output)];
}

function snakeCased(value: Item): Item {
	const entries = Object.entries(value).map(([key, inner]): [string, unknown] => [
		key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
		isItem(inner) && !(inner instanceof Uint8Array) ? snakeCased(inner) : inner,
	]);
	return Object.fromEntries(entries);
}
