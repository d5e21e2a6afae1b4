/**
 * The errors that a user may meet. `message` says what happened and with which value, `hint` what to do about it,
 * `exitCode` how the program ends if nobody handles it. Anything else that is thrown is a bug (exit 70).
 */
export class MassgenError extends Error {
	/** `noun-problem`, stable, for programs. */
	readonly code: string;
	readonly hint: string | undefined;
	readonly exitCode: number;

	constructor(code: string, message: string, options: { hint?: string | undefined; exitCode?: number; cause?: unknown } = {}) {
		super(message, options.cause === undefined ? {} : { cause: options.cause });
		this.name = new.target.name;
		this.code = code;
		this.hint = options.hint;
		this.exitCode = options.exitCode ?? 1;
	}
}

/** Wrong use of the command line or the library. */
export class UsageError extends MassgenError {
	constructor(message: string, hint?: string) {
		super("usage-error", message, { hint });
	}
}

/** One thing that is wrong with a configuration, and where. `line` and `column` count from 1. */
export type ConfigProblem = {
	readonly code: string;
	readonly message: string;
	readonly hint?: string;
	readonly file?: string;
	readonly line?: number;
	readonly column?: number;
	/** Dotted path of the key, as in `agents[0].backend.type`. */
	readonly path?: string;
	/** The lines around the place, with a caret under it. */
	readonly frame?: string;
	readonly severity: "error" | "warning";
};

/** A configuration that cannot be used: all its problems at once, in the order of their lines. */
export class ConfigError extends MassgenError {
	readonly problems: readonly ConfigProblem[];

	constructor(problems: readonly ConfigProblem[], message?: string) {
		const first = problems.find(({ severity }) => severity === "error") ?? problems[0];
		super(first?.code ?? "config-error", message ?? first?.message ?? "The configuration cannot be used.", { hint: first?.hint });
		this.problems = problems;
	}
}

/** A session that cannot be found, used, read or changed. `code` is one of the words of `docs/sessions.md`. */
export class SessionError extends MassgenError {
	readonly sessionId: string | undefined;

	constructor(
		code: string,
		message: string,
		options: { sessionId?: string | undefined; hint?: string | undefined; exitCode?: number; cause?: unknown } = {},
	) {
		super(code, message, options);
		this.sessionId = options.sessionId;
	}
}

/** A call that waited for a result ran out of time. What was reached by then is in the session. */
export class TimeoutError extends SessionError {
	constructor(message: string, options: { sessionId: string; hint?: string }) {
		super("timeout", message, { ...options, exitCode: 3 });
	}
}

/** Another process drives the session. */
export class SessionBusyError extends SessionError {
	readonly pid: number;
	readonly host: string;
	/** How long ago the holder gave its last sign of life, in milliseconds. */
	readonly ageMs: number;

	constructor(sessionId: string, holder: { pid: number; host: string; ageMs: number }, note = "") {
		const age = `${(holder.ageMs / 1000).toFixed(1)} s ago`;
		super("session_busy", `Session ${sessionId} is driven by process ${holder.pid} on ${holder.host} (last sign of life ${age}).${note}`, {
			sessionId,
			hint: "Wait until it ends or stop that process, then try again.",
		});
		this.pid = holder.pid;
		this.host = holder.host;
		this.ageMs = holder.ageMs;
	}
}

/** This process drove the session and another one has taken it over: stop, write nothing more. */
export class LeaseLostError extends SessionError {
	constructor(sessionId: string, holder: { pid: number; host: string }) {
		super("lease_lost", `Process ${holder.pid} on ${holder.host} has taken over session ${sessionId}; this process has stopped.`, {
			sessionId,
		});
	}
}

/** A stored session that is damaged. */
export class CorruptSessionError extends SessionError {
	readonly path: string;
	readonly line: number | undefined;

	constructor(path: string, problem: string, options: { sessionId?: string; line?: number; hint?: string; cause?: unknown } = {}) {
		super("corrupt_session", `${path}${options.line === undefined ? "" : `:${options.line}`} is damaged: ${problem}`, options);
		this.path = path;
		this.line = options.line;
	}
}

/** The session cannot be written: disk full, no permission, too many files. */
export class StoreError extends MassgenError {
	constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
		super("store-error", message, { ...options, exitCode: 74 });
	}
}
