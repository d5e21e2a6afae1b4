/** Commands that look back. */
import type { TurnRecord } from "../../../core/session.ts";
import { costTable, turnCostTable } from "../../../displays/costs.ts";
import { agentText, finalText, turnLog, turnTable } from "../../../displays/turns.ts";
import { explainVotes } from "../../../displays/votes.ts";
import { UsageError } from "../../../errors.ts";
import { readSession } from "../../../sessions/reading.ts";
import type { Chat, Slash } from "../context.ts";

export const looking: readonly Slash[] = [
	{ names: ["inspect", "i"], takes: "[N | all]", about: "Look into the last turn, turn N, or list all.", run: inspect },
	{ names: ["votes"], takes: "[N]", about: "Every vote of a turn: who, for whom, why, whether it counted, what decided.", run: votes },
	{ names: ["cost"], about: "What was spent, by agent, turn and session.", run: cost },
];

async function cost({ conversation, say }: Chat): Promise<undefined> {
	say(costTable(await conversation.read()).join("\n"));
	return undefined;
}

async function votes(chat: Chat, argument: string): Promise<undefined> {
	const record = await recordFor(chat, argument, "/votes [N]");
	if (record) chat.say(explainVotes(record.turn).join("\n"));
	return undefined;
}

async function inspect(chat: Chat, argument: string): Promise<undefined> {
	if (argument.toLowerCase() === "all") {
		const session = await chat.conversation.read();
		chat.say(session.turns.length === 0 ? "There are no turns yet." : turnTable(session).join("\n"));
		return undefined;
	}
	const record = await recordFor(chat, argument, "/inspect [N | all]");
	if (record) await menu(chat, record);
	return undefined;
}

/** The turn that is meant; undefined, and told so, if there is none yet. */
async function recordFor({ conversation, say }: Chat, argument: string, usage: string): Promise<TurnRecord | undefined> {
	const { turns } = await conversation.read();
	const last = turns.at(-1);
	if (!last) {
		say("There are no turns yet.");
		return undefined;
	}
	if (argument === "") return last;
	if (!/^\d+$/.test(argument)) throw new UsageError(`"${argument}" is no number of a turn.`, `Usage: ${usage}`);
	const found = turns.find(({ turn }) => turn.number === Number(argument));
	if (!found) {
		const [first] = turns;
		throw new UsageError(`There is no turn ${argument}.`, `There are turns ${first?.turn.number ?? 1} to ${last.turn.number}.`);
	}
	return found;
}

type View = { readonly key: string; readonly title: string; readonly lines: () => readonly string[] };

/** Without somebody to ask, all of it is shown. */
async function menu({ conversation, reader, say }: Chat, { turn }: TurnRecord): Promise<void> {
	const { events } = await readSession(await conversation.store());
	const own = events.filter((event) => event.turn === turn.number);
	const views: readonly View[] = [
		...turn.agents.map(({ id }, index) => ({ key: String(index + 1), title: `what ${id} wrote`, lines: () => agentText(turn, id) })),
		...(turn.final === undefined ? [] : [{ key: "f", title: "the final answer", lines: () => finalText(turn) }]),
		{ key: "s", title: "the log: everything that happened", lines: () => turnLog(own) },
		{ key: "r", title: "the coordination: votes and what decided", lines: () => explainVotes(turn) },
		{ key: "c", title: "the cost", lines: () => turnCostTable(turn) },
		{ key: "w", title: "the files of the turn", lines: () => filesOf(conversation.directory, turn.number) },
	];
	if (!reader.isLive) {
		for (const { key, title, lines } of views)
			if (key !== "s") say([`${title[0]?.toUpperCase()}${title.slice(1)}:`, ...lines(), ""].join("\n"));
		return;
	}
	for (;;) {
		say([`Turn ${turn.number}:`, ...views.map(({ key, title }) => `  ${key}  ${title}`), "  q  back to the conversation"].join("\n"));
		const choice = (await reader.ask("Look at: "))?.trim().toLowerCase();
		if (choice === undefined || choice === "" || choice === "q" || choice === "/quit") return;
		const view = views.find(({ key }) => key === choice);
		say(view ? ["", ...view.lines(), ""].join("\n") : `There is no ${choice} in the list.`);
	}
}

function filesOf(directory: string | undefined, turn: number): readonly string[] {
	if (directory === undefined) return ["This session is not on disk."];
	return [`${directory}/turn_${turn}`, "Agents of models have no workspace; those of CLI agents are in workspaces/ there."];
}
