import { partToAgents, partToChat, textOf } from "./dialects-parts.ts";
import { type Item, isItem } from "./items.ts";

/** A chat message, or any message, in the JavaScript SDK's form: one item for its text and one for each tool it calls. */
export function fromChat(item: Item, names: ReadonlyMap<string, string>): Item[] {
	if (item.role === "tool") {
		const callId = String(item.tool_call_id ?? "");
		const name = typeof item.name === "string" ? item.name : (names.get(callId) ?? "unknown_tool");
		return [{ type: "function_call_result", callId, name, status: "completed", output: textOf(item.content) }];
	}
	const { tool_calls: calls, content, refusal, ...rest } = item;
	if (item.role === "system" || item.role === "developer") return [{ ...rest, role: "system", content: textOf(content) }];
	if (item.role !== "assistant") {
		return [{ ...rest, content: Array.isArray(content) ? content.map((part) => partToAgents(part, "user")) : (content ?? "") }];
	}
	const parts = Array.isArray(content) ? content.map((part) => partToAgents(part, "assistant")) : said(content);
	if (typeof refusal === "string") parts.push({ type: "refusal", refusal });
	const toolCalls = Array.isArray(calls) ? calls.filter(isItem).map(callFromChat) : [];
	// An assistant that only calls tools says nothing: there is no message then.
	const message = { ...rest, status: item.status ?? "completed", content: parts };
	return parts.length === 0 && toolCalls.length > 0 ? toolCalls : [message, ...toolCalls];
}

/** Adds an item of the JavaScript SDK to chat messages; a tool call joins the assistant's message before it. */
export function appendChat(messages: Item[], item: Item): void {
	if (item.type === "function_call") {
		const call = { id: item.callId, type: "function", function: { name: item.name, arguments: item.arguments } };
		const last = messages.at(-1);
		if (last?.role !== "assistant") messages.push({ role: "assistant", content: null, tool_calls: [call] });
		else messages[messages.length - 1] = { ...last, tool_calls: [...(Array.isArray(last.tool_calls) ? last.tool_calls : []), call] };
	} else if (item.type === "function_call_result") {
		messages.push({ role: "tool", tool_call_id: item.callId, content: textOf(item.output) });
	} else if (item.role === "assistant") {
		const parts = Array.isArray(item.content) ? item.content.filter(isItem) : [];
		const refusals = parts.filter((part) => part.type === "refusal");
		const content = textOf(parts.filter((part) => part.type !== "refusal"));
		messages.push({ role: "assistant", content, ...(refusals.length === 0 ? {} : { refusal: textOf(refusals) }) });
	} else if (typeof item.role === "string") {
		const parts = Array.isArray(item.content) ? item.content.map(partToChat).filter((part) => part !== undefined) : [];
		const isText = parts.every((part) => part.type === "text");
		messages.push({ role: item.role, content: isText ? textOf(item.content) : parts });
	}
}

function said(content: unknown): Item[] {
	return typeof content === "string" && content !== "" ? [{ type: "output_text", text: content }] : [];
}

function callFromChat(call: Item): Item {
	const called = isItem(call.function) ? call.function : {};
	return { type: "function_call", callId: call.id, name: called.name, arguments: called.arguments ?? "{}", status: "completed" };
}
