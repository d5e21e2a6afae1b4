/** What /status says. */
import { shownPath } from "../../config/locate.ts";
import { openTurn, type Session } from "../../core/session.ts";
import { spentBy } from "../../core/spending.ts";
import { localTime } from "../../displays/local-time.ts";
import { count } from "../../displays/words.ts";
import { messagesIn } from "./banner.ts";
import type { Chat } from "./context.ts";

export function status({ conversation, previous, around }: Chat): readonly string[] {
	const { session, loaded, id, isSaved, directory } = conversation;
	const { team } = loaded;
	const messages = messagesIn(session);
	const agents = team.agents.map(({ id: agent, model, backend }) => `${agent} (${model ?? backend})`).join(", ");
	const path = team.path ?? session.configPath;
	const rows: readonly (readonly [string, string])[] = [
		["Session ID", id ?? "none yet: it gets one with the first question"],
		...(session.name === undefined ? [] : [["Name", session.name] as const]),
		["Status", statusOf(session)],
		["Messages", String(messages)],
		["History", count(Math.floor(session.spoken.length / 2), "exchange")],
		["Created", localTime(session.openedAt)],
		["Last Activity", localTime(session.lastAt)],
		["Saved", isSaved ? `Yes, in ${shownPath(directory ?? "", around.cwd)}` : "No"],
		["Agents", `${team.agents.length}: ${agents}`],
		["Mode", team.agents.length === 1 ? "one agent" : `a team, deciding by ${team.rules.protocol}`],
		["Config", path === undefined ? "made of flags" : shownPath(path, around.cwd)],
		["Tokens", tokens(session)],
		...(previous === undefined ? [] : [["Previous Session", previous] as const]),
	];
	const width = Math.max(...rows.map(([name]) => name.length)) + 1;
	return rows.map(([name, value]) => `${`${name}:`.padEnd(width)} ${value}`);
}

export function statusOf(session: Session): string {
	const last = session.turns.at(-1)?.turn;
	if (session.isClosed) return "closed";
	if (!last) return "empty";
	return openTurn(session) ? `turn ${last.number} interrupted (/continue)` : `turn ${last.number} ${last.outcome}`;
}

function tokens(session: Session): string {
	const spent = session.turns.map(({ turn }) => spentBy(turn));
	const sum = (pick: (each: (typeof spent)[number]) => number) => spent.reduce((total, each) => total + pick(each), 0);
	return `${count(
		sum(({ input }) => input),
		"token",
	)} in, ${count(
		sum(({ output }) => output),
		"token",
	)} out`;
}
