import { describe, expect, test } from "vitest";
import { backendError } from "../../src/backends/errors.ts";
import { hear } from "../contracts/backend.ts";
import { backendOf } from "../fixtures/backends.ts";
import { type RawAnswer, startRawServer } from "../fixtures/raw-server.ts";
import { frames } from "../fixtures/wire-formats.ts";

/** What a user is told when a server answers so. */
async function told(type: string, answer: RawAnswer, more: { readonly options?: Record<string, unknown>; readonly apiKey?: string } = {}) {
	const server = await startRawServer(answer);
	try {
		const { result } = await hear(await backendOf({ type, baseUrl: server.url, ...more }));
		if (result.ok) throw new Error("accepted");
		return result.error;
	} finally {
		server.close();
	}
}

const error = (message: string, more: Record<string, unknown> = {}) => JSON.stringify({ error: { message, ...more } });

describe("an error of a server is told by its kind, with its words and what to do", () => {
	test.each([
		[
			"a wrong key",
			"openai",
			401,
			error("Incorrect API key provided: [secret]"),
			{ kind: "auth", retryable: false, status: 401, hint: expect.stringContaining("OPENAI_API_KEY") },
		],
		[
			"a wrong key, as Gemini says it",
			"gemini",
			400,
			error("API key not valid. Please pass a valid API key.", { status: "INVALID_ARGUMENT" }),
			{ kind: "auth", retryable: false },
		],
		[
			"no money",
			"openai",
			429,
			error("You exceeded your current quota, please check your plan and billing details.", { code: "insufficient_quota" }),
			{ kind: "quota", retryable: false, hint: expect.stringContaining("credit") },
		],
		[
			"no money, as Claude says it",
			"claude",
			400,
			JSON.stringify({
				type: "error",
				error: { type: "invalid_request_error", message: "Your credit balance is too low to access the Anthropic API." },
			}),
			{ kind: "quota" },
		],
		[
			"a used-up rate of a free plan",
			"gemini",
			429,
			error(
				"You exceeded your current quota, please check your plan. Quota exceeded for metric: requests per minute. Please retry in 12.5s.",
				{ status: "RESOURCE_EXHAUSTED" },
			),
			{ kind: "rate-limit", retryable: true, retryAfterMs: 12_500 },
		],
		[
			"an unknown model",
			"chatcompletion",
			404,
			error("The model `test-model` does not exist"),
			{ kind: "bad-request", hint: expect.stringContaining("test-model") },
		],
		["a wrong path", "chatcompletion", 404, "404 page not found", { kind: "bad-request", hint: expect.stringContaining("base_url") }],
		[
			"too long",
			"claude",
			400,
			error("prompt is too long: 210000 tokens > 200000 maximum"),
			{ kind: "context-too-long", retryable: false },
		],
		[
			"too long, as llama.cpp says it",
			"llama_cpp",
			400,
			error("the request exceeds the available context size. try increasing the context size", { type: "exceed_context_size_error" }),
			{ kind: "context-too-long" },
		],
		[
			"a refusal",
			"azure_openai",
			400,
			error("The response was filtered due to the prompt triggering Azure OpenAI's content management policy.", { code: "content_filter" }),
			{ kind: "refused", retryable: false },
		],
		[
			"a bad option",
			"openai",
			400,
			error("Unsupported parameter: 'temperature' is not supported with this model."),
			{ kind: "bad-request", retryable: false },
		],
		[
			"an overloaded server",
			"claude",
			529,
			JSON.stringify({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } }),
			{ kind: "network", retryable: true, status: 529 },
		],
		["a gateway that gave up", "openrouter", 504, "<html>504</html>", { kind: "timeout", retryable: true }],
	])("%s", async (_, type, status, body, expected) => {
		const found = await told(type, { status, body });
		expect(found).toMatchObject(expected);
		expect(found.message.startsWith(`${type}: `)).toBe(true);
		expect(found.message).not.toMatch(/\n|\[object|undefined/);
	});

	test("a list of errors, as Gemini's servers send it", async () => {
		expect(await told("gemini", { status: 503, body: `[${error("The model is overloaded.", { code: 503 })}]` })).toMatchObject({
			kind: "network",
			message: expect.stringContaining("overloaded"),
		});
	});

	test("Retry-After in seconds, in milliseconds and as a date", async () => {
		const limited = (headers: Record<string, string>) => told("openai", { status: 429, headers, body: error("slow down") });
		expect((await limited({ "retry-after": "3" })).retryAfterMs).toBe(3000);
		expect((await limited({ "retry-after-ms": "250", "retry-after": "9" })).retryAfterMs).toBe(250);
		const date = await limited({ "retry-after": new Date(Date.now() + 60_000).toUTCString() });
		expect(date.retryAfterMs).toBeGreaterThan(55_000);
	});
});

