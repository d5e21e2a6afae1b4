import type { BackendError, BackendErrorKind } from "./backend.ts";
import type { Dialect } from "./cli-dialect.ts";

/** What went wrong with a CLI agent, in words for the user. No message holds a key. */
export type Trouble = {
	readonly problem?: string;
	readonly exitCode: number | null;
	readonly signal: string | null;
	readonly stderr: string;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** A number is a status only after a word that says so: programs print line numbers, too. */
const status = (...numbers: readonly number[]) => String.raw`\b(?:status|error|http|code|api)\D{0,12}(?:${numbers.join("|")})\b`;

const patterns: readonly (readonly [BackendErrorKind, RegExp])[] = [
	["context-too-long", /prompt is too long|context (window|length)|maximum context|input is too long/i],
	["rate-limit", /per (minute|second)|retry (in|after) \d|rate.?limit|too many requests|overloaded/i],
	["quota", new RegExp(`usage limit|hit your limit|quota|insufficient|credit balance|billing|payment required|${status(402)}`, "i")],
	["rate-limit", new RegExp(`resource.?exhausted|${status(429, 529)}`, "i")],
	[
		"auth",
		new RegExp(
			String.raw`not logged in|please (re-?)?log ?in|run .{0,20}login|/login|logged out|\bunauthori[sz]ed\b|authentication|invalid.{0,9}api.?key|api.?key.{0,20}(missing|required|not|invalid)|auth method|oauth|credentials|${status(401, 403)}`,
			"i",
		),
	],
	[
		"network",
		/fetch failed|network (error|is unreachable)|econnrefused|econnreset|enotfound|etimedout|eai_again|getaddrinfo|socket hang up|stream disconnected|self.signed certificate|certificate has expired|unable to (get|verify) .{0,20}certificate/i,
	],
];

export function notInstalled(dialect: Dialect): BackendError {
	const isPath = /[\\/]/.test(dialect.command);
	return {
		kind: "process",
		message: isPath
			? `${dialect.title} cannot be run: there is no program ${dialect.command}.`
			: `${dialect.title} is not installed: there is no program "${dialect.command}" on the PATH.`,
		hint: isPath ? `Check \`command\`, and that it is executable: chmod +x ${dialect.command}` : dialect.install,
		retryable: false,
	};
}

export function noDirectory(dialect: Dialect, cwd: string): BackendError {
	return {
		kind: "bad-request",
		message: `${dialect.title} cannot work in ${cwd}: there is no such directory.`,
		hint: "Make it, or name another one in `cwd`.",
		retryable: false,
	};
}

/** It could not be started, or not be followed. */
export function notRun(dialect: Dialect, error: unknown, env: Environment): BackendError {
	const reason = withoutSecrets(error instanceof Error ? error.message : String(error), env);
	const tooLong = reason.includes("E2BIG");
	return {
		kind: tooLong ? "context-too-long" : "process",
		message: tooLong ? `The prompt is too long to be an argument of ${dialect.title}.` : `${dialect.title} could not be run: ${reason}`,
		...(tooLong ? { hint: "Set `prompt: stdin`, so that it reads the prompt from its standard input." } : {}),
		retryable: false,
	};
}

/** It ended without a complete reply. */
export function failure(dialect: Dialect, trouble: Trouble, env: Environment): BackendError {
	// Hidden before it is cut: half a key is a key, too.
	const said = lastLines(withoutSecrets(trouble.problem ?? trouble.stderr, env));
	const kind = patterns.find(([, pattern]) => pattern.test(said))?.[0];
	if (kind) return known(dialect, kind, said);
	const tail = said === "" ? "" : `: ${said}`;
	const check = `Try it by itself: ${dialect.command} --version`;
	if (trouble.problem !== undefined)
		return { kind: "process", message: `${dialect.title} failed${tail || "."}`, hint: check, retryable: false };
	if (trouble.signal) return { kind: "process", message: `${dialect.title} was ended by ${trouble.signal}${tail || "."}`, retryable: true };
	if (trouble.exitCode === 0)
		return { kind: "bad-response", message: `${dialect.title} ended without a complete reply${tail || "."}`, retryable: true };
	return {
		kind: "process",
		message: `${dialect.title} ended with exit code ${trouble.exitCode ?? "unknown"}${tail || "."}`,
		hint: check,
		retryable: false,
	};
}

function known(dialect: Dialect, kind: BackendErrorKind, said: string): BackendError {
	const titles: Partial<Record<BackendErrorKind, string>> = {
		auth: "is not logged in",
		quota: "has reached a limit of its plan",
		"rate-limit": "is asked to slow down",
		"context-too-long": "was given more than its model can read",
		network: "cannot reach its provider",
	};
	const hint =
		kind === "auth"
			? dialect.login
			: kind === "quota"
				? `Wait until the limit is lifted, or use another account: ${dialect.login}`
				: undefined;
	return {
		kind,
		message: `${dialect.title} ${titles[kind] ?? "failed"}: ${said}`,
		...(hint === undefined ? {} : { hint }),
		retryable: kind === "rate-limit" || kind === "network",
	};
}

/** The end of what it said: the last three lines that hold anything, stacks left out. */
function lastLines(text: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes of terminals begin with one
	const plain = text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, "");
	const lines = plain.split("\n").filter((line) => line.trim() !== "" && !/^\s*(at |\d+: |stack (back)?trace)/i.test(line));
	return lines.slice(-3).join(" | ").slice(-600).trim();
}

/** Every value of a variable that is named like a secret, and what looks like a key, becomes `***`. */
export function withoutSecrets(text: string, env: Environment): string {
	const values = Object.entries(env).flatMap(([name, value]) =>
		/key|token|secret|passw|credential/i.test(name) && value && value.length >= 6 ? [value] : [],
	);
	const hidden = values.sort((a, b) => b.length - a.length).reduce((result, value) => result.replaceAll(value, "***"), text);
	return hidden
		.replace(/\b(sk|pk|rk|gsk|xai|ghp|gho|AIza)[-_A-Za-z0-9]{16,}/g, "***")
		.replace(/\b(bearer)\s+[-._~+/A-Za-z0-9]{8,}=*/gi, "$1 ***");
}
