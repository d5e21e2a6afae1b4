import type { Message } from "../core/conversation.ts";
import type { Past } from "../core/session.ts";

/** What was said before in the session: every question, and what came of it, or the newest of these messages. Servers refuse empty ones. */
export function history(past: readonly Past[], newest = Number.POSITIVE_INFINITY): readonly Message[] {
	const messages = past.flatMap(({ question, answer }): Message[] => [
		...(question === "" ? [] : [{ role: "user" as const, text: question }]),
		...(answer === "" ? [] : [{ role: "assistant" as const, text: answer, reasoning: "", toolCalls: [] }]),
	]);
	return messages.slice(Math.max(0, messages.length - newest));
}