describe("a 200 that is no reply", () => {
	test("a web page names base_url", async () => {
		expect(await told("vllm", { headers: { "content-type": "text/html; charset=utf-8" }, body: "<html>hello</html>" })).toMatchObject({
			kind: "bad-response",
			retryable: false,
			message: expect.stringContaining("web page"),
			hint: expect.stringContaining("base_url"),
		});
	});

	test("a reply in one piece is told as such, and not asked for again", async () => {
		const body = JSON.stringify({ choices: [{ message: { content: "Paris" }, finish_reason: "stop" }] });
		expect(await told("vllm", { body })).toMatchObject({
			kind: "bad-response",
			retryable: false,
			message: expect.stringContaining("instead of a stream"),
		});
	});

	test("an error in JSON is that error", async () => {
		expect(await told("vllm", { body: error("Rate limit exceeded: free-models-per-min") })).toMatchObject({
			kind: "rate-limit",
			retryable: true,
		});
	});

	test("what a model says is never taken for what its server says", async () => {
		const { all } = frames("openai chat", "text");
		const lie = `${all.slice(0, 2).join("")}data: {"choices": "401 invalid api key, insufficient quota"}\n\n${all.slice(2).join("")}`;
		expect(await told("chatcompletion", { headers: { "content-type": "text/event-stream" }, body: lie })).toMatchObject({
			kind: "bad-response",
			retryable: true,
		});
	});
});

describe("a server that is not there", () => {
	test("on this machine was not started: the agent does not wait for it", async () => {
		const server = await startRawServer({ body: "" });
		server.close();
		const { result } = await hear(await backendOf({ type: "ollama", baseUrl: server.url }));
		expect(result).toMatchObject({
			ok: false,
			error: {
				kind: "network",
				retryable: false,
				message: expect.stringContaining("nothing listens at"),
				hint: expect.stringContaining("started"),
			},
		});
	});

	test("and never will be at a port that fetch does not open", async () => {
		const { result } = await hear(await backendOf({ type: "vllm", baseUrl: "http://127.0.0.1:9/v1" }));
		expect(result).toMatchObject({
			ok: false,
			error: { kind: "bad-request", retryable: false, message: expect.stringContaining("port"), hint: "Check base_url." },
		});
	});
});

describe("no secret is ever told", () => {
	const key = "canary-key-0123456789";

	test.each(["openai", "claude", "gemini", "grok", "azure_openai", "mistral", "groq", "chatcompletion", "ollama"])(
		"of %s, even if the server repeats it",
		async (type) => {
			const found = await told(
				type,
				{ status: 401, body: error(`Bad key ${key} in header x-secret: canary-header-42`) },
				{ apiKey: key, options: { headers: { "x-secret": "canary-header-42" } } },
			);
			expect(JSON.stringify(found)).not.toContain("canary");
			expect(found.message).toContain("[secret]");
		},
	);

	test("also not a key that we do not know, by its form", async () => {
		expect(
			(await told("chatcompletion", { status: 401, body: error("Incorrect API key provided: sk-proj-abcdefghijklmnop123456") })).message,
		).not.toContain("abcdefghijklmnop");
	});

	test("nor what stands in an address", async () => {
		const backend = await backendOf({ type: "chatcompletion", baseUrl: "http://user:canary-pass@127.0.0.1:8123/v1?token=canary-token" });
		const { result } = await hear(backend);
		expect(result).toMatchObject({ ok: false, error: { kind: "bad-request", retryable: false } });
		expect(JSON.stringify(result)).not.toContain("canary");
	});
});

test("a name that cannot be found is tried again only if it is a provider's: then the network is away", () => {
	const thrown = { cause: { code: "ENOTFOUND", message: "getaddrinfo ENOTFOUND" } };
	const told = (baseUrl: string) => backendError(thrown, { backend: "x", model: "m", baseUrl, keyVariables: [], secrets: [] });
	expect(told("https://api.openai.com/v1")).toMatchObject({ kind: "network", retryable: true });
	expect(told("https://api.opnai.com/v1")).toMatchObject({ kind: "network", retryable: false, hint: expect.stringContaining("base_url") });
});
