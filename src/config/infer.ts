const families: readonly (readonly [RegExp, string])[] = [
	[/^(gpt-|chatgpt|o[1-9](-|$)|codex-|davinci)/, "openai"],
	[/^claude/, "claude"],
	[/^gemini/, "gemini"],
	[/^grok/, "grok"],
	[/^(mistral|ministral|magistral|codestral|devstral|pixtral)-/, "mistral"],
	[/^deepseek-(chat|reasoner)/, "deepseek"],
	[/^glm-/, "zai"],
	[/^(qwen-(max|plus|turbo|flash)|qwq-)/, "qwen"],
	[/^(kimi|moonshot)/, "moonshot"],
];

/** The backend a model's name belongs to; with an address of its own it is any OpenAI-compatible server. */
export function inferBackend(model: string | undefined, hasBaseUrl: boolean): string | undefined {
	if (hasBaseUrl) return "chatcompletion";
	if (model === undefined) return undefined;
	const name = model.toLowerCase();
	if (name === "simulated") return "simulated";
	const family = families.find(([pattern]) => pattern.test(name))?.[1];
	return family ?? (name.includes("/") ? "openrouter" : undefined);
}

/** Backends that MassGen 0.1.44 registers. Those that the table of backends lacks are known, but not supported. */
export const massgenBackends: readonly string[] = [
	"openai",
	"claude",
	"claude_code",
	"gemini",
	"grok",
	"azure_openai",
	"chatcompletion",
	"lmstudio",
	"zai",
	"vllm",
	"sglang",
	"inference",
	"ag2",
	"cerebras",
	"together",
	"fireworks",
	"groq",
	"openrouter",
	"moonshot",
	"nebius",
	"poe",
	"qwen",
	"uitars",
];
