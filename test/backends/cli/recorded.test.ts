import { describe, expect, it } from "vitest";
import { ask, fake, question, request } from "./fake.ts";

const usage = { input: 200, output: 40, cached: 0, reasoning: 0 };

describe("what the programs themselves have printed", () => {
	it.each([
		// Claude Code counts a small call of its own for the title, too.
		{ name: "claude_code", tool: "Bash: echo hello", usage: { ...usage, input: 300, output: 60 }, costUsd: 0.0018 },
		{ name: "codex", tool: "$ /bin/bash -lc 'echo hello'", usage },
		{ name: "gemini_cli", tool: "list_directory: .", usage },
		// It says 0 where it knows no price.
		{ name: "opencode", tool: "bash: echo hello", usage },
	])("is understood: $name", async ({ name, tool, usage, costUsd }) => {
		const { backend } = await fake(name, {}, { FAKE_CLI: "recorded" });
		const { result, deltas, bookmarks } = await ask(backend, { request: request([question]) });
		expect(result).toMatchObject({
			ok: true,
			reply: { text: "I have decided.", toolCalls: [{ name: "new_answer", input: { content: "42" } }], finish: "tool-calls", usage },
		});
		expect("costUsd" in result ? result.costUsd : undefined).toEqual(costUsd && expect.closeTo(costUsd, 6));
		expect(bookmarks).toHaveLength(1);
		const shown = deltas.map(([, text]) => text);
		expect(shown.indexOf("I will look first.")).toBeLessThan(shown.indexOf(tool));
		expect(deltas).toContainEqual(["text", "I have decided."]);
		expect(deltas).toContainEqual(["answer", "42"]);
	});
});
