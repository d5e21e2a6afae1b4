import type { Call, Clock } from "./backend.ts";
import { type Dialect, oneLine } from "./cli-dialect.ts";
import { chunks, lines } from "./cli-lines.ts";
import { type Heard, Speech } from "./cli-speech.ts";
import { isRecord } from "./keys.ts";
import type { Child } from "./launch.ts";
import type { TextTools } from "./text-tools.ts";

/** After its last word a CLI may be silent for this long while it puts its session away. Some never exit. */
const farewellMs = 3000;

/**
 * Reads its output to the end. Which message is the reply is known only when it says that it is done: until then all that
 * it writes is shown as progress, and the reply as text at the end.
 */
export async function listen({ dialect, child, call, tools, clock }: Conversation, heard: Heard): Promise<void> {
	const speech = new Speech(call, tools, heard);
	if (dialect.output === "text") {
		for await (const chunk of chunks(child.stdout)) speech.say(chunk);
		speech.finish();
		return;
	}
	let silence = new AbortController();
	const pulse = new Pulse(call);
	try {
		for await (const line of lines(child.stdout)) {
			pulse.stop();
			const value = parsed(line);
			// Some print notes between their JSON lines.
			if (!value) {
				if (line.trim() !== "") speech.hear({ kind: "progress", text: oneLine(line) });
				continue;
			}
			for (const sign of dialect.read(value)) {
				if (sign.kind === "tool" && sign.isRunning) pulse.start(sign.text);
				if (sign.kind !== "session") speech.hear(sign);
				else if (sign.id !== heard.session) {
					heard.session = sign.id;
					await call.onBookmark?.(sign.id);
				}
			}
			silence.abort();
			silence = new AbortController();
			if (heard.isDone) void farewell(child, clock, silence.signal);
		}
	} finally {
		silence.abort();
		pulse.stop();
	}
	speech.finish();
}

/** Whom it listens to, and for whom. */
export type Conversation = {
	readonly dialect: Dialect;
	readonly child: Child;
	readonly call: Call;
	readonly tools: TextTools;
	readonly clock: Clock;
};

/** Says now and then that a tool of its own is at work, so that a long test run is not taken for a hang. */
class Pulse {
	readonly #call: Call;
	#timer: NodeJS.Timeout | undefined;

	constructor(call: Call) {
		this.#call = call;
	}

	start(what: string): void {
		this.stop();
		let minutes = 0;
		this.#timer = setInterval(() => {
			minutes++;
			if (!this.#call.signal.aborted) this.#call.onDelta("progress", `${what} (at work for ${minutes} min)`);
		}, 60_000);
	}

	stop(): void {
		clearInterval(this.#timer);
	}
}

async function farewell(child: Child, clock: Clock, signal: AbortSignal): Promise<void> {
	await clock.sleep(farewellMs, signal);
	if (!signal.aborted) await child.end();
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
	try {
		const value: unknown = JSON.parse(line);
		return isRecord(value) ? value : undefined;
	} catch {
		return undefined;
	}
}
