import type { BackendError, BackendErrorKind } from "./backend.ts";
import { type Facts, factsOf, isError, parsed, retryAfter } from "./error-facts.ts";
import { WrongContentError } from "./fetch.ts";
import { isLocalAddress, serverAt } from "./servers.ts";

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

/** Turns whatever a provider package threw or streamed into a value with a hint. */
export function backendError(thrown: unknown, context: ErrorContext): BackendError {
	const facts = factsOf(thrown);
	if (thrown instanceof WrongContentError && !isError(parsed(thrown.body))) return wrongContent(thrown, context);
	const kind = kindOf(facts, thrown);
	const retryAfterMs = retryAfter(facts);
	const error: BackendError = {
		kind,
		message: redacted(`${context.backend}: ${summary(kind, facts, context)}`, context.secrets),
		retryable: isRetryable(kind, facts, context),
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
	if (isUnusableAddress(facts)) return "bad-request";
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

function isRetryable(kind: BackendErrorKind, { status, code }: Facts, { baseUrl }: ErrorContext): boolean {
	if (kind === "rate-limit" || kind === "timeout") return true;
	if (kind === "bad-response") return true;
	if (kind !== "network") return false;
	// A refused certificate stays so, and an unknown name too, unless it is a provider's: then it is the network that is away.
	if (code && isTls(code)) return false;
	if (code === "ENOTFOUND") return baseUrl !== undefined && serverAt(baseUrl) !== undefined;
	// A server on this machine that is not there was not started.
	if (code === "ECONNREFUSED" && baseUrl !== undefined && isLocalAddress(baseUrl)) return false;
	return status !== 501 && status !== 505;
}

/** What `fetch` does not even try: ports of other protocols, a password in the address, anything but HTTP. */
function isUnusableAddress({ text, status }: { readonly text: string; readonly status?: number | undefined }): boolean {
	return status === undefined && /\b(bad port|includes credentials|invalid url|unknown scheme)\b/i.test(text);
}

function isTls(code: string): boolean {
	return /CERT|SELF_SIGNED|^ERR_TLS|^ERR_SSL|UNABLE_TO_|^EPROTO/.test(code);
}

function summary(kind: BackendErrorKind, { status, text, code }: Facts, { baseUrl, model }: ErrorContext): string {
	const at = baseUrl === undefined ? "the server" : plainUrl(baseUrl);
	if (isUnusableAddress({ text, status }))
		return `${at} is no address that can be asked: ${/bad port|credentials|scheme/i.exec(text)?.[0] ?? "it is malformed"}.`;
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
			return status === undefined ? "Check base_url." : "Check the options of this agent's backend.";
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

function wrongContent({ contentType }: WrongContentError, context: ErrorContext): BackendError {
	const at = context.baseUrl === undefined ? "the server" : plainUrl(context.baseUrl);
	const isPage = contentType === "text/html";
	return {
		kind: "bad-response",
		message: redacted(
			`${context.backend}: ${at} answered with ${isPage ? "a web page instead of a model's reply" : "one document instead of a stream"}.`,
			context.secrets,
		),
		hint: isPage
			? "Check base_url: many servers want a path such as /v1 at its end."
			: "The server must be able to stream its replies; check base_url.",
		retryable: false,
	};
}
