import { join } from "node:path";
import type { SessionStore } from "../checkpoint/log.ts";
import type { Team } from "../config/team.ts";
import type { Command, Delta, Recorded } from "../core/events.ts";
import type { Session } from "../core/session.ts";
import type { Turn } from "../core/types.ts";
import { exitCode } from "../displays/exit-codes.ts";
import { type ResultDocument, resultDocument } from "../displays/result.ts";
import { turnWarnings } from "../displays/warnings.ts";
import { UsageError } from "../errors.ts";
import { runTurn } from "../massgen.ts";
import { withOwnTools } from "./agent-team.ts";
import { openLog } from "./opening.ts";
import { exchange, isSessionObject, type SessionObject } from "./remembering.ts";
import { type SessionChoice, sessionFor, storedConfig } from "./session.ts";
import { namesTeam, type TeamOptions, teamFor } from "./team.ts";
import { type LibraryTool, toolsOf } from "./tools.ts";

export type RunOptions = TeamOptions &
	SessionChoice & {
		/** The question. Without it the turn that is open in `session` goes on. */
		readonly query?: string;
		/** Interrupts the turn, which stays open and can be resumed. */
		readonly signal?: AbortSignal;
		/** Let an open turn go on with a team that differs from the one it started with. */
		readonly acceptConfig?: boolean;
		readonly onEvent?: (event: Recorded, turn: Turn) => void;
		readonly onDelta?: (delta: Delta) => void;
		/** Given a way to talk to the turn while it runs. */
		readonly onDrive?: (send: (command: Command) => void) => void;
		/** What the agents can do besides writing. */
		readonly tools?: readonly LibraryTool[];
	};

/** The document of the JSON contract, and the names that MassGen's callers know. */
export type RunResult = ResultDocument & {
	readonly final_answer: string | null;
	readonly selected_agent: string | null;
	readonly vote_results: { readonly winner: string | null; readonly vote_counts: Readonly<Record<string, number>> };
	readonly config_used: string | null;
	/** The session's directory; null if it is in memory only. */
	readonly log_directory: string | null;
	readonly final_answer_path: string | null;
};

/**
 * Asks a team, and resolves with what it came to; also a turn that failed or was interrupted resolves, `outcome` says so.
 * Rejects with `ConfigError`, `SessionError` or `UsageError` before anything was called, and with `StoreError` if the
 * session cannot be written.
 */
export async function run(options: RunOptions): Promise<RunResult> {
	const { query, session, tools = [] } = options;
	if (isSessionObject(session)) return remembered(session, options);
	if (session !== undefined && typeof session !== "string")
		throw new UsageError("The session is neither an id nor an object with getItems, addItems, popItem, clearSession and getSessionId.");
	if (query === undefined && session === undefined) throw new UsageError("run() needs a query, or a session to go on with.");
	// A configuration that cannot be used leaves no session behind.
	if (namesTeam(options) || session === undefined) teamFor(options);
	toolsOf(tools);
	const store = await sessionFor(options);
	try {
		return await runIn(store, options);
	} finally {
		await store.close();
	}
}

/** With a session object: its items are read once, and question and answer are added once. */
export async function remembered(session: SessionObject, options: RunOptions, unanswered: "keep" | "leave" = "leave"): Promise<RunResult> {
	const { query } = options;
	if (query === undefined) throw new UsageError("run() with a session object needs a query.");
	const { team } = teamFor(options);
	const store = await sessionFor(options);
	let answer: string | null = null;
	try {
		await openLog(store, { config: team.stored, configPath: team.path, items: await session.getItems() });
		const result = await runIn(store, options);
		answer = result.answer;
		return answer === null ? result : await kept(session, query, result);
	} finally {
		await store.close();
		if (answer === null && unanswered === "keep") await session.addItems(exchange(query, null));
	}
}

/** What was paid for is returned also if the session object cannot take it. */
async function kept(session: SessionObject, query: string, result: RunResult): Promise<RunResult> {
	try {
		await session.addItems(exchange(query, result.answer));
		return result;
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error);
		return { ...result, warnings: [...result.warnings, `The session object did not take the question and its answer: ${why}`] };
	}
}

/** The same in a session that is open already. */
export async function runIn(store: SessionStore, options: RunOptions): Promise<RunResult> {
	const stored = await storedConfig(store);
	const { team, variables, warnings } = teamFor(options, namesTeam(options) ? undefined : stored);
	const { query, signal, acceptConfig, onEvent, onDelta, onDrive, tools = [] } = options;
	const { session, turn, durationMs } = await runTurn({
		store,
		team,
		env: variables.env,
		toolsOf: toolsOf(tools),
		...(query === undefined ? {} : { question: query }),
		...(signal ? { signal } : {}),
		...(acceptConfig === undefined ? {} : { acceptConfig }),
		...(onEvent ? { onEvent } : {}),
		...(onDelta ? { onDelta } : {}),
		...(onDrive ? { onDrive } : {}),
	});
	const said = [...warnings.map(({ message }) => message), ...turnWarnings(turn), ...(tools.length > 0 ? toolless(team) : [])];
	return resultOf(session, turn, { store, durationMs, warnings: said, configPath: team.path ?? session.configPath });
}

function toolless(team: Team): readonly string[] {
	return withOwnTools(team).map((id) => `${id} brings tools of its own and was not given those of the program.`);
}

type Circumstances = {
	readonly store: SessionStore;
	readonly durationMs: number;
	readonly warnings: readonly string[];
	readonly configPath: string | undefined;
};

function resultOf(session: Session, turn: Turn, { store, durationMs, warnings, configPath }: Circumstances): RunResult {
	const { directory } = store;
	const document = resultDocument(turn, {
		sessionId: session.id,
		exitCode: exitCode(turn, { automation: false }),
		durationMs,
		resume: turn.outcome === undefined && directory !== undefined ? `massgen --resume ${session.id}` : null,
		warnings,
	});
	return {
		...document,
		final_answer: document.answer,
		selected_agent: document.winner?.agent ?? null,
		vote_results: {
			winner: document.winner?.agent ?? null,
			vote_counts: Object.fromEntries(document.tally.map(({ label, votes }) => [label, votes])),
		},
		config_used: configPath ?? null,
		log_directory: directory ?? null,
		final_answer_path: directory === undefined || turn.final === undefined ? null : join(directory, `turn_${turn.number}`, "answer.txt"),
	};
}
