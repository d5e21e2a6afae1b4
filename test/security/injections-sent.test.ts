import { LLMock } from "@copilotkit/aimock";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMemoryStore } from "../../src/checkpoint/memory.ts";
import { fencedAnswers } from "../../src/core/fence.ts";
import type { Turn } from "../../src/core/types.ts";
import { runTurn } from "../../src/massgen.ts";
import { simulatedTeam } from "../../src/testing.ts";
import { type Recorder, startRecorder } from "../fixtures/recorder.ts";
import { dice, harmless, injections, type Knowledge, written } from "./injections.ts";

/**
 * Models behind real wire formats. Mallory answers with the text; the others answer with their name. These quote
 * everything they have read before they vote, as talkative models do, and all vote for the shortest answer.
 */
const mock = new LLMock({ port: 0 });
let recorder: Recorder;
let text = "";

beforeAll(async () => {
	mock.onMessage(/^/, ({ model, messages, tools = [] }) => {
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
		const marker = /call-[0-9a-f]{8}/.exec(JSON.stringify(messages))?.[0];
		return {
			content: `${model === "mallory" ? "I know." : (last ?? "I think.")}\n\n\`\`\`${marker}\n${JSON.stringify({ name, arguments: input })}\n\`\`\``,
		};
	});
	await mock.start();
	recorder = await startRecorder(mock.url);
});
afterAll(async () => {
	recorder.stop();
	await mock.stop();
});

async function ask(calling: "native" | "text", answer: string) {
	text = answer;
	recorder.recordings.length = 0;
	const options = { baseUrl: `${recorder.url}/v1`, apiKey: "test-key-123456", toolCalling: calling };
	const agents = ["mallory", "ada", "bob"].map((id) => ({ id, backend: "vllm", model: id, options, secretOptions: options }));
	const team = simulatedTeam(3, { rules: { stop: "all", seed: 4 } });
	const { turn } = await runTurn({
		store: createMemoryStore("s"),
		team: { ...team, agents },
		question: "Who are you?",
		env: {},
		random: dice(7),
	});
	return { turn, sent: recorder.recordings.map(({ body }) => shape(body)).sort() };
}

/** Whose messages a request holds, in their order. */
function shape(body: string): string {
	const { model, messages }: { model: string; messages: { role: string }[] } = JSON.parse(body);
	return `${model}: ${messages.map(({ role }) => role).join(" ")}`;
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
		const own = recorder.recordings.find(({ body }) => body.includes('"mallory"'));
		const marker = /call-[0-9a-f]{8}/.exec(own?.body ?? "")?.[0];
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
