import { LLMock } from "@copilotkit/aimock";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMemoryStore } from "../../src/checkpoint/memory.ts";
import { fencedAnswers } from "../../src/core/fence.ts";
import type { Turn } from "../../src/core/types.ts";
import { runTurn } from "../../src/massgen.ts";
import { simulatedTeam } from "../../src/testing.ts";
import { dice, harmless, injections, type Knowledge, written } from "./injections.ts";

/**
 * Models behind real wire formats. Mallory answers with the text; the others answer with their name. These quote
 * everything they have read before they vote, as talkative models do, and all vote for the shortest answer.
 */
const mock = new LLMock({ port: 0 });
/** Whose messages each request held, in their order. */
let sent: string[] = [];
/** Under which the first of them calls tools, where it does so in its text. */
let marker: string | undefined;
let text = "";

beforeAll(async () => {
	mock.onMessage(/^/, ({ model, messages, tools = [] }) => {
		sent.push(`${model}: ${messages.map(({ role }) => role).join(" ")}`);
		const last = messages
			.map(({ content }) => (typeof content === "string" ? content : JSON.stringify(content ?? "")))
			.filter((content) => content.includes("<answer from="))
			.at(-1);
		const board = last === undefined ? [] : fencedAnswers(last);
		const shortest = board.toSorted((a, b) => a.text.length - b.text.length || (a.text < b.text ? -1 : 1))[0];
		const name = shortest ? "vote" : "new_answer";
		const content = model === "mallory" ? text : `I am ${model}.`;
		const input = shortest
			? { agent_id: shortest.alias, reason: `I have read: ${board.map((answer) => answer.text).join("\n")}` }
			: { content };
		if (tools.length > 0) return { toolCalls: [{ name, arguments: JSON.stringify(input) }] };
		const own = /call-[0-9a-f]{8}/.exec(JSON.stringify(messages))?.[0];
		if (model === "mallory") marker = own;
		return {
			content: `${model === "mallory" ? "I know." : (last ?? "I think.")}\n\n\`\`\`${own}\n${JSON.stringify({ name, arguments: input })}\n\`\`\``,
		};
	});
	await mock.start();
});
afterAll(async () => {
	await mock.stop();
});

async function ask(calling: "native" | "text", answer: string) {
	text = answer;
	sent = [];
	const options = { baseUrl: `${mock.url}/v1`, apiKey: "test-key-123456", toolCalling: calling };
	const agents = ["mallory", "ada", "bob"].map((id) => ({ id, backend: "vllm", model: id, options, secretOptions: options }));
	const team = simulatedTeam(3, { rules: { stop: "all", seed: 4 } });
	const { turn } = await runTurn({
		store: createMemoryStore("s"),
		team: { ...team, agents },
		question: "Who are you?",
		env: {},
		random: dice(7),
	});
	return { turn, sent: sent.toSorted() };
}

/** All that was decided, whoever was quicker. */
function outcome({ outcome, answers, votes, decision, retired, seats }: Turn) {
	const entries = Object.values(seats).flatMap(({ conversation }) => conversation);
	return {
		outcome,
		answers: answers.map(({ label, by }) => `${label} by ${by}`).sort(),
		votes: votes.map(({ by, for: label }) => `${by} for ${label}`).sort(),
		decision,
		retired,
		rejections: entries.filter(({ kind }) => kind === "rejection"),
		calls: entries.flatMap((entry) => (entry.kind === "reply" ? entry.reply.toolCalls.map(({ name }) => name) : [])).sort(),
	};
}

describe.each(["native", "text"] as const)("models with %s tools", (calling) => {
	const known = new Map<number, Awaited<ReturnType<typeof ask>>>();
	let knowledge: Knowledge;

	beforeAll(async () => {
		const { turn } = await ask(calling, "Twelve, I think.");
		const [self, victim] = turn.agents.map(({ alias }) => alias);
		expect(marker === undefined).toBe(calling === "native");
		knowledge = { self: self ?? "", victim: victim ?? "", ...(marker === undefined ? {} : { marker }) };
	});

	/** What becomes of a plain text of the same number of digits of length. */
	async function plain(length: number) {
		const size = 10 ** Math.ceil(Math.log10(length));
		const made = known.get(size) ?? (await ask(calling, harmless("x".repeat(size))));
		known.set(size, made);
		return made;
	}

	test.each(injections)("read an answer that $name like a harmless one", async (injection) => {
		const answer = written(injection, knowledge);
		const good = await plain(answer.length);
		const evil = await ask(calling, answer);
		expect(outcome(evil.turn)).toEqual(outcome(good.turn));
		expect(evil.turn.outcome).toBe("completed");
		expect(outcome(evil.turn).rejections).toEqual([]);
		expect(evil.sent).toEqual(good.sent);
	});
});
