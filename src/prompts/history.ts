import type { Message } from "../core/conversation.ts";
import type { Past } from "../core/session.ts";

/** What was said before in the session: every question, and what came of it. Servers refuse empty messages. */
export function history(past: readonly Past[]): readonly Message[] {
	return past.flatMap(({ question, answer }): Message[] => [
		...(question === "" ? [] : [{ role: "user" as const, text: question }]),
		...(answer === "" ? [] : [{ role: "assistant" as const, text: answer, reasoning: "", toolCalls: [] }]),
	]);
}
