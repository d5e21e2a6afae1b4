import { join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { callMarker } from "../../../src/backends/text-tools.ts";
import { ask, bin, fake, question, request } from "./fake.ts";

const alone = request([question], false);

describe("any program as an agent", () => {
	it("reads the prompt from its standard input and answers with what it prints", async () => {
		const { backend } = await fake("command", { command: "any-command", args: ["text"] });
		const { result, deltas } = await ask(backend, { request: alone });
		expect(result).toEqual({
			ok: true,
			reply: { text: "Heard: You are one of a team.\n\nWhat is 6 x 7?", reasoning: "", toolCalls: [], finish: "stop" },
		});
		expect(deltas.map(([, text]) => text).join("")).toBe("Heard: You are one of a team.\n\nWhat is 6 x 7?");
	});

	it("may be named by a path, from where massgen was started", async () => {
		const { backend } = await fake("command", { command: relative(".", join(bin, "any-command")), args: ["text"] });
		expect((await ask(backend, { request: alone })).result.ok).toBe(true);
		const { backend: missing } = await fake("command", { command: "./not-there.sh" });
		expect((await ask(missing, { request: alone })).result).toMatchObject({
			ok: false,
			error: {
				message: `not-there.sh cannot be run: there is no program ${resolve("not-there.sh")}.`,
				hint: expect.stringContaining("chmod +x"),
			},
		});
	});

	it("or gets it as an argument, where {prompt} stands or at the end", async () => {
		for (const args of [["argument", "<{prompt}>"], ["argument"]]) {
			const { backend } = await fake("command", { command: "any-command", args, prompt: "argument" });
			const { result } = await ask(backend, { request: alone });
			expect(result).toMatchObject({ ok: true, reply: { text: expect.stringContaining("What is 6 x 7?") } });
		}
	});

	it("prints JSON lines whose fields are named, and goes on with its session", async () => {
		const options = {
			command: "any-command",
			args: ["json", "x"],
			output: "jsonl",
			text_path: "delta.text",
			session_path: "id",
			usage_path: "usage",
			resume_args: ["{session}"],
		};
		const { backend } = await fake("command", options);
		const first = await ask(backend, { request: alone });
		expect(first.result).toMatchObject({
			ok: true,
			reply: { text: "two pieces", usage: { input: 7, output: 3, cached: 0, reasoning: 0 }, opaque: { session: "s-1" } },
		});
		expect(first.deltas).toEqual([
			["progress", '{"status":"starting"}'],
			["text", "two"],
			["text", " pieces"],
		]);
		const second = await ask(backend, { request: alone, bookmark: "s-1" });
		expect(second.bookmarks).toEqual(["s-s-1"]);
	});

	it("calls tools in its text, which is shown without the call", async () => {
		const marker = callMarker("7:a");
		const reply = `I vote.\n\`\`\`${marker}\n{"name":"vote","arguments":{"agent_id":"ruby"}}\n\`\`\``;
		const { backend } = await fake("command", { command: "printf", args: ["%s", reply] });
		const { result, deltas } = await ask(backend, { request: request([question]) });
		expect(result).toMatchObject({
			ok: true,
			reply: { text: "I vote.", toolCalls: [{ name: "vote", input: { agent_id: "ruby" } }], finish: "tool-calls" },
		});
		expect(deltas).toEqual([["text", "I vote."]]);
	});

	it("has failed if it does not exit with 0", async () => {
		const { backend } = await fake("command", { command: "any-command", args: ["fail"] });
		const { result } = await ask(backend, { request: alone });
		expect(result).toMatchObject({
			ok: false,
			error: { kind: "process", message: "any-command ended with exit code 9: cannot do that", retryable: false },
		});
	});

	it("that does not read its input has failed only if it says so", async () => {
		const { backend } = await fake("command", { command: "echo", args: ["hello"] });
		const { result } = await ask(backend, { request: request([{ role: "user", text: "x".repeat(1_000_000) }], false) });
		expect(result).toMatchObject({ ok: true, reply: { text: "hello" } });
	});

	it("cannot get a prompt as an argument that the system finds too long", async () => {
		const { backend } = await fake("command", { command: "echo", prompt: "argument" });
		const { result } = await ask(backend, { request: request([{ role: "user", text: "x".repeat(5_000_000) }], false) });
		expect(result).toMatchObject({ ok: false, error: { kind: "context-too-long", hint: expect.stringContaining("prompt: stdin") } });
	});
});
