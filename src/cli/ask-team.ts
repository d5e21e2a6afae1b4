/** Asks a team: session, signals, displays and result file around one `runTurn`. */
import { homedir } from "node:os";
import { watchSignals } from "../checkpoint/interrupt.ts";
import type { SessionStore } from "../checkpoint/log.ts";
import { defaultConfig } from "../config/locate.ts";
import { openTurn } from "../core/session.ts";
import type { Turn } from "../core/types.ts";
import { exitCode, exitCodes, signalCode } from "../displays/exit-codes.ts";
import { failureDocument, resultDocument } from "../displays/result.ts";
import { turnWarnings } from "../displays/warnings.ts";
import { type Audience, audience } from "./audience.ts";
import type { Io } from "./io.ts";
import { checkOutputFile, writeResult } from "./output-file.ts";
import { reportOf } from "./print-error.ts";
import { isTeamGiven, openSessionFor } from "./session-for.ts";
import type { Settings } from "./settings.ts";
import { shellWord } from "./shell-word.ts";

type Question = (needed: boolean, notice: (text: string) => void) => Promise<string | undefined>;

/** What is known so far, for whatever has to be said if it goes wrong. */
type Progress = { store?: SessionStore; turn?: Turn; by?: string; warnings: string[]; readonly startedAt: number; durationMs?: number };

export async function askTeam(settings: Settings, io: Io, question: Question): Promise<number> {
	const progress: Progress = { warnings: [], startedAt: performance.now() };
	const show = await audience(settings, io);
	const interrupt = new AbortController();
	const unwatch = watchSignals({
		first(signal) {
			progress.by = signal;
			if (!progress.store) return stopAtOnce(show, stopCode(settings, signal));
			show.onNotice("Stopping: what is there is being saved. Once more stops at once.");
			interrupt.abort(signal);
		},
		next: (signal) => stopAtOnce(show, stopCode(settings, progress.by ?? signal)),
	});
	// Whoever read the records has gone: nobody is left to go on for.
	io.stdout.onClosed(() => interrupt.abort("closed output"));
	try {
		if (settings.outputFile !== undefined) checkOutputFile(settings.outputFile);
		await run({ settings, io, show, question, progress, signal: interrupt.signal });
		return conclude(settings, show, progress);
	} catch (error) {
		return concludeWithError(error, { settings, io, show, progress });
	} finally {
		unwatch();
		await progress.store?.close();
	}
}

type Run = {
	readonly settings: Settings;
	readonly io: Io;
	readonly show: Audience;
	readonly question: Question;
	readonly progress: Progress;
	readonly signal: AbortSignal;
};

async function run({ settings, io, show, question, progress, signal }: Run): Promise<void> {
	const around = { env: io.env, cwd: io.cwd, home: homedir(), warn: show.onNotice };
	// Without any team there can be no question in it either: say first what is missed first.
	const early =
		settings.session.kind === "new" && !isTeamGiven(settings) && defaultConfig(around) === undefined
			? await question(true, show.onNotice)
			: undefined;
	const session = await openSessionFor(settings, around);
	const { team, warnings, variables } = session.loaded;
	await show.begin(team.ui.display);
	const asked =
		early ?? (await question(!session.exists && team.prompt === undefined, show.onNotice)) ?? (session.exists ? undefined : team.prompt);
	for (const { message } of warnings) progress.warnings.push(message);
	const [{ runTurn }, { checkKeys, checkPrices }] = await Promise.all([import("../massgen.ts"), import("../crew.ts")]);
	checkKeys(team, variables.env);
	await checkPrices(team);
	const store = await session.open();
	progress.store = store;
	if (store.directory !== undefined) show.onNotice(`Session ${store.id}`);
	for (const warning of progress.warnings) show.warn(warning);
	const { turn, durationMs } = await runTurn({
		store,
		team,
		env: variables.env,
		signal,
		acceptConfig: settings.acceptConfig,
		rates: settings.rates,
		...(asked === undefined ? {} : { question: asked }),
		...(settings.limitsGiven ? { limits: team.limits } : {}),
		onOpen(stored, resumed) {
			const open = openTurn(stored)?.turn;
			if (open && !resumed)
				show.onNotice(`Turn ${open.number} was interrupted. You ask something else, so it ends here; what it wrote is kept.`);
		},
		onEvent(record, state) {
			progress.turn = state;
			show.onEvent(record, state);
		},
		onDelta: show.onDelta,
	});
	progress.turn = turn;
	progress.durationMs = durationMs;
}

function conclude(settings: Settings, show: Audience, progress: Progress): number {
	const { turn, by, warnings } = progress;
	const how = { automation: settings.automation, ...(by === undefined ? {} : { by }) };
	if (!turn) return stopCode(settings, by ?? "SIGINT");
	const code = exitCode(turn, how);
	const document = resultDocument(turn, { ...circumstances(progress, code), warnings: [...warnings, ...turnWarnings(turn)] });
	if (settings.outputFile !== undefined) writeResult(settings.outputFile, settings.output, document);
	show.finish(document);
	return code;
}

function concludeWithError(error: unknown, { settings, io, show, progress }: Pick<Run, "settings" | "io" | "show" | "progress">): number {
	const { turn, store } = progress;
	const { text, exitCode: code, error: known } = reportOf(error, { verbose: settings.verbose, log: store?.directory });
	const failure = { ...circumstances(progress, code), error: known };
	show.finish(turn ? resultDocument(turn, failure) : failureDocument(failure));
	io.stderr.write(`${text}\n`);
	return code;
}

function circumstances({ store, turn, warnings, startedAt, durationMs }: Progress, exitCode: number) {
	const open = turn !== undefined && turn.outcome === undefined && store?.directory !== undefined;
	return {
		sessionId: store?.id ?? null,
		exitCode,
		durationMs: durationMs ?? performance.now() - startedAt,
		resume: open ? `massgen --resume ${shellWord(store.id)}` : null,
		warnings,
	};
}

function stopCode({ automation }: Settings, by: string): number {
	return automation ? exitCodes.interruptedAutomation : signalCode(by);
}

/** The second signal: no farewell, but a usable terminal; the exit takes all children along. */
function stopAtOnce(show: Audience, code: number): never {
	show.abandon();
	process.exit(code);
}
