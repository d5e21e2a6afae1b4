import { addUsage, noUsage, type ToolCall, type Usage } from "../core/conversation.ts";
import type { Call } from "./backend.ts";
import type { Sign } from "./cli-dialect.ts";
import { lineCutter } from "./cli-lines.ts";
import { answerBeingWritten, readCalls, type TextTools, visibleText } from "./text-tools.ts";

/** What a CLI agent has said in one process. Filled while it speaks. */
export type Heard = {
	session: string | undefined;
	/** The text of its reply, as it was shown. */
	text: string;
	toolCalls: readonly ToolCall[];
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
		toolCalls: [],
		thoughts: "",
		usage: undefined,
		costUsd: undefined,
		isDone: false,
		isTruncated: false,
		problem: undefined,
	};
}

/** Sorts what is said into reply, notes on the way, thoughts and progress. */
export class Speech {
	readonly #call: Call;
	readonly #tools: TextTools;
	readonly #heard: Heard;
	readonly #visible: ReturnType<typeof visibleText>;
	/** The same for the message that is being written. */
	#unfinished: ReturnType<typeof visibleText>;
	/** The answer in its call, and how much of it was shown. */
	#answer: ReturnType<typeof answerBeingWritten>;
	#answered = "";
	/** Text that belongs to the reply whatever follows, calls included. */
	#said = "";
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
		this.#answer = answerBeingWritten(tools);
		this.#notes = lineCutter((line) => this.#show("progress", line));
	}

	hear(sign: Exclude<Sign, { kind: "session" }>): void {
		switch (sign.kind) {
			case "chunk":
				if (this.#isComplete) this.#startMessage();
				this.#message += sign.text;
				this.#wasSeen = true;
				this.#notes.push(this.#unfinished.push(sign.text));
				this.#write(this.#answer.push(sign.text));
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
			case "tool":
				this.#startMessage();
				this.#show("progress", sign.text);
				return;
			case "progress":
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
		this.#said += text;
		this.#reply(this.#visible.push(text));
		this.#write(this.#answer.push(text));
	}

	/** There is nothing more to come: the last message is the reply. */
	finish(): void {
		this.#notes.flush();
		const { text, toolCalls } = readCalls(this.#said || this.#message, this.#tools, this.#call.step);
		this.#heard.toolCalls = toolCalls;
		if (this.#said !== "") this.#reply(this.#visible.end());
		else if (this.#heard.isDone && this.#heard.problem === undefined) this.#reply(text);
		const answer = toolCalls.find(({ name }) => name === "new_answer")?.input?.content;
		if (typeof answer === "string" && answer.startsWith(this.#answered)) this.#write(answer.slice(this.#answered.length));
	}

	#write(answer: string): void {
		this.#answered += answer;
		if (answer !== "") this.#show("answer", answer);
	}

	/** What was said before was a note on the way. */
	#startMessage(): void {
		this.#notes.push(this.#wasSeen ? this.#unfinished.end() : readCalls(this.#message, this.#tools, "").text);
		this.#notes.flush();
		this.#unfinished = visibleText(this.#tools);
		this.#answer = answerBeingWritten(this.#tools);
		this.#answered = "";
		this.#message = "";
		this.#isComplete = false;
		this.#wasSeen = false;
	}

	#reply(text: string): void {
		this.#heard.text += text;
		if (text !== "") this.#show("text", text);
	}

	#show(kind: "text" | "reasoning" | "answer" | "progress", text: string): void {
		if (!this.#call.signal.aborted) this.#call.onDelta(kind, text);
	}
}
