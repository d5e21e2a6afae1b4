import { test } from "vitest";
import type { Message, Request } from "../../src/core/conversation.ts";
import { readBoard } from "../../src/core/fence.ts";
import { board } from "../../src/core/queries.ts";
import type { Turn } from "../../src/core/types.ts";
import { requestFor } from "../../src/prompts/request.ts";
import { Chaos, each } from "../core/chaos.ts";

function holds(condition: boolean, promise: string): void {
	if (!condition) throw new Error(`broken: ${promise}`);
}

/** Every call of an assistant message has one result, in the message after it, before anything else. */
function checkCalls(messages: readonly Message[]): void {
	for (const [index, message] of messages.entries()) {
		const next = messages[index + 1];
		const results = next?.role === "tool" ? next.results.map(({ callId }) => callId) : [];
		const calls = message.role === "assistant" ? message.toolCalls.map(({ id }) => id) : [];
		if (message.role === "assistant") holds(calls.toSorted().join() === results.toSorted().join(), "one result for every call");
		if (message.role === "tool") holds(messages[index - 1]?.role === "assistant", "results follow their calls");
	}
	holds(messages.at(-1)?.role !== "assistant", "a request ends with something to reply to");
}

function checkBoard(turn: Turn, messages: readonly Message[]): void {
	const shown = readBoard(messages)?.answers.map(({ alias, text }) => `${alias} ${text}`) ?? [];
	const aliasOf = (id: string | undefined) => turn.agents.find((agent) => agent.id === id)?.alias;
	const actual = board(turn).map(({ authors, text }) => `${aliasOf(authors[0])} ${text}`);
	holds(
		shown.toSorted().join("\n") === actual.toSorted().join("\n"),
		`the whole board is seen:\n${shown.join("\n")}\n--\n${actual.join("\n")}`,
	);
}

test("whatever happens: every call has its result, every reader sees the whole board, and requests only grow", () => {
	each(600, (seed) => {
		const sent = new Map<string, { request: Request; key: string }>();
		let length = 0;
		const chaos = new Chaos(seed);
		chaos.play(({ turn, events }) => {
			const fresh = events.slice(length);
			length = events.length;
			for (const event of fresh) {
				if (event.type === "attempt.started") sent.clear();
				if (event.type === "turn.resumed" && event.agents) sent.clear();
				if (event.type === "conversation.compacted") sent.delete(event.agent);
				if (event.type !== "step.started" || !turn.open.some(({ step }) => step?.id === event.step)) continue;
				const request = requestFor(turn, event.agent, [], []);
				const task = turn.open.find(({ agent }) => agent === event.agent)?.task;
				checkCalls(request.messages);
				if (task === "answer-or-vote" || task === "vote") checkBoard(turn, request.messages);
				const before = sent.get(event.agent)?.request;
				const isPrefix =
					before === undefined || JSON.stringify(request.messages.slice(0, before.messages.length)) === JSON.stringify(before.messages);
				holds(isPrefix, "a request begins with all of the one before it");
				holds(
					before === undefined || JSON.stringify([request.system, request.tools]) === JSON.stringify([before.system, before.tools]),
					"system and tools stay",
				);
				sent.set(event.agent, { request, key: event.step });
			}
		});
	});
});
