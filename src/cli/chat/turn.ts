/** One turn of a conversation: from the question to the answer, with everything that the user may do in between. */
import type { Command } from "../../core/events.ts";
import { isOver } from "../../core/queries.ts";
import { openTurn } from "../../core/session.ts";
import type { Turn } from "../../core/types.ts";
import type { Display } from "../../displays/display.ts";
import { exitCode, exitCodes } from "../../displays/exit-codes.ts";
import { outputNamed } from "../../displays/registry.ts";
import { resultDocument } from "../../displays/result.ts";
import { turnWarnings } from "../../displays/warnings.ts";
import { UsageError } from "../../errors.ts";
import type { TurnResult } from "../../massgen.ts";
import { progressDisplay } from "../audience.ts";
import type { Chat } from "./context.ts";
import { withFiles } from "./files.ts";
import { whileWorking } from "./while-working.ts";

/** Without a question the open turn goes on. */
export async function takeTurn(chat: Chat, text: string | undefined): Promise<void> {
	const stopping = new AbortController();
	let display: Display | undefined;
	let send: ((command: Command) => void) | undefined;
	let state: Turn | undefined;
	const say = (line: string) => (display ? display.onNotice(line) : chat.say(line));
	// From the first moment on: loading takes time too, and Ctrl+C is not to be lost.
	chat.stop = (by) => stopOrLeave(chat, stopping, { by, display });
	const unlisten = chat.reader.listen({
		stop: () => chat.stop?.("Ctrl+C"),
		line(line) {
			if (state && (isOver(state) || state.interrupted)) return false;
			whileWorking(line, { send, turn: () => state, say });
			return true;
		},
	});
	try {
		const turn = await prepare(chat, text);
		display = turn.display;
		const shown = turn.display;
		const { output } = turn;
		const { runTurn } = await import("../../massgen.ts");
		const result = await runTurn({
			...turn.request,
			signal: stopping.signal,
			onOpen(stored, resumed) {
				const open = openTurn(stored)?.turn;
				if (open && !resumed) say(`Turn ${open.number} ends here, unfinished. The agents are told what it has brought.`);
			},
			onEvent(record, now) {
				state = now;
				shown.onEvent(record, now);
				output.onEvent(record, now);
			},
			onDelta(delta) {
				shown.onDelta(delta);
				output.onDelta(delta);
			},
			onDrive(drive) {
				send = drive;
			},
		});
		// What is typed from here on is the next question.
		unlisten();
		chat.conversation.files.length = 0;
		await finish(chat, turn, result);
	} catch (error) {
		display?.abandon?.();
		throw error;
	} finally {
		unlisten();
		chat.stop = undefined;
		await chat.conversation.read();
	}
}

/** Everything that can be wrong before anything is asked. */
async function prepare({ conversation, reader, settings, io, around, say }: Chat, text: string | undefined) {
	const question = text === undefined ? undefined : withFiles(text, conversation.files, around.cwd, say);
	const { team, variables } = conversation.loaded;
	const { checkKeys } = await import("../../crew.ts");
	checkKeys(team, variables.env);
	const isNew = conversation.id === undefined;
	const store = await conversation.store();
	if (isNew && store.directory !== undefined) say(`Session ${store.id}`);
	const request = {
		store,
		team,
		env: variables.env,
		acceptConfig: settings.acceptConfig,
		rates: settings.rates,
		...(question === undefined ? {} : { question }),
		...(settings.limitsGiven ? { limits: team.limits } : {}),
	};
	const entry = outputNamed(settings.output);
	if (!entry) throw new UsageError(`There is no output ${settings.output}.`);
	const output = (await entry.load()).create({ sink: io.stdout, verbose: settings.verbose });
	return { request, output, display: await progressDisplay(settings, io, team.ui.display, reader.typed) };
}

type Shown = { readonly display: Display; readonly output: Display };

async function finish(chat: Chat, { display, output }: Shown, { turn, durationMs }: TurnResult): Promise<void> {
	const { settings, io, conversation, reader } = chat;
	const code = exitCode(turn, { automation: settings.automation });
	const document = resultDocument(turn, {
		sessionId: conversation.id ?? null,
		exitCode: code,
		durationMs,
		resume: null,
		warnings: turnWarnings(turn),
	});
	chat.code ||= code;
	display.finish(document);
	if (turn.outcome === undefined && !chat.ending) chat.say("Stopped and saved. /continue goes on with it; another question ends it.");
	if (reader.isLive && settings.output === "text" && turn.final !== undefined) {
		await io.stderr.flush();
		io.stderr.write(chat.named ? `\n[${conversation.id}] Assistant: \n` : "\n");
	}
	output.finish(document);
	await io.stdout.flush();
	if (reader.isLive) io.stderr.write("\n");
}

/** The first time saves what there is; the second time there is no farewell, but a usable terminal. */
function stopOrLeave(chat: Chat, stopping: AbortController, { by, display }: { by: string; display: Display | undefined }): void {
	if (stopping.signal.aborted) {
		display?.abandon?.();
		chat.reader.close();
		process.exit(exitCodes.interrupted);
	}
	const notice = "Stopping: what is there is being saved. Once more leaves at once.";
	if (display) display.onNotice(notice);
	else chat.say(notice);
	stopping.abort(by);
}
