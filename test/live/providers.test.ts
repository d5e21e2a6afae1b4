import { describe, expect, test } from "vitest";
import { systemClock } from "../../src/agents/clock.ts";
import { keyOf } from "../../src/backends/api-key.ts";
import { backends } from "../../src/backends/registry.ts";
import { answerTool, hear } from "../contracts/backend.ts";

/**
 * One tiny turn with each provider whose key is in the environment: `npm run test:live`. It costs a few tokens and needs
 * the network, so it never runs with the other tests.
 */
const isAsked = process.env.MASSGEN_LIVE === "1";
const reachable = backends.filter(
	(entry) => entry.kind === "api" && entry.defaultModel !== undefined && keyOf(entry, {}, process.env).kind === "found",
);

describe.skipIf(!isAsked || reachable.length === 0)("real providers", () => {
	test.each(reachable.map(({ name }) => name))(
		"%s answers by calling its tool, and counts its tokens",
		{ timeout: 120_000 },
		async (name) => {
			const entry = reachable.find((one) => one.name === name);
			if (!entry) throw new Error(`no backend ${name}`);
			const { create } = await entry.load();
			const backend = create({
				agent: "live",
				model: entry.defaultModel,
				options: {},
				env: process.env,
				seed: 1,
				clock: systemClock,
				idleMs: 60_000,
			});
			const messages = [{ role: "user" as const, text: "What is 2 + 2? Call new_answer with the number alone." }];
			const { result } = await hear(backend, { messages, tools: [answerTool] });
			if (!result.ok) throw new Error(`${result.error.message} ${result.error.hint ?? ""}`);
			expect(result.reply.toolCalls).toMatchObject([{ name: "new_answer", input: { content: expect.stringContaining("4") } }]);
			expect(result.reply.usage?.input).toBeGreaterThan(0);
		},
	);
});
