import { protocol } from "@openai/agents";
import { describe, expect, test } from "vitest";
import { convertItems } from "../../src/sessions/dialects.ts";
import type { Item } from "../../src/sessions/items.ts";

/** One conversation, three times. */
const agents: Item[] = [
	{
		role: "user",
		content: [
			{ type: "input_text", text: "Add" },
			{ type: "input_image", image: "https://example.com/a.png", detail: "low" },
		],
	},
	{ role: "assistant", status: "completed", content: [{ type: "output_text", text: "Let me see" }] },
	{ type: "function_call", callId: "c1", name: "add", arguments: '{"a":1}', status: "completed" },
	{ type: "function_call", callId: "c2", name: "add", arguments: '{"a":2}', status: "completed" },
	{ type: "function_call_result", callId: "c1", name: "add", status: "completed", output: "1" },
	{ type: "function_call_result", callId: "c2", name: "add", status: "completed", output: "2" },
	{ role: "assistant", status: "completed", content: [{ type: "output_text", text: "3" }] },
];

const responses: Item[] = [
	{
		type: "message",
		role: "user",
		content: [
			{ type: "input_text", text: "Add" },
			{ type: "input_image", image_url: "https://example.com/a.png", detail: "low" },
		],
	},
	{ type: "message", role: "assistant", status: "completed", content: [{ type: "output_text", text: "Let me see", annotations: [] }] },
	{ type: "function_call", call_id: "c1", name: "add", arguments: '{"a":1}', status: "completed" },
	{ type: "function_call", call_id: "c2", name: "add", arguments: '{"a":2}', status: "completed" },
	{ type: "function_call_output", call_id: "c1", status: "completed", output: "1" },
	{ type: "function_call_output", call_id: "c2", status: "completed", output: "2" },
	{ type: "message", role: "assistant", status: "completed", content: [{ type: "output_text", text: "3", annotations: [] }] },
];

const chat: Item[] = [
	{
		role: "user",
		content: [
			{ type: "text", text: "Add" },
			{ type: "image_url", image_url: { url: "https://example.com/a.png", detail: "low" } },
		],
	},
	{
		role: "assistant",
		content: "Let me see",
		tool_calls: [
			{ id: "c1", type: "function", function: { name: "add", arguments: '{"a":1}' } },
			{ id: "c2", type: "function", function: { name: "add", arguments: '{"a":2}' } },
		],
	},
	{ role: "tool", tool_call_id: "c1", content: "1" },
	{ role: "tool", tool_call_id: "c2", content: "2" },
	{ role: "assistant", content: "3" },
];

describe("a conversation in one dialect", () => {
	test("O7, A15: reads the same in the JavaScript SDK's, whichever it was stored in", () => {
		expect(convertItems(agents, "agents-js")).toEqual(agents);
		expect(convertItems(chat, "agents-js")).toEqual(agents);
		expect(convertItems(responses, "agents-js")).toEqual(
			agents.map((item) => ("role" in item ? { type: "message", ...withoutAnnotations(item) } : item)),
		);
	});

	test("reads the same as Responses API items", () => {
		expect(convertItems(agents, "responses")).toEqual(responses);
		expect(convertItems(responses, "responses")).toEqual(responses);
	});

	test("reads the same as chat messages, tool calls joined to the message before them", () => {
		expect(convertItems(agents, "chat")).toEqual(chat);
		expect(convertItems(responses, "chat")).toEqual(chat);
		expect(convertItems(chat, "chat")).toEqual(chat);
	});

	test("what comes out for the JavaScript SDK is what its own schema asks for", () => {
		const plain = [
			{ role: "developer", content: "Be brief" },
			{ role: "user", content: "Hi" },
			{ role: "assistant", content: "Hello" },
		];
		for (const item of convertItems([...chat, ...responses, ...plain], "agents-js")) {
			expect(protocol.ModelItem.safeParse(item)).toMatchObject({ success: true });
		}
	});

	test("may be mixed, and is left as it is", () => {
		const mixed = [responses[0], chat[1], agents[4], responses[5], chat[4]].filter((item) => item !== undefined);
		const before = structuredClone(mixed);
		expect(convertItems(mixed, "chat")).toEqual(chat);
		expect(mixed).toEqual(before);
	});

	test("keeps what the other dialect has no field for", () => {
		const thought = { type: "reasoning", id: "r1", summary: [{ type: "summary_text", text: "hm" }], encrypted_content: "xyz" };
		const search = { type: "web_search_call", id: "w1", status: "completed", action: { query: "x" } };
		const shell = { type: "local_shell_call", id: "l1", call_id: "c9", action: { command: ["ls"] }, status: "completed" };
		const there = convertItems([thought, search, shell], "agents-js");
		expect(there).toEqual([
			{ type: "reasoning", id: "r1", content: [{ type: "input_text", text: "hm" }], providerData: { encrypted_content: "xyz" } },
			{
				type: "hosted_tool_call",
				id: "w1",
				name: "web_search_call",
				status: "completed",
				providerData: { type: "web_search_call", action: { query: "x" } },
			},
			{
				type: "unknown",
				id: "l1",
				providerData: { type: "local_shell_call", call_id: "c9", action: { command: ["ls"] }, status: "completed" },
			},
		]);
		expect(convertItems(there, "responses")).toEqual([thought, search, shell]);
		expect(convertItems(there, "chat")).toEqual([]);
	});

	test("shows images, files and bytes that a tool returned", () => {
		const result = {
			type: "function_call_result",
			callId: "c1",
			name: "draw",
			status: "completed",
			output: [
				{ type: "input_text", text: "here" },
				{ type: "input_image", image: { id: "file_1" } },
				{ type: "input_file", file: { url: "https://example.com/a.pdf" } },
			],
		};
		const picture = { ...result, output: { type: "image", image: { data: new Uint8Array([1, 2]), mediaType: "image/png" } } };
		expect(convertItems([result, picture], "responses").map((item) => item.output)).toEqual([
			[
				{ type: "input_text", text: "here" },
				{ type: "input_image", file_id: "file_1", detail: "auto" },
				{ type: "input_file", file_url: "https://example.com/a.pdf" },
			],
			[{ type: "input_image", image_url: "data:image/png;base64,AQI=", detail: "auto" }],
		]);
		expect(convertItems([result], "chat")).toEqual([{ role: "tool", tool_call_id: "c1", content: "here\n[input_image]\n[input_file]" }]);
	});

	test("items of a kind that is not known here pass unchanged", () => {
		const items = [{ type: "something_new", answer: 42 }, { note: "neither role nor type" }];
		expect(convertItems(items, "agents-js")).toEqual(items);
		expect(convertItems(items, "responses")).toEqual(items);
	});

	test("a refusal stays one", () => {
		const refused = { role: "assistant", status: "completed", content: [{ type: "refusal", refusal: "No" }] };
		expect(convertItems([refused], "chat")).toEqual([{ role: "assistant", content: "", refusal: "No" }]);
		expect(convertItems([{ role: "assistant", content: null, refusal: "No" }], "agents-js")).toEqual([refused]);
	});
});

/** The SDK keeps what a provider adds to a text in `providerData`. */
function withoutAnnotations(item: Item): Item {
	const content = Array.isArray(item.content)
		? item.content.map((part: Item) => (part.type === "output_text" ? { ...part, providerData: { annotations: [] } } : part))
		: item.content;
	return { ...item, content };
}
