import { appendChat, fromChat } from "./dialects-chat.ts";
import { fromResponses, toResponses } from "./dialects-responses.ts";
import { type Item, isItem } from "./items.ts";

/**
 * Three ways in which providers write down the same conversation:
 * - `agents-js`: the OpenAI Agents SDK for JavaScript (`function_call` with `callId`, `function_call_result`);
 * - `responses`: the Responses API and the Agents SDK for Python (`call_id`, `function_call_output`);
 * - `chat`: chat completions (`tool_calls` inside the assistant's message, messages with the role `tool`).
 * A conversion reads any of them, mixed even, and returns copies. An item that the dialect can read is left as it is.
 */
export type Dialect = "agents-js" | "responses" | "chat";

/** The items in one dialect. `chat` has no place for reasoning and hosted tools: there they are left out. */
export function convertItems(items: readonly Item[], dialect: Dialect): Item[] {
	const names = toolNames(items);
	const converted: Item[] = [];
	for (const item of structuredClone(items)) {
		if (isReadable(item, dialect)) {
			converted.push(item);
			continue;
		}
		for (const neutral of toAgents(item, names)) {
			if (dialect === "agents-js") converted.push(neutral);
			else if (dialect === "responses") converted.push(toResponses(neutral));
			else appendChat(converted, neutral);
		}
	}
	return converted;
}

/** The dialect that an item must be in, or undefined if it reads the same in several. */
export function dialectOf(item: Item): Dialect | undefined {
	if (typeof item.type === "string" && sharedTypes.has(item.type)) return undefined;
	if (item.role === "tool" || Array.isArray(item.tool_calls)) return "chat";
	if ("call_id" in item) return "responses";
	if ("callId" in item || item.type === "hosted_tool_call" || item.type === "unknown") return "agents-js";
	if (item.type === "reasoning") return Array.isArray(item.summary) ? "responses" : "agents-js";
	if (item.role === "assistant") return assistantDialect(item);
	if (item.role === "developer" && item.type !== "message") return "chat";
	return item.role === undefined ? "responses" : undefined;
}

/** Names of called tools by call id: results in two of the dialects do not repeat them. */
export function toolNames(items: readonly Item[]): ReadonlyMap<string, string> {
	const names = new Map<string, string>();
	for (const item of items) {
		const id = item.callId ?? item.call_id;
		if (typeof id === "string" && typeof item.name === "string") names.set(id, item.name);
		for (const call of Array.isArray(item.tool_calls) ? item.tool_calls : []) {
			if (isItem(call) && typeof call.id === "string" && isItem(call.function) && typeof call.function.name === "string") {
				names.set(call.id, call.function.name);
			}
		}
	}
	return names;
}

/** Items that the Responses API and the JavaScript SDK write alike. */
const sharedTypes = new Set(["compaction", "tool_search_call", "tool_search_output"]);

function assistantDialect(item: Item): Dialect | undefined {
	if (typeof item.content === "string") return item.type === "message" ? "responses" : "chat";
	return item.status === undefined ? undefined : "agents-js";
}

function isReadable(item: Item, dialect: Dialect): boolean {
	const own = dialectOf(item);
	if (own !== undefined) return own === dialect || (dialect === "responses" && isPlainMessage(item));
	if (typeof item.type === "string" && sharedTypes.has(item.type)) return dialect !== "chat";
	return typeof item.content === "string" && (item.role === "user" || item.role === "system");
}

/** A message with plain text, which the Responses API takes from any role. */
function isPlainMessage(item: Item): boolean {
	return typeof item.content === "string" && item.role !== "tool" && item.tool_calls === undefined;
}

// The JavaScript SDK's form is the hub: it says the most, and most items are stored in it.
function toAgents(item: Item, names: ReadonlyMap<string, string>): Item[] {
	const own = dialectOf(item);
	if (own === "agents-js" || (own === undefined && typeof item.type === "string" && sharedTypes.has(item.type))) return [item];
	if (own === "responses" && item.role === undefined) return [fromResponses(item, names)];
	return fromChat(item, names);
}
