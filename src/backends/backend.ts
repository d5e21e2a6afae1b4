import type { ZodObject } from "zod";
import type { Reply, Request, Usage } from "../core/conversation.ts";
import type { AgentId } from "../core/types.ts";

/**
 * The port to a model or a CLI agent.
 *
 * `call` makes one model call (for a CLI agent: gives it one prompt) and
 * - must resolve, never reject: what goes wrong outside is a value of `CallResult`;
 * - must return `ok` only for a reply that the provider marked as complete. A stream that just ends is `bad-response`,
 *   whatever it held;
 * - must stop within 100 ms of `signal` aborting, down to the socket or the process group, and return kind `aborted`;
 * - must hand on text as it arrives through `onDelta`, in order, and return the same text in the reply;
 * - must not retry, wait for rate limits or enforce time limits: its caller does;
 * - must never put a key or a header into a message.
 */
export type Backend = {
	call(call: Call): Promise<CallResult>;
	/** Gives back what it holds. Never rejects. */
	close?(): Promise<void>;
};

export type Call = {
	readonly agent: AgentId;
	/** The step that this call is for. Unique in the session: good for idempotency keys and seeds. */
	readonly step: string;
	readonly request: Request;
	readonly signal: AbortSignal;
	/** `answer`: the text of an answer, while it is being written into its call; `progress`: a line about work; `waiting`: why none is done yet. */
	readonly onDelta: (kind: "text" | "reasoning" | "answer" | "progress" | "waiting", text: string) => void;
	/** A CLI agent's own session from an earlier call of this agent, if it has told one. */
	readonly bookmark?: string;
	/** Tells the CLI agent's own session; it is safe in the log once this resolves. */
	readonly onBookmark?: (bookmark: string) => Promise<void>;
	/** Tells of a child process before it runs its program; it is safe in the log once this resolves. */
	readonly onProcess?: (process: ChildProcessInfo) => Promise<void>;
	/** The child has ended, and its whole group with it. `exitCode` is null if a signal ended it. */
	readonly onProcessEnd?: (pid: number, exitCode: number | null) => void;
};

/** A child process that leads a group of its own. `startedAt` tells it from a later process with the same pid. */
export type ChildProcessInfo = { readonly pid: number; readonly startedAt: string; readonly command: string };

/** `costUsd` is what a CLI agent says the call cost; absent where nobody says so and it follows from usage and price. */
export type CallResult =
	| { readonly ok: true; readonly reply: Reply; readonly costUsd?: number }
	| { readonly ok: false; readonly error: BackendError; readonly usage?: Usage; readonly costUsd?: number };

export type BackendErrorKind =
	| "auth"
	| "rate-limit"
	| "quota"
	| "network"
	| "refused"
	| "context-too-long"
	| "bad-request"
	| "bad-response"
	| "timeout"
	| "process"
	| "aborted";

/** What went wrong outside. `retryable` is decided here, where the status is known. */
export type BackendError = {
	readonly kind: BackendErrorKind;
	/** One sentence, with the value. */
	readonly message: string;
	/** What the user can do, ideally a command to type. */
	readonly hint?: string;
	readonly status?: number;
	readonly retryable: boolean;
	/** What the server asked for (Retry-After), in milliseconds. */
	readonly retryAfterMs?: number;
};

export type Capability = "tools" | "web-search" | "code-execution" | "reasoning" | "images" | "files" | "workspace" | "own-tools";

/** What a backend is made from: an agent's resolved configuration, secrets filled in. */
export type BackendSetup = {
	readonly agent: AgentId;
	readonly model: string | undefined;
	/** The options of the config, camelCase where they are ours, validated against the entry's schema. */
	readonly options: Readonly<Record<string, unknown>>;
	/** The process environment and the `.env` files, merged. */
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Where a CLI agent works. */
	readonly workspace?: string;
	/** Feeds every draw of a simulated agent. */
	readonly seed: number;
	readonly clock: Clock;
	/** Milliseconds without a byte after which a call counts as hung. */
	readonly idleMs: number;
};

/** Time, so that it can be virtual. `sleep` resolves early if the signal aborts. */
export type Clock = {
	/** Monotonic, in milliseconds. */
	now(): number;
	/** Milliseconds since 1970. */
	wall(): number;
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
	/** Resolves once everything that has already arrived from outside was heard. A virtual clock needs none: nothing comes from outside. */
	breath?(): Promise<void>;
};

/**
 * A row of the backend table: all that can be known of a backend without loading it. Validation, `--help`, the docs and
 * the JSON Schema read it. It imports no implementation.
 */
export type BackendEntry = {
	/** What `backend.type` says. */
	readonly name: string;
	readonly title: string;
	readonly kind: "api" | "local" | "cli" | "simulated";
	readonly capabilities: readonly Capability[];
	/** Environment variables that may hold its key, best first. */
	readonly keyVariables?: readonly string[];
	readonly baseUrl?: string;
	readonly defaultModel?: string;
	/** Beginnings of the names of its models, for picking a backend by model. */
	readonly models?: readonly string[];
	/** Its own options, strict, with the keys as YAML has them (`snake_case`). */
	readonly options: ZodObject;
	load(): Promise<{ create(setup: BackendSetup): Backend }>;
};
