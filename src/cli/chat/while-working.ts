/** What a line means that is typed while the team works. */
import type { Command } from "../../core/events.ts";
import { takingPart } from "../../core/queries.ts";
import type { Turn } from "../../core/types.ts";
import { list } from "../../displays/words.ts";

export type Work = {
	/** Undefined while the turn has not begun. */
	readonly send: ((command: Command) => void) | undefined;
	readonly turn: () => Turn | undefined;
	readonly say: (text: string) => void;
};

export function whileWorking(line: string, { send, turn, say }: Work): void {
	const text = line.trim();
	if (text === "") return;
	if (!send) {
		say("The turn has not begun yet. Type it again in a moment.");
		return;
	}
	const meant = commandFor(text, turn());
	if (typeof meant === "string") say(meant);
	else send(meant);
}

/** The command that a line means, or why it means none. */
function commandFor(text: string, turn: Turn | undefined): Command | string {
	const [word = "", ...rest] = text.split(/\s+/);
	switch (word.toLowerCase()) {
		case "/cancel":
			return { type: "cancel", why: "cancelled by the user" };
		case "/finish":
			return { type: "reach-limit", kind: "user", hard: false };
		case "/drop":
			return drop(rest.join(" "), turn);
	}
	if (/^\/[a-z]+$/i.test(word)) return "While the team works there are /cancel, /finish, /drop AGENT, Ctrl+C, and words for the agents.";
	return { type: "say", text };
}

function drop(agent: string, turn: Turn | undefined): Command | string {
	const names = turn ? takingPart(turn).map(({ id }) => id) : [];
	if (names.includes(agent)) return { type: "retire", agent, why: "dropped by the user" };
	return `/drop takes the name of an agent that takes part: ${list(names)}.`;
}
