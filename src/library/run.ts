import { join } from "node:path";
import type { SessionStore } from "../checkpoint/log.ts";
import type { Command, Delta, Recorded } from "../core/events.ts";
import type { Session } from "../core/session.ts";
import type { Turn } from "../core/types.ts";
import { exitCode } from "../displays/exit-codes.ts";
import { type ResultDocument, resultDocument } from "../displays/result.ts";
import { turnWarnings } from "../displays/warnings.ts";
import { UsageError } from "../errors.ts";
import { runTurn } from "../massgen.ts";
import { type SessionChoice, sessionFor, storedConfig } from "./session.ts";
import { namesTeam, type TeamOptions, teamFor } from "./team.ts";

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
	if (options.query === undefined && options.session === undefined)
		throw new UsageError("run() needs a query, or a session to go on with.");
	// A configuration that cannot be used leaves no session behind.
	if (namesTeam(options) || options.session === undefined) teamFor(options);
	const store = await sessionFor(options);
	try {
		return await runIn(store, options);
	} finally {
		await store.close();
	}
}

/** The same in a session that is open already. */
export async function runIn(store: SessionStore, options: RunOptions): Promise<RunResult> {
	const stored = await storedConfig(store);
	const { team, variables, warnings } = teamFor(options, namesTeam(options) ? undefined : stored);
	const { query, signal, acceptConfig, onEvent, onDelta, onDrive } = options;
	const { session, turn, durationMs } = await runTurn({
		store,
		team,
		env: variables.env,
		...(query === undefined ? {} : { question: query }),
		...(signal ? { signal } : {}),
		...(acceptConfig === undefined ? {} : { acceptConfig }),
		...(onEvent ? { onEvent } : {}),
		...(onDelta ? { onDelta } : {}),
		...(onDrive ? { onDrive } : {}),
	});
	const said = [...warnings.map(({ message }) => message), ...turnWarnings(turn)];
	return resultOf(session, turn, { store, durationMs, warnings: said, configPath: team.path ?? session.configPath });
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
