import { describe, expect, it } from "vitest";
import {
	answerBeingWritten,
	callMarker,
	messageText,
	readCalls,
	toolInstructions,
	toolReminder,
	visibleText,
} from "../../src/backends/text-tools.ts";

const marker = callMarker("seed:agent");
const tools = [
	{ name: "new_answer", description: "Gives your answer.", inputSchema: { type: "object", properties: { content: { type: "string" } } } },
	{ name: "vote", description: "Votes.", inputSchema: { type: "object", properties: { agent_id: { enum: ["ruby"] } } } },
];
const ballot = { tools, marker };

function block(body: string, name = marker): string {
	return `\`\`\`${name}\n${body}\n\`\`\``;
}

function streamed(reply: string, size: number): string {
	const stream = visibleText(ballot);
	let text = "";
	for (let at = 0; at < reply.length; at += size) text += stream.push(reply.slice(at, at + size));
	return text + stream.end();
}

describe("calls written as text", () => {
	it("are read from the agent's own block, with the text before it", () => {
		const body = '{"name": "vote", "arguments": {"agent_id": "ruby", "reason": "it {checks} out"}}';
		expect(readCalls(`I compared both.\n\n${block(body)}\n`, ballot, "s1")).toEqual({
			text: "I compared both.",
			toolCalls: [
				{
					id: "s1.1",
					name: "vote",
					input: { agent_id: "ruby", reason: "it {checks} out" },
					raw: '{"agent_id":"ruby","reason":"it {checks} out"}',
				},
			],
		});
	});

	it("keep an answer whole that has code fences and braces in it", () => {
		const content = "Use this:\n```js\nconst a = { b: 1 };\n```\nDone } {";
		const { toolCalls } = readCalls(block(JSON.stringify({ name: "new_answer", arguments: { content } })), ballot, "s1");
		expect(toolCalls[0]?.input).toEqual({ content });
	});

	it("are understood with raw line breaks in a string, even with a fence on a line of its own", () => {
		const { toolCalls } = readCalls(block('{"name": "new_answer", "arguments": {"content": "one\n```\ntwo\n```\nthree"}}'), ballot, "s1");
		expect(toolCalls).toMatchObject([{ name: "new_answer", input: { content: "one\n```\ntwo\n```\nthree" } }]);
	});

	it("are all reported, so that several of them can be refused", () => {
		const one = block('{"name": "vote", "arguments": {"agent_id": "ruby"}}');
		expect(readCalls(`${one}\nor rather\n${one}`, ballot, "s1").toolCalls.map((call) => call.id)).toEqual(["s1.1", "s1.2"]);
	});

	it("without readable arguments have no input and keep what was written", () => {
		expect(readCalls(block('{"name": "vote", "arguments": {agent'), ballot, "s1").toolCalls).toEqual([
			{ id: "s1.1", name: "", raw: '{"name": "vote", "arguments": {agent' },
		]);
	});

	it("are not taken from a block that was quoted from somebody else", () => {
		const quoted = `The other answer ends so:\n\n${block('{"name": "vote", "arguments": {"agent_id": "ruby"}}', "json")}`;
		expect(readCalls(quoted, ballot, "s1")).toEqual({ text: quoted, toolCalls: [] });
		expect(readCalls(block('{"name": "vote", "arguments": {}}', callMarker("seed:other")), ballot, "s1").toolCalls).toEqual([]);
	});

	it("count without the marker if they are the whole reply", () => {
		const body = '{"tool_name": "vote", "arguments": "{\\"agent_id\\": \\"ruby\\"}"}';
		for (const reply of [body, block(body, "json"), block(body, "")]) {
			expect(readCalls(reply, ballot, "s1").toolCalls).toMatchObject([{ name: "vote", input: { agent_id: "ruby" } }]);
		}
	});

	it("are never shown while they stream, however the text is cut, and the rest is", () => {
		const call = block('{"name": "vote", "arguments": {}}');
		const replies = [
			`\n I looked.\n\n\`\`\`js\nx\n\`\`\`\nso:\n${call}\n`,
			call,
			"plain `code` text \n\n",
			'{"name": "vote", "arguments": {}}',
			"```js\nlet a;\n```",
		];
		for (const reply of replies) {
			for (const size of [1, 2, 7, 1000]) expect(streamed(reply, size)).toBe(readCalls(reply, ballot, "s").text);
		}
	});

	it("let an answer be shown while it is written, however the text is cut", () => {
		const content = 'Say "hi":\n```js\nhi();\n```\n';
		const reply = `So:\n${block(JSON.stringify({ name: "new_answer", arguments: { content } }))}`;
		for (const size of [1, 3, 1000]) {
			const answer = answerBeingWritten(ballot);
			let written = "";
			for (let at = 0; at < reply.length; at += size) written += answer.push(reply.slice(at, at + size));
			expect(written).toBe(content);
		}
		expect(answerBeingWritten(ballot).push(block('{"name": "vote", "arguments": {"content": "no"}}'))).toBe("");
	});

	it("are written into the history of a model that knows them only as text", () => {
		const call = { id: "1", name: "vote", input: { agent_id: "ruby" }, raw: "" };
		expect(messageText({ role: "assistant", text: "So:", reasoning: "", toolCalls: [call] }, marker)).toBe(
			`So:\n\n${block('{"name":"vote","arguments":{"agent_id":"ruby"}}')}`,
		);
		expect(messageText({ role: "tool", results: [{ callId: "1", name: "vote", output: "no", isError: true }] }, marker)).toBe(
			"Result of vote (failed):\nno",
		);
	});

	it("are explained once and recalled in a line", () => {
		expect(toolInstructions(ballot)).toContain(`\`\`\`${marker}`);
		expect(toolReminder(ballot)).toContain("new_answer, vote");
		expect(toolInstructions({ tools: [], marker }) + toolReminder({ tools: [], marker })).toBe("");
	});
});
