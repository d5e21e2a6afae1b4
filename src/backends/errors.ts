import type { BackendError, BackendErrorKind } from "./backend.ts";
import { WrongContentError } from "./fetch.ts";
import { isRecord } from "./keys.ts";

/** What is needed to say to a user what went wrong where, and to keep secrets out of it. */
export type ErrorContext = {
	/** Whom the user knows it as: `openai`. */
	readonly backend: string;
	readonly model: string;
	readonly baseUrl?: string | undefined;
	readonly keyVariables: readonly string[];
	/** Never to be printed, whoever echoes them. */
	readonly secrets: readonly string[];
};

/** What is known of a failure: from the response, from an event in the stream, or from the socket. */
type Facts = {
	readonly status?: number;
	readonly text: string;
	/** The provider's own word: `insufficient_quota`, `overloaded_error`. */
	readonly type: string;
	readonly headers: Readonly<Record<string, string>>;
	/** Of the socket, the resolver or TLS. */
	readonly code?: string;
};

/** Turns whatever a provider package threw or streamed into a value with a hint. */
export function backendError(thrown: unknown, context: ErrorContext): BackendError {
	const facts = factsOf(thrown);
	if (thrown instanceof WrongContentError && thrown.contentType === "text/html") return wrongPage(context);
	const kind = kindOf(facts, thrown);
	const retryAfterMs = retryAfter(facts);
	const error: BackendError = {
		kind,
		message: redacted(`${context.backend}: ${summary(kind, facts, context)}`, context.secrets),
		retryable: isRetryable(kind, facts),
		...(facts.status === undefined || facts.status === 200 ? {} : { status: facts.status }),
		...(retryAfterMs === undefined ? {} : { retryAfterMs }),
	};
	const hint = hintFor(kind, facts, context);
	return hint === undefined ? error : { ...error, hint: redacted(hint, context.secrets) };
}

/** A reply that ended without the provider saying that it is complete. */
export function incomplete(context: ErrorContext, why: string): BackendError {
	return { kind: "bad-response", message: `${context.backend}: the reply of ${context.model} ${why}.`, retryable: true };
}

export function aborted(): BackendError {
	return { kind: "aborted", message: "The call was aborted.", retryable: false };
}

export function redacted(text: string, secrets: readonly string[]): string {
	const known = secrets.filter((secret) => secret.length >= 6).reduce((result, secret) => result.replaceAll(secret, "[secret]"), text);
	return known.replace(/\b(sk|xai|gsk|AIza|csk|nvapi|pplx)[-_]?[A-Za-z0-9_-]{16,}/g, "[secret]");
}

