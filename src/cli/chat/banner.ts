/** The first lines of a conversation, and what is said of a session that goes on. Pure. */
import { shownPath } from "../../config/locate.ts";
import { openTurn, type Session } from "../../core/session.ts";
import type { Turn } from "../../core/types.ts";
import { oneLine } from "../../displays/clean.ts";
import { count, list } from "../../displays/words.ts";
import type { Conversation } from "./conversation.ts";

export function banner({ loaded, id }: Conversation, cwd: string): readonly string[] {
	const { team } = loaded;
	const mode = team.agents.length === 1 ? "one agent" : `${team.agents.length} agents, deciding by ${team.rules.protocol}`;
	return [
		`massgen: ${mode}${id === undefined ? "" : `, session ${id}`}`,
		...team.agents.map(({ id: agent, model, backend }) => `  ${agent}: ${model === undefined ? backend : `${model} (${backend})`}`),
		...(team.path === undefined ? [] : [`  from ${shownPath(team.path, cwd)}`]),
		"",
		"Commands: /help /status /continue /inspect /votes /cost /sessions /new /resume /clear /undo /quit",
		'Several lines: begin with """ and end with """, or paste them. A file: @path',
		"While the team works: Ctrl+C or Esc stops it and saves, what you type goes to the agents.",
		"",
	];
}

/** What a user should know before going on with a session. */
export function resumeNotice({ session, id }: Pick<Conversation, "session" | "id">): readonly string[] {
	if (session.turns.length === 0) return [];
	const next = Math.max(...session.turns.map(({ turn }) => turn.number)) + 1;
	const open = openTurn(session)?.turn;
	return [
		`Resumed ${id} (${count(messagesIn(session), "message")}): ${count(session.turns.length, "turn")}, the next is turn ${next}.`,
		...(open ? openNotice(open) : []),
	];
}

function openNotice(turn: Turn): readonly string[] {
	const names = (entries: readonly { readonly by: string }[]) => [...new Set(entries.map(({ by }) => by))];
	const answers = names(turn.answers);
	const votes = names(turn.votes.filter(({ round, attempt }) => round === turn.round && attempt === turn.attempt));
	const drafts = [...new Set(turn.drafts.map(({ agent }) => agent))];
	return [
		`Turn ${turn.number} was interrupted in round ${turn.round}${turn.decision ? ", when the answer was being presented" : ""}: "${oneLine(turn.question, 100)}"`,
		answers.length === 0 ? "Nobody had answered yet." : `Answers so far: ${list(answers)}.`,
		...(votes.length === 0 ? [] : [`Votes so far: ${list(votes)}.`]),
		...(drafts.length === 0 ? [] : [`Unfinished texts: ${list(drafts)}.`]),
		"/continue goes on with it. Another question ends it; the agents will be told what it has brought.",
	];
}

/** Messages of the conversation, the system's included. */
export function messagesIn(session: Session): number {
	return session.spoken.length + (session.system === undefined ? 0 : 1);
}
