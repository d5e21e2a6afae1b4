import { addUsage, noUsage, type Usage } from "../core/conversation.ts";
import type { Call, Clock } from "./backend.ts";
import { type Dialect, oneLine, type Sign } from "./cli-dialect.ts";
import { chunks, lineCutter, lines } from "./cli-lines.ts";
import { isRecord } from "./keys.ts";
import type { Child } from "./launch.ts";
import { readCalls, type TextTools, visibleText } from "./text-tools.ts";

/** What a CLI agent has said in one process. Filled while it speaks. */
export type Heard = {
	session: string | undefined;
	/** All of its reply, calls included. */
	text: string;
	/** What of it was shown: the text of the reply. */
	shown: string;
	thoughts: string;
	usage: Usage | undefined;
	costUsd: number | undefined;
	isDone: boolean;
	isTruncated: boolean;
	problem: string | undefined;
};

export function unheard(session: string | undefined): Heard {
	return {
		session,
		text: "",
		shown: "",
		thoughts: "",
		usage: undefined,
		costUsd: undefined,
		isDone: false,
		isTruncated: false,
		problem: undefined,
	};
}

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
	for await (const line of lines(child.stdout)) {
		const value = parsed(line);
		// Some print notes between their JSON lines.
		if (!value) {
			if (line.trim() !== "") speech.hear({ kind: "progress", text: oneLine(line) });
			continue;
		}
		for (const sign of dialect.read(value)) {
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
	silence.abort();
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

/** Sorts what is said into reply, notes on the way, thoughts and progress. */
class Speech {
	readonly #call: Call;
	readonly #tools: TextTools;
	readonly #heard: Heard;
	readonly #visible: ReturnType<typeof visibleText>;
	/** The same for the message that is being written. */
	#unfinished: ReturnType<typeof visibleText>;
	readonly #notes: ReturnType<typeof lineCutter>;
	/** The message that is being written, or was written last. */
	#message = "";
	#isComplete = false;
	/** It was shown piece by piece already. */
	#wasSeen = false;

	constructor(call: Call, tools: TextTools, heard: Heard) {
		this.#call = call;
		this.#tools = tools;
		this.#heard = heard;
		this.#visible = visibleText(tools);
		this.#unfinished = visibleText(tools);
		this.#notes = lineCutter((line) => this.#show("progress", line));
	}

	hear(sign: Exclude<Sign, { kind: "session" }>): void {
		switch (sign.kind) {
			case "chunk":
				if (this.#isComplete) this.#startMessage();
				this.#message += sign.text;
				this.#wasSeen = true;
				this.#notes.push(this.#unfinished.push(sign.text));
				return;
			case "message":
				if (this.#isComplete) this.#startMessage();
				this.#message = sign.text;
				this.#isComplete = true;
				return;
			case "text":
				this.say(sign.text);
				return;
			case "thought":
				this.#heard.thoughts += sign.text;
				this.#show("reasoning", sign.text);
				return;
			case "progress":
				this.#startMessage();
				this.#show("progress", sign.text);
				return;
			case "spent":
				if (sign.usage) this.#heard.usage = addUsage(this.#heard.usage ?? noUsage, sign.usage);
				if (sign.costUsd !== undefined) this.#heard.costUsd = (this.#heard.costUsd ?? 0) + sign.costUsd;
				return;
			case "done":
				this.#heard.isDone = true;
				this.#heard.problem = undefined;
				this.#heard.isTruncated = sign.truncated === true;
				if (sign.text !== undefined) this.#message = sign.text;
				return;
			case "failed":
				this.#heard.problem = sign.problem;
				return;
		}
	}

	/** Text of the reply, shown as it comes. */
	say(text: string): void {
		this.#heard.text += text;
		this.#reply(this.#visible.push(text));
	}

	/** There is nothing more to come: the last message is the reply. */
	finish(): void {
		this.#notes.flush();
		if (this.#heard.text === "" && this.#heard.isDone && this.#heard.problem === undefined) {
			this.#heard.text = this.#message;
			this.#reply(readCalls(this.#message, this.#tools, "").text);
		} else this.#reply(this.#visible.end());
	}

	/** What was said before was a note on the way. */
	#startMessage(): void {
		this.#notes.push(this.#wasSeen ? this.#unfinished.end() : readCalls(this.#message, this.#tools, "").text);
		this.#notes.flush();
		this.#unfinished = visibleText(this.#tools);
		this.#message = "";
		this.#isComplete = false;
		this.#wasSeen = false;
	}

	#reply(text: string): void {
		this.#heard.shown += text;
		if (text !== "") this.#show("text", text);
	}

	#show(kind: "text" | "reasoning" | "progress", text: string): void {
		if (!this.#call.signal.aborted) this.#call.onDelta(kind, text);
	}
}