function factsOf(thrown: unknown): Facts {
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
	const isError = isRecord(value) && (value.error !== undefined || (isRecord(value.response) && isRecord(value.response.error)));
	const words = isError ? said(value, "") : { text: "", type: "" };
	return { ...words, headers: {} };
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

function parsed(text: string): unknown {
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

const contextTooLong =
	/context.?(length|window|size)|maximum context|too many (input )?tokens|prompt is too long|input is too long|token count.*exceeds|exceeds? the (maximum|limit).*tokens|reduce the length/i;
const noMoney =
	/insufficient.?(quota|balance|credit|funds)|billing|credit balance|out of credits|payment|exceeded your current quota|quota_exceeded|spending.?limit/i;
const badKey =
	/api.?key.*(invalid|not valid|incorrect|missing|expired)|(invalid|incorrect|missing|no).{0,12}api.?key|authentication_error|invalid_api_key|unauthori[sz]ed/i;
const refusal = /content.?(policy|filter|management)|safety|moderation|flagged|responsible.?ai/i;

function kindOf(facts: Facts, thrown: unknown): BackendErrorKind {
	const { status, code } = facts;
	const words = `${facts.type} ${facts.text}`;
	if (code && /TIMEOUT|TIMEDOUT/.test(code)) return "timeout";
	if (status === undefined || status === 200) {
		if (contextTooLong.test(words)) return "context-too-long";
		if (noMoney.test(words)) return "quota";
		if (/rate.?limit|too many requests|resource_exhausted|\b429\b/i.test(words)) return "rate-limit";
		if (badKey.test(words)) return "auth";
		if (code || /overloaded|server_error|api_error|\b5\d\d\b|terminated|socket|fetch failed/i.test(words)) return "network";
		if (refusal.test(words)) return "refused";
		// A provider package that cannot read what came throws a plain TypeError.
		return thrown instanceof TypeError ? "network" : "bad-response";
	}
	if (status === 401 || status === 403) return "auth";
	if (status === 402) return "quota";
	if (status === 408 || status === 504) return "timeout";
	if (status === 413) return "context-too-long";
	if (status === 429) return noMoney.test(words) && !/per.?minute|retry/i.test(words) ? "quota" : "rate-limit";
	if (status >= 500) return "network";
	if (badKey.test(words)) return "auth";
	if (contextTooLong.test(words)) return "context-too-long";
	if (noMoney.test(words)) return "quota";
	if (refusal.test(words)) return "refused";
	return "bad-request";
}

function isRetryable(kind: BackendErrorKind, { status, code }: Facts): boolean {
	if (kind === "rate-limit" || kind === "timeout") return true;
	if (kind === "bad-response") return true;
	if (kind !== "network") return false;
	// An unknown name or a refused certificate stays so; a name server that does not answer may come back.
	if (code && (code === "ENOTFOUND" || isTls(code))) return false;
	return status !== 501 && status !== 505;
}

function isTls(code: string): boolean {
	return /CERT|SELF_SIGNED|^ERR_TLS|^ERR_SSL|UNABLE_TO_|^EPROTO/.test(code);
}

function summary(kind: BackendErrorKind, { status, text, code }: Facts, { baseUrl, model }: ErrorContext): string {
	const at = baseUrl === undefined ? "the server" : plainUrl(baseUrl);
	if (code === "ENOTFOUND" || code === "EAI_AGAIN") return `the name of ${at} cannot be resolved (${code}).`;
	if (code === "ECONNREFUSED") return `nothing listens at ${at}.`;
	if (code && isTls(code)) return `no safe connection to ${at} (${code}).`;
	if (code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_BODY_TIMEOUT") return `${at} sent nothing for too long.`;
	if (code === "UND_ERR_CONNECT_TIMEOUT" || code === "ETIMEDOUT") return `no connection to ${at} in time.`;
	if (code) return `the connection to ${at} broke (${code}).`;
	const sentence = text.replace(/\s+/g, " ").trim().slice(0, 300);
	const what = status === undefined || status === 200 ? `${model} failed` : `${model} failed with status ${status}`;
	return sentence === ""
		? `${what}${kind === "bad-response" ? ": its reply broke off or could not be read" : ""}.`
		: `${what}: ${sentence}`;
}

/** Without what may be secret in it: user, password, query. */
export function plainUrl(url: string): string {
	try {
		const { origin, pathname } = new URL(url);
		return `${origin}${pathname === "/" ? "" : pathname}`;
	} catch {
		return url.split("?")[0] ?? url;
	}
}

function hintFor(
	kind: BackendErrorKind,
	{ status, code }: Facts,
	{ backend, model, keyVariables, baseUrl }: ErrorContext,
): string | undefined {
	const variable = keyVariables[0];
	switch (kind) {
		case "auth":
			return variable
				? `Check the key in ${variable} (environment or .env) and what it may use.`
				: "Give the key as `api_key` in the agent's backend, written as a variable, so that it stays out of the file.";
		case "quota":
			return `The account of this key has no credit left: top it up, or give this agent another backend than ${backend}.`;
		case "context-too-long":
			return "Ask a shorter question, give this agent a model with a larger context, or lower max_new_answers_per_agent.";
		case "bad-request":
			if (status === 404)
				return `Check the model name (${model})${baseUrl === undefined ? "" : ` and the base_url (${plainUrl(baseUrl)})`}.`;
			return "Check the options of this agent's backend.";
		case "refused":
			return "The provider's content rules refused this question; another model may answer it.";
		case "timeout":
			return code?.startsWith("UND_ERR")
				? "If it thinks in silence: less reasoning effort, or reasoning: { summary: auto } where the backend has it."
				: undefined;
		case "network":
			if (code === "ECONNREFUSED") return "Is the server started? Check its address in base_url.";
			if (code && isTls(code)) return "For a certificate of your own set NODE_EXTRA_CA_CERTS to its file.";
			if (code === "ENOTFOUND") return "Check base_url and your network.";
			return undefined;
		case "rate-limit":
			return "Fewer requests at a time: see configs/rate_limits.yaml.";
		case "bad-response":
		case "process":
		case "aborted":
			return undefined;
	}
}

function wrongPage(context: ErrorContext): BackendError {
	return {
		kind: "bad-response",
		message: `${context.backend}: ${context.baseUrl === undefined ? "the server" : plainUrl(context.baseUrl)} answered with a web page instead of a model's reply.`,
		hint: "Check base_url: many servers want a path such as /v1 at its end.",
		retryable: false,
	};
}

/** What the server asked us to wait, in a header or in words. */
function retryAfter({ headers, text }: Facts): number | undefined {
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
