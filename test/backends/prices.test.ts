import { describe, expect, test } from "vitest";
import { costOf, estimate, meter, priceOf, pricesDate } from "../../src/backends/prices.ts";
import type { Request, Usage } from "../../src/core/conversation.ts";

const million: Usage = { input: 1_000_000, output: 0, cached: 0, reasoning: 0 };
const mine = { "my-model": { input: 2, output: 10, cachedInput: 0.5, cacheWrite: 4 } };
const own = { backend: "vllm", model: "my-model", baseUrl: "https://models.example.org/v1" };

describe("the price of a call", () => {
	test("counts fresh, cached and written input apart, and reasoning as output", () => {
		const usage: Usage = { input: 1000, cached: 400, written: 100, output: 200, reasoning: 150 };
		expect(costOf(own, usage, mine)).toBeCloseTo((500 * 2 + 400 * 0.5 + 100 * 4 + 200 * 10) / 1e6, 12);
	});

	test("is unknown, never nothing, for a model that nobody has priced", () => {
		expect(costOf({ ...own, model: "other" }, million, mine)).toBeUndefined();
		expect(costOf({ backend: "openai", model: "no-such-model" }, million)).toBeUndefined();
		expect(costOf({ backend: "claude_code", model: "opus" }, million)).toBeUndefined();
	});

	test("is nothing for simulated agents and for servers on this machine", () => {
		expect(costOf({ backend: "simulated", model: undefined }, million)).toBe(0);
		expect(costOf({ backend: "ollama", model: "anything" }, million)).toBe(0);
		expect(costOf({ backend: "ollama", model: "anything", baseUrl: "https://ollama.example.org/v1" }, million)).toBeUndefined();
	});

	test("comes from the shipped snapshot, also for dated names and for chatcompletion with the address of a provider", () => {
		const plain = costOf({ backend: "claude", model: "claude-opus-4-5" }, million);
		expect(plain).toBeGreaterThan(0);
		expect(costOf({ backend: "claude", model: "claude-opus-4-5-20991231" }, million)).toBe(plain);
		const openai = costOf({ backend: "openai", model: "gpt-5.2" }, million);
		expect(costOf({ backend: "chatcompletion", model: "gpt-5.2", baseUrl: "https://api.openai.com/v1" }, million)).toBe(openai);
		expect(costOf({ backend: "chatcompletion", model: "gpt-5.2", baseUrl: "https://elsewhere.example/v1" }, million)).toBeUndefined();
		expect(pricesDate).toMatch(/^\d{4}-\d{2}-\d{2}$/);
	});

	test("is dearer above a threshold of input, for the whole request", () => {
		const tiered = priceOf({ backend: "openai", model: "gpt-5.4" });
		const [tier] = tiered?.above ?? [];
		if (!tiered || !tier) throw new Error("the snapshot has no tiers for gpt-5.4");
		const at = (input: number) => costOf({ backend: "openai", model: "gpt-5.4" }, { ...million, input });
		expect(at(tier.tokens)).toBeCloseTo((tier.tokens * tiered.input) / 1e6, 9);
		expect(at(tier.tokens + 1)).toBeCloseTo(((tier.tokens + 1) * tier.input) / 1e6, 9);
	});

	test("can be replaced by model, or for one backend alone", () => {
		const overrides = { "gpt-5.2": { input: 1, output: 1 }, "azure_openai/gpt-5.2": { input: 3, output: 3 } };
		expect(costOf({ backend: "openai", model: "gpt-5.2" }, million, overrides)).toBe(1);
		expect(costOf({ backend: "azure_openai", model: "gpt-5.2" }, million, overrides)).toBe(3);
	});
});

const request: Request = { system: "s".repeat(400), messages: [], tools: [] };

test("an estimate takes four bytes for a token, and knows no price where there is none", () => {
	const { tokens } = estimate(request, undefined);
	expect(tokens).toBe(Math.ceil(JSON.stringify(request).length / 4));
	expect(estimate(request, { input: 2, output: 10 }, { output: 100 })).toEqual({
		tokens: tokens + 100,
		costUsd: (tokens * 2 + 100 * 10) / 1e6,
	});
	expect(estimate(request, undefined)).toEqual({ tokens });
});

test("a meter learns from what the provider counts", () => {
	const counted = meter({ ...own, maxTokens: 50 }, mine);
	const first = counted.estimate(request).tokens - 50;
	expect(counted.cost({ input: first * 2, output: 10, cached: 0, reasoning: 0 })).toBeGreaterThan(0);
	expect(counted.estimate(request).tokens - 50).toBeCloseTo(first * 2, -1);
});
