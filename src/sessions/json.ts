import { SessionError } from "../errors.ts";
import { isItem } from "./items.ts";

/**
 * Items as JSON text. JSON has no bytes, and items may hold some (images, audio): they become `{"$bytes": base64}`. An
 * object that already looks so gets one more `$`, and loses it again on the way back.
 */
export function itemText(item: object): string {
	try {
		const text = JSON.stringify(item, function (this: unknown, key: string, value: unknown) {
			// A Buffer has turned itself into an object before it gets here: look at what its holder holds.
			const original = isHolder(this) ? this[key] : value;
			if (original instanceof Uint8Array) return { $bytes: Buffer.from(original).toString("base64") };
			const tag = tagOf(value);
			return tag === undefined || !isItem(value) ? value : { [`$${tag}`]: value[tag] };
		});
		if (text !== undefined && isItem(JSON.parse(text))) return text;
	} catch (cause) {
		throw new SessionError(
			"invalid_request",
			`An item cannot be stored: ${cause instanceof Error ? cause.message.split("\n")[0] : cause}`,
			{
				hint: "Items are plain JSON objects; bytes are allowed.",
				cause,
			},
		);
	}
	throw new SessionError("invalid_request", `An item cannot be stored: ${describe(item)} is not an object.`, {
		hint: 'Give objects, for example {"role": "user", "content": "Hello"}.',
	});
}

/** The reverse of `itemText`. Throws `SyntaxError` for what is not JSON. */
export function parseItemText(text: string): unknown {
	if (!text.includes("bytes")) return JSON.parse(text);
	return JSON.parse(text, (_key, value: unknown) => {
		const tag = tagOf(value);
		if (tag === undefined || !isItem(value)) return value;
		const held = value[tag];
		if (tag !== "$bytes") return { [tag.slice(1)]: held };
		return typeof held === "string" ? new Uint8Array(Buffer.from(held, "base64")) : value;
	});
}

/** Equal as JSON, whatever the order of keys. */
export function sameJson(left: unknown, right: unknown): boolean {
	if (Object.is(left, right)) return true;
	if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
	if (Array.isArray(left) !== Array.isArray(right)) return false;
	const keys = Object.keys(left);
	return (
		keys.length === Object.keys(right).length &&
		keys.every((key) => Object.hasOwn(right, key) && sameJson(Reflect.get(left, key), Reflect.get(right, key)))
	);
}

/** JSON with its keys in order, so that equal values give equal texts. */
export function orderedJson(value: unknown): string {
	return JSON.stringify(value, (_key, inner: unknown) =>
		isItem(inner) ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1))) : inner,
	);
}

/** The only key of an object, if it is `$bytes` with one or more `$`. */
function tagOf(value: unknown): string | undefined {
	if (!isItem(value)) return undefined;
	const [key, ...others] = Object.keys(value);
	return key !== undefined && others.length === 0 && /^\$+bytes$/.test(key) ? key : undefined;
}

function isHolder(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null;
}

function describe(value: unknown): string {
	if (value === null) return "null";
	return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}
