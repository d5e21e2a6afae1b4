import { createHash } from "node:crypto";
import type { Message, Request, Usage } from "../core/conversation.ts";
import { isRecord } from "./keys.ts";
import { messageText, type TextTools, toolInstructions, toolReminder } from "./text-tools.ts";

/**
 * What of a conversation a CLI agent is told. It keeps the conversation itself, in a session of its own: with a bookmark
 * it needs only what came after its last reply; without one, everything.
 */
export type Prompt = { readonly text: string /** Digest of the instructions that its session then has. */; readonly told: string };

/** What a reply carries along for the next prompt. */
export type Trace = {
	readonly session: string;
	readonly told: string /** Usage of the session so far, if that is what the CLI counts. */;
	readonly totals?: Usage;
};

export function nextPrompt(request: Request, tools: TextTools, bookmark: string | undefined): Prompt {
	const instructions = [request.system, toolInstructions(tools)].filter((part) => part !== "").join("\n\n");
	const told = createHash("sha256").update(instructions).digest("hex").slice(0, 16);
	const last = request.messages.findLastIndex((message) => message.role === "assistant");
	if (bookmark !== undefined && last >= 0) {
		const news = request.messages.slice(last + 1).map((message) => messageText(message, tools.marker));
		const knows = lastTrace(request)?.told === told;
		return { text: joined([...(knows ? [] : [instructions]), ...news, ...(knows ? [toolReminder(tools)] : [])]), told };
	}
	const again = bookmark === undefined ? [] : ["If you have begun with the following already, go on where you stopped."];
	return { text: joined([...again, instructions, ...history(request.messages, tools.marker), toolReminder(tools)]), told };
}

/** A single message stands as it is; of several, each says whose it is. */
function history(messages: readonly Message[], marker: string): readonly string[] {
	if (messages.length === 1) return messages.map((message) => messageText(message, marker));
	const heads = { user: "# You were told", assistant: "# You replied", tool: "# What your tools returned" };
	return messages.map((message) => `${heads[message.role]}\n\n${messageText(message, marker)}`);
}

function joined(parts: readonly string[]): string {
	return parts.filter((part) => part.trim() !== "").join("\n\n");
}

/** What the last reply carried along. */
export function lastTrace(request: Request): Trace | undefined {
	const message = request.messages.findLast((candidate) => candidate.role === "assistant");
	if (message?.role !== "assistant" || !isRecord(message.opaque)) return undefined;
	const { session, told, totals } = message.opaque;
	if (typeof session !== "string" || typeof told !== "string") return undefined;
	return { session, told, ...(isUsage(totals) ? { totals } : {}) };
}

function isUsage(value: unknown): value is Usage {
	return isRecord(value) && ["input", "output", "cached", "reasoning"].every((key) => typeof value[key] === "number");
}
