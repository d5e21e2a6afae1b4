import { WrongContentError } from "./fetch.ts";
import { isRecord } from "./keys.ts";

/** What is known of a failure: from the response, from an event in the stream, or from the socket. */
export type Facts = {
	readonly status?: number;
	readonly text: string;
	/** The provider's own word: `insufficient_quota`, `overloaded_error`. */
	readonly type: string;
	readonly headers: Readonly<Record<string, string>>;
	/** Of the socket, the resolver or TLS. */
	readonly code?: string;
};

export function factsOf(thrown: unknown): Facts {
	if (thrown instanceof WrongContentError) return { ...said(parsed(thrown.body), thrown.body.slice(0, 200)), status: 200, headers: {} };
	if (!isRecord(thrown)) return { text: String(thrown), type: "", headers: {} };
	if (isUnreadable(thrown)) return unreadable(thrown);
	const body = typeof thrown.responseBody === "string" ? thrown.responseBody : "";
	const status = typeof thrown.statusCode === "number" ? thrown.statusCode : undefined;
	const headers = isRecord(thrown.responseHeaders)
		? Object.fromEntries(Object.entries(thrown.responseHeaders).map(([key, value]) => [key.toLowerCase(), String(value)]))
		: {};
	const message = typeof thrown.message === "string" ? thrown.message : "";
	const code = socketCode(thrown);
	const words = said(parsed(body) ?? thrown, body.trim() === "" ? message : body.trim());
	return { ...words, headers, ...(status === undefined ? {} : { status }), ...(code === undefined ? {} : { code }) };
}

/** The provider package could not make sense of what came. Its message quotes it, and a model's words must not be taken for the server's. */
function isUnreadable(thrown: Readonly<Record<string, unknown>>): boolean {
	return typeof thrown.name === "string" && /^AI_(JSONParse|TypeValidation|InvalidResponseData|EmptyResponseBody)Error$/.test(thrown.name);
}

function unreadable({ value }: Readonly<Record<string, unknown>>): Facts {
	return { ...(isError(value) ? said(value, "") : { text: "", type: "" }), headers: {} };
}

/** Whether something that came from a server names an error, wherever it puts it. */
export function isError(value: unknown): boolean {
	const first = Array.isArray(value) ? value[0] : value;
	return isRecord(first) && (first.error !== undefined || (isRecord(first.response) && isRecord(first.response.error)));
}

/** The provider's sentence and its word for it, wherever they stand in what it sent. */
function said(value: unknown, otherwise: string): { text: string; type: string } {
	const first = Array.isArray(value) ? value[0] : value;
	// OpenAI puts the error of a failed response into that response.
	const outer = isRecord(first) && isRecord(first.response) ? first.response : first;
	const inner = isRecord(outer) && (isRecord(outer.error) || typeof outer.error === "string") ? outer.error : outer;
	if (typeof inner === "string") return { text: inner, type: "" };
	if (!isRecord(inner)) return { text: otherwise, type: "" };
	const text = [inner.message, inner.detail, inner.error_description].find((part) => typeof part === "string" && part !== "");
	const type = [inner.code, inner.type, inner.status].filter((part) => typeof part === "string" || typeof part === "number").join(" ");
	return { text: typeof text === "string" ? text : otherwise, type };
}

export function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** The error code of the innermost cause that has one. */
function socketCode(thrown: unknown): string | undefined {
	let found: string | undefined;
	for (let error = thrown, depth = 0; isRecord(error) && depth < 8; error = error.cause, depth++) {
		if (typeof error.code === "string" && /^[A-Z][A-Z0-9_]+$/.test(error.code)) found = error.code;
		if (Array.isArray(error.errors) && isRecord(error.errors[0]) && typeof error.errors[0].code === "string") found = error.errors[0].code;
	}
	return found;
}

/** What the server asked us to wait, in a header or in words. */
export function retryAfter({ headers, text }: Facts): number | undefined {
	const exact = Number(headers["retry-after-ms"] ?? Number.NaN);
	if (exact >= 0) return exact;
	const header = headers["retry-after"];
	if (header !== undefined) {
		const seconds = Number(header);
		const ms = Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1000;
		if (ms >= 0) return Math.round(ms);
	}
	const words = /(?:try again|retry) in ([\d.]+) ?(ms|s|m)\b/i.exec(text) ?? /"retryDelay": ?"([\d.]+)(s)"/.exec(text);
	if (!words) return undefined;
	const factor = words[2] === "ms" ? 1 : words[2] === "m" ? 60_000 : 1000;
	return Math.round(Number(words[1]) * factor);
}
