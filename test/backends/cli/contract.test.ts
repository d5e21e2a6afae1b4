import { describe } from "vitest";
import { backendContract } from "../../contracts/backend.ts";
import { fake } from "./fake.ts";

const asCommand = { command: "codex", output: "jsonl", text_path: "item.text", session_path: "thread_id", usage_path: "usage" };

for (const [name, options] of Object.entries({ claude_code: {}, codex: {}, gemini_cli: {}, opencode: {}, command: asCommand })) {
	describe(name, () => {
		backendContract({
			answering: async () => (await fake(name, options)).backend,
			silent: async () => (await fake(name, options, { FAKE_CLI: "hang" })).backend,
		});
	});
}
