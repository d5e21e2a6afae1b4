import type { BackendEntry } from "../backends/backend.ts";

/**
 * The backend a model's name belongs to: the row of the table with the longest beginning that fits. With an address of its
 * own it is any OpenAI-compatible server; `maker/model` is how OpenRouter writes names.
 */
export function inferBackend(model: string | undefined, hasBaseUrl: boolean, backends: readonly BackendEntry[]): string | undefined {
	if (hasBaseUrl) return "chatcompletion";
	if (model === undefined) return undefined;
	const name = model.toLowerCase();
	if (name === "simulated") return "simulated";
	const beginnings = backends.flatMap((entry) => (entry.models ?? []).map((beginning) => ({ type: entry.name, beginning })));
	const fitting = beginnings.filter(({ beginning }) => name.startsWith(beginning));
	const longest = fitting.sort((a, b) => b.beginning.length - a.beginning.length)[0];
	if (longest !== undefined) return longest.type;
	return name.includes("/") && backends.some((entry) => entry.name === "openrouter") ? "openrouter" : undefined;
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
