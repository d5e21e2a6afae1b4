import type { Message } from "../core/conversation.ts";
import type { Past } from "../core/session.ts";

/** What was said before in the session: every question, and what came of it. */
export function history(past: readonly Past[]): readonly Message[] {
	return past.flatMap(({ question, answer }): Message[] => [
		{ role: "user", text: question },
		{ role: "assistant", text: answer, reasoning: "", toolCalls: [] },
	]);
}
