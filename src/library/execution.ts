import type { SessionStore } from "../checkpoint/log.ts";
import { createMemoryStore } from "../checkpoint/memory.ts";
import { createSession } from "../checkpoint/session-directory.ts";
import type { Loaded } from "../config/load.ts";
import type { Command, Delta, Recorded } from "../core/events.ts";
import { SessionError, TimeoutError } from "../errors.ts";
import { runTurn } from "../massgen.ts";
import { readSession } from "../sessions/reading.ts";
import { limitedTeam } from "./agent-team.ts";
import { type Context, contextText } from "./context.ts";
import { type SessionDocument, sessionDocument } from "./documents.ts";
import { openLog } from "./opening.ts";
import type { Setup } from "./setup.ts";
import { chosenTools, type LibraryTool, toolsOf } from "./tools.ts";

export type ExecuteOptions = {
	/** What is to be reached. */
	readonly goal: string;
	readonly context?: Context;
	/** Model calls that one agent may take; 10 if not given. */
	readonly maxSteps?: number;
	/** Tokens of one reply, and of all that the run writes; 4000 if not given. */
	readonly maxTokens?: number;
	/** 120 if not given. */
	readonly timeoutSeconds?: number;
	/** What may be called: names of the agent's tools, or tools. All of the agent's if not given. */
	readonly tools?: readonly (string | LibraryTool)[];
	/** Instead of the agent's model, on the same backend. */
	readonly model?: string;
	/** Keep the session in memory: nothing is written, nothing can be resumed. */
	readonly inMemory?: boolean;
	/** Interrupts the run, which can then be resumed. */
	readonly signal?: AbortSignal;
};

export type Hooks = {
	readonly signal?: AbortSignal | undefined;
	/** The run stands in the log, and is about to begin. */
	readonly onEvent?: (event: Recorded) => void;
	readonly onDelta?: (delta: Delta) => void;
	readonly onDrive?: (send: (command: Command) => void) => void;
};

/** A session that was made and has not begun. `run` must be called once; it closes the session's files. */
export type Execution = { readonly sessionId: string; run(hooks: Hooks): Promise<SessionDocument> };

/** Checks everything that can be checked, then makes the session. Whatever is wrong is thrown before anything is written. */
export async function execution(setup: Setup, options: ExecuteOptions, { cwd, home } = setup.places): Promise<Execution> {
	const limits = checkedLimits(setup, options);
	const { goal, model } = options;
	const tools = toolsOf(chosenTools(setup.tools, options.tools));
	const context = await contextText(options.context, setup.places.cwd);
	const loaded = await setup.team(model === undefined ? {} : { model });
	const store = options.inMemory ? createMemoryStore(`memory_${Date.now()}`) : await createSession(cwd, { home });
	const metadata = { kind: "task", agent_id: setup.id, goal, ...(options.context === undefined ? {} : { context: options.context }) };
	await openLog(store, { config: loaded.team.stored, configPath: loaded.team.path, metadata });
	return {
		sessionId: store.id,
		async run(hooks) {
			try {
				const team = { ...loaded, team: limitedTeam(loaded.team, limits) };
				return await runIn(setup, store, { loaded: team, question: goal, context, toolsOf: tools, hooks });
			} finally {
				await store.close();
			}
		},
	};
}

export type Work = {
	readonly loaded: Loaded;
	/** Undefined: the turn that is open goes on. */
	readonly question?: string;
	readonly context?: string | undefined;
	readonly maxHistory?: number | undefined;
	readonly toolsOf: ReturnType<typeof toolsOf>;
	readonly hooks: Hooks;
};

/** Drives one turn, and says what the session is after it. */
export async function runIn(setup: Setup, store: SessionStore, work: Work): Promise<SessionDocument> {
	const { loaded, question, context, maxHistory, hooks } = work;
	const { signal, onEvent, onDelta, onDrive } = hooks;
	await runTurn({
		store,
		team: loaded.team,
		env: loaded.variables.env,
		...(question === undefined ? {} : { question }),
		toolsOf: work.toolsOf,
		...(context === undefined ? {} : { context }),
		...(maxHistory === undefined ? {} : { maxHistory }),
		...(signal ? { signal } : {}),
		...(onEvent ? { onEvent } : {}),
		...(onDelta ? { onDelta } : {}),
		...(onDrive ? { onDrive } : {}),
	});
	const document = sessionDocument(await readSession(store), { id: store.id, isDriven: false });
	await setup.options.onRunEnd?.(document);
	return document;
}

/** Throws `TimeoutError` for a session whose time was up. */
export function inTime(document: SessionDocument): SessionDocument {
	if (document.status !== "timeout") return document;
	throw new TimeoutError(`Session ${document.id} ran out of time.`, {
		sessionId: document.id,
		hint: "Give it more (timeoutSeconds). What it had reached is in the session.",
	});
}

/** The output of a session that is completed; throws `SessionError` for any other, with its error's code. */
export function outputOf(document: SessionDocument): string {
	const { status, output, error, id } = inTime(document);
	if (status === "completed" && output !== null) return output;
	throw new SessionError(error?.code ?? "internal", error?.message ?? `Session ${id} is ${status}.`, { sessionId: id });
}

/** A text that says something. */
export function checkedText(value: unknown, name: string, example: string): string {
	if (typeof value === "string" && value.trim() !== "") return value;
	throw new SessionError("invalid_request", `The ${name} is ${typeof value === "string" ? "empty" : "missing"}.`, {
		hint: `For example: ${example}`,
	});
}

function checkedLimits(setup: Setup, options: ExecuteOptions) {
	checkedText(options.goal, "goal", 'execute({ goal: "Summarise the report" })');
	const { maxSteps = 10, timeoutSeconds = 120 } = { ...defined(setup.options), ...defined(options) };
	const { maxTokens = 4000 } = options;
	return {
		maxSteps: whole(maxSteps, "maxSteps"),
		maxTokens: whole(maxTokens, "maxTokens"),
		timeoutSeconds: positive(timeoutSeconds, "timeoutSeconds"),
	};
}

function defined({ maxSteps, timeoutSeconds }: { readonly maxSteps?: number; readonly timeoutSeconds?: number }) {
	return { ...(maxSteps === undefined ? {} : { maxSteps }), ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }) };
}

export function whole(value: unknown, name: string): number {
	if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1) return value;
	throw new SessionError("invalid_request", `${name} is ${String(value)}.`, { hint: "Give a whole number from 1." });
}

function positive(value: unknown, name: string): number {
	if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
	throw new SessionError("invalid_request", `${name} is ${String(value)}.`, { hint: "Give a number of seconds above 0." });
}
