import { convertItems } from "./dialects.ts";
import { textOf } from "./dialects-parts.ts";
import { type Item, isItem, newest } from "./items.ts";

/**
 * Views of a conversation. A view never changes what is stored. No limit counts or drops the system's words, and none
 * separates a tool's result from its call: if the call is cut off, the result goes too.
 */

/** The conversation as chat messages, the system's words first; `limit` is the number of other messages. */
export function messages(
	items: readonly Item[],
	options: { readonly system?: string | undefined; readonly limit?: number | undefined } = {},
): Item[] {
	const chat = windowed(convertItems(items, "chat"), options.limit);
	return options.system === undefined ? chat : [{ role: "system", content: options.system }, ...chat];
}

/** The newest `limit` items and all of the system's, in order. */
export function windowed(items: readonly Item[], limit: number | undefined): Item[] {
	return limit === undefined ? [...items] : trimmed(items, limit);
}

export function trimmed(items: readonly Item[], keep: number): Item[] {
	const kept = new Set(
		newest(
			items.filter((item) => !isSystem(item)),
			keep,
		),
	);
	const cut = new Set(items.filter((item) => !isSystem(item) && !kept.has(item)).flatMap(callsOf));
	return items.filter((item) => isSystem(item) || (kept.has(item) && !resultsOf(item).some((id) => cut.has(id))));
}

/** How many questions were asked and answered: half of the messages that are not the system's, rounded down. */
export function exchanges(items: readonly Item[]): number {
	return Math.floor(items.filter((item) => item.role === "user" || item.role === "assistant").length / 2);
}

/** The items before the last thing the user said, as many times as asked. */
export function undone(items: readonly Item[], times = 1): Item[] {
	const asked = items.flatMap((item, index) => (item.role === "user" ? [index] : []));
	const from = asked.at(-times) ?? (times > 0 ? asked[0] : undefined);
	return from === undefined ? [...items] : items.slice(0, from);
}

/** A title for lists: the first thing the user said, on one line. */
export function titleOf(items: readonly Item[], length = 60): string {
	const first = items.find((item) => item.role === "user");
	const text = textOf(first?.content).replace(/\s+/g, " ").trim();
	return text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`;
}

function isSystem(item: Item): boolean {
	return item.role === "system" || item.role === "developer";
}

/** Ids of the tool calls an item makes, in any dialect. */
function callsOf(item: Item): string[] {
	if (Array.isArray(item.tool_calls)) return item.tool_calls.filter(isItem).map((call) => String(call.id));
	return isResult(item) ? [] : idOf(item);
}

/** Ids of the tool calls an item answers, in any dialect. */
function resultsOf(item: Item): string[] {
	if (item.role === "tool") return typeof item.tool_call_id === "string" ? [item.tool_call_id] : [];
	return isResult(item) ? idOf(item) : [];
}

function isResult(item: Item): boolean {
	return typeof item.type === "string" && /_(result|output)$/.test(item.type);
}

function idOf(item: Item): string[] {
	const id = item.callId ?? item.call_id;
	return typeof id === "string" ? [id] : [];
}
