import { describe, expect, it } from "vitest";
import type { CallResult } from "../../../src/backends/backend.ts";
import { callMarker } from "../../../src/backends/text-tools.ts";
import type { Message } from "../../../src/core/conversation.ts";
import { ask, fake, question, request } from "./fake.ts";

const marker = callMarker("7:a");
const usage = { input: 110, output: 20, cached: 40, reasoning: 0 };

const agents = [
	{ name: "claude_code", kind: "claude", usage, costUsd: 0.0125, tool: "Bash: ls -la", reasoning: "Let me see." },
	{ name: "codex", kind: "codex", usage, costUsd: undefined, tool: "$ bash -lc ls", reasoning: "Let me see.\n" },
	{
		name: "gemini_cli",
		kind: "gemini",
		usage: { input: 110, output: 25, cached: 40, reasoning: 5 },
		costUsd: undefined,
		tool: "list_directory: .",
		reasoning: "",
	},
	{
		name: "opencode",
		kind: "opencode",
		usage: { input: 110, output: 20, cached: 40, reasoning: 5 },
		costUsd: 0.0125,
		tool: "bash: ls",
		reasoning: "Let me see.\n",
	},
];

function reply(result: CallResult) {
	if (!result.ok) throw new Error(`${result.error.kind}: ${result.error.message}`);
	return result.reply;
}

function assistant(result: CallResult): Message {
	const { text, reasoning, toolCalls, opaque } = reply(result);
	return { role: "assistant", text, reasoning, toolCalls, opaque };
}

describe.each(agents)("$name", (agent) => {
	it("answers through the call in its text, and shows on the way what it does", async () => {
		const { backend } = await fake(agent.name);
		const { result, deltas, bookmarks, processes, ended } = await ask(backend, { request: request([question]) });
		expect(result).toEqual({
			ok: true,
			reply: {
				text: "I have decided.",
				reasoning: agent.reasoning,
				toolCalls: [{ id: "s1.1", name: "new_answer", input: { content: `The answer of ${agent.kind}.` }, raw: expect.any(String) }],
				finish: "tool-calls",
				usage: agent.usage,
				opaque: expect.objectContaining({ session: `${agent.kind}-session-1` }),
			},
			...(agent.costUsd === undefined ? {} : { costUsd: agent.costUsd }),
		});
		expect(bookmarks).toEqual([`${agent.kind}-session-1`]);
		expect(deltas).toContainEqual(["progress", "I will look at the files."]);
		expect(deltas).toContainEqual(["progress", agent.tool]);
		expect(deltas.filter(([kind]) => kind === "text")).toEqual([["text", "I have decided."]]);
		expect(deltas.map(([, text]) => text).join("")).not.toContain("```");
		expect(ended).toEqual([[processes[0], 0]]);
	});

	it("alone, gives its last message as the answer, without its notes on the way", async () => {
		const { backend } = await fake(agent.name);
		const { result, deltas } = await ask(backend, { request: request([question], false) });
		expect(reply(result)).toMatchObject({ text: `The answer of ${agent.kind}.`, toolCalls: [], finish: "stop" });
		expect(deltas.at(-1)).toEqual(["text", `The answer of ${agent.kind}.`]);
	});

	it("goes on with its own session, which is told only what is new", async () => {
		const { backend, asked } = await fake(agent.name);
		const first = await ask(backend, { request: request([question]) });
		const board: Message = {
			role: "tool",
			results: [{ callId: "s1.1", name: "new_answer", output: '<answer from="ruby" key="k">\n42\n</answer k>', isError: false }],
		};
		const second = await ask(backend, {
			step: "s2",
			request: request([question, assistant(first.result), board]),
			bookmark: `${agent.kind}-session-1`,
		});
		expect(reply(second.result)).toMatchObject({
			toolCalls: [{ id: "s2.1", name: "vote", input: { agent_id: "ruby" } }],
			usage: agent.usage,
		});
		expect(second.bookmarks).toEqual([]);
		const [told, news] = asked();
		expect(told?.prompt).toContain("You are one of a team.");
		expect(told?.prompt).toContain("What is 6 x 7?");
		expect(news?.prompt.replaceAll("\\@", "@")).toBe(
			`Result of new_answer:\n<answer from="ruby" key="k">\n42\n</answer k>\n\n(End your reply with one \`\`\`${marker} block to call a tool: new_answer, vote.)`,
		);
		expect(news?.args).toContain(`${agent.kind}-session-1`);
	});

	it("is told everything again if its session is gone", async () => {
		const { backend, asked } = await fake(agent.name);
		const history: Message[] = [
			question,
			{ role: "assistant", text: "Forty", reasoning: "", toolCalls: [] },
			{ role: "user", text: "Sure?" },
		];
		const { result, bookmarks, deltas } = await ask(backend, { request: request(history), bookmark: "lost" });
		expect(reply(result).toolCalls).toHaveLength(1);
		expect(bookmarks).toEqual([`${agent.kind}-session-1`]);
		expect(deltas[0]?.[1]).toContain("no longer has session lost");
		expect(asked().at(-1)?.prompt).toMatch(/You are one of a team[\s\S]*What is 6 x 7\?[\s\S]*# You replied\n\nForty[\s\S]*Sure\?/);
	});

	it("is told to log in, and the key stays hidden", async () => {
		const { backend } = await fake(agent.name, {}, { FAKE_CLI: "login", SOME_API_KEY: "canary-123456" });
		const { result } = await ask(backend, { request: request([question]) });
		expect(result).toMatchObject({ ok: false, error: { kind: "auth", retryable: false, hint: expect.stringContaining("Log in") } });
		expect(JSON.stringify(result)).not.toContain("canary");
	});

	it("says what it crashed with, and the key stays hidden", async () => {
		const { backend } = await fake(agent.name, {}, { FAKE_CLI: "crash", SOME_API_KEY: "canary-123456" });
		const { result, ended } = await ask(backend, { request: request([question]) });
		expect(result).toMatchObject({ ok: false, error: { kind: "process" } });
		expect(JSON.stringify(result)).toMatch(/exit code 3: warming up \| fatal: the disk is on fire, and the key was \*\*\*|Reconnecting/);
		expect(JSON.stringify(result)).not.toContain("canary");
		expect(ended[0]?.[1]).toBe(3);
	});

	it("has not answered if it just ends", async () => {
		const { backend } = await fake(agent.name, {}, { FAKE_CLI: "cut" });
		const { result } = await ask(backend, { request: request([question]) });
		expect(result.ok).toBe(false);
	});

	it("says that a limit of its plan is reached", async () => {
		const { backend } = await fake(agent.name, {}, { FAKE_CLI: "limit" });
		const { result } = await ask(backend, { request: request([question]) });
		expect(result).toMatchObject({ ok: false, error: { kind: "quota", retryable: false } });
	});

	it("that is not installed is named with the line that installs it", async () => {
		const { backend } = await fake(agent.name, {}, { PATH: "/nowhere" });
		const { result, processes } = await ask(backend, { request: request([question]) });
		expect(result).toMatchObject({
			ok: false,
			error: { kind: "process", message: expect.stringContaining("is not installed"), hint: expect.stringContaining("npm install -g") },
		});
		expect(processes).toEqual([]);
	});
});
