import { isBallot } from "../core/ballot.ts";
import type { Message, Reply, Request, ToolResult, ToolSpec } from "../core/conversation.ts";
import { seatOf } from "../core/queries.ts";
import type { Past } from "../core/session.ts";
import type { AgentId, Entry, Turn } from "../core/types.ts";
import { ballotTools } from "./ballot.ts";
import { history } from "./history.ts";
import { systemPrompt } from "./system.ts";
import { nextTask, opening } from "./tasks.ts";

/** Version of everything in this folder: it is written into `turn.started`. */
export const promptsVersion = 1;

/**
 * What an agent's model is sent next: a function of the log and nothing else. A later request of the same attempt begins
 * with all of an earlier one, so that a provider's cache keeps it.
 */
export function requestFor(turn: Turn, id: AgentId, past: readonly Past[], tools: readonly ToolSpec[]): Request {
	const agent = turn.agents.find((one) => one.id === id) ?? { id, alias: "", backend: "" };
	const { conversation: read, unread } = seatOf(turn, id);
	const entries = [...read, ...unread];
	// A compaction sums up the earlier turns too.
	const isCompacted = entries.some(({ kind }) => kind === "compaction");
	return {
		system: systemPrompt(turn, agent),
		messages: [...(isCompacted ? [] : history(past, turn.maxHistory)), ...conversation(turn, id, entries)],
		tools: [...ballotTools(turn), ...tools],
	};
}

function conversation(turn: Turn, agent: AgentId, entries: readonly Entry[]): readonly Message[] {
	const written = new Script();
	let lastRound = 0;
	for (const entry of entries) {
		switch (entry.kind) {
			case "task": {
				const { task, round, again } = entry;
				if (lastRound === 0) written.say(opening(turn, agent, task, round));
				else if (again) written.repeat(nextTask(turn, agent, task, round, round));
				else written.tell(nextTask(turn, agent, task, round, lastRound));
				lastRound = round;
				break;
			}
			case "reply":
				written.reply(entry.reply);
				break;
			case "result":
				written.result(entry.result);
				break;
			case "rejection":
				written.reject(entry.problem);
				break;
			case "said":
				written.say(`The user adds: ${entry.text}`);
				break;
			case "closing":
				written.say("Time is nearly up: decide now, with what you have.");
				break;
			case "compaction":
				written.reply({ text: entry.summary, reasoning: "", toolCalls: [], finish: "stop" });
				written.say("The above sums up your work so far. Go on from there.");
				break;
		}
	}
	return written.end();
}

/** Messages in the making. Every call gets a result before anything else follows it, as all providers demand. */
class Script {
	readonly #messages: Message[] = [];
	#unanswered: { id: string; name: string }[] = [];
	#results: ToolResult[] = [];

	say(text: string): void {
		this.#settle();
		if (text !== "") this.#messages.push({ role: "user", text });
	}

	reply({ text, reasoning, toolCalls, opaque }: Reply): void {
		this.#settle();
		this.#messages.push({ role: "assistant", text, reasoning, toolCalls, ...(opaque === undefined ? {} : { opaque }) });
		this.#unanswered = toolCalls.map(({ id, name }) => ({ id, name }));
	}

	result(result: ToolResult): void {
		this.#unanswered = this.#unanswered.filter(({ id }) => id !== result.callId);
		this.#results.push(result);
	}

	/** As the result of the last ballot call if there is one, else as the user's words. */
	tell(text: string): void {
		this.#answerBallots(text, false);
	}

	reject(problem: string): void {
		this.#answerBallots(problem, true);
	}

	/** The same task once more: only said if the conversation does not already ask for it. */
	repeat(text: string): void {
		this.#settle();
		if (this.#messages.at(-1)?.role === "assistant") this.say(text);
	}

	end(): readonly Message[] {
		this.#settle();
		return this.#messages;
	}

	#answerBallots(text: string, isError: boolean): void {
		const ballots = this.#unanswered.filter(({ name }) => isBallot({ name }));
		for (const { id, name } of ballots) this.result({ callId: id, name, output: text, isError });
		if (ballots.length === 0) this.say(text);
	}

	#settle(): void {
		for (const { id, name } of [...this.#unanswered])
			this.result({ callId: id, name, output: "No result: this was stopped before it finished.", isError: true });
		if (this.#results.length > 0) this.#messages.push({ role: "tool", results: this.#results });
		this.#results = [];
	}
}
