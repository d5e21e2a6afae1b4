import { appendChat, fromChat } from "./dialects-chat.ts";
import { fromResponses, hostedTools, toResponses } from "./dialects-responses.ts";
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

/** The dialect that an item must be in, or undefined if it reads the same in several, or in none that is known here. */
export function dialectOf(item: Item): Dialect | undefined {
	const { type, role } = item;
	if (typeof type === "string" && sharedTypes.has(type)) return undefined;
	if (role === "tool" || Array.isArray(item.tool_calls)) return "chat";
	if ("call_id" in item || (typeof type === "string" && hostedTools.has(type))) return "responses";
	if ("callId" in item || type === "hosted_tool_call" || type === "unknown") return "agents-js";
	if (type === "reasoning") return Array.isArray(item.summary) ? "responses" : "agents-js";
	if (role === "assistant") return assistantDialect(item);
	return role === "developer" && type !== "message" ? "chat" : undefined;
}

/** True for tool calls, results and thoughts in another form than the JavaScript SDK's: it could not read them at all. */
export function isForeign(item: Item): boolean {
	const dialect = dialectOf(item);
	return dialect === "responses" ? item.role === undefined : item.role === "tool" || Array.isArray(item.tool_calls);
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
	// The Responses API writes the annotations of every text, even if there are none; the SDK moves them out of sight.
	if (Array.isArray(item.content) && item.content.some((part) => isItem(part) && "annotations" in part)) return "responses";
	return item.status === undefined ? undefined : "agents-js";
}

function isReadable(item: Item, dialect: Dialect): boolean {
	const own = dialectOf(item);
	if (own !== undefined) return own === dialect || (dialect === "responses" && isPlainMessage(item));
	if (item.role === undefined) return dialect !== "chat";
	return typeof item.content === "string" && (item.role === "user" || item.role === "system");
}

/** A message with plain text, which the Responses API takes from any role. */
function isPlainMessage(item: Item): boolean {
	return typeof item.content === "string" && item.role !== "tool" && item.tool_calls === undefined;
}

// The JavaScript SDK's form is the hub: it says the most, and most items are stored in it.
function toAgents(item: Item, names: ReadonlyMap<string, string>): Item[] {
	const own = dialectOf(item);
	if (own === "agents-js" || (own === undefined && item.role === undefined)) return [item];
	if (own === "responses" && item.role === undefined) return [fromResponses(item, names)];
	return fromChat(item, names);
}
