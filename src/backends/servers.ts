import type { ZodObject } from "zod";
import * as schemas from "./api-options.ts";
import type { BackendEntry } from "./backend.ts";

/** What is known of a model server: one row, one provider. The registry, validation, `--help` and the docs read it. */
export type Server = Omit<BackendEntry, "load" | "options"> & {
	readonly options?: ZodObject;
	/** It wants a model's reasoning back between tool calls. */
	readonly sendsReasoning?: true;
	/** What its chat completions call the limit of a reply. */
	readonly maxTokensKey?: "max_completion_tokens";
	/** Beginnings of the names of its models, for picking a backend by model. */
	readonly models?: readonly string[];
};

const chat: BackendEntry["capabilities"] = ["tools", "reasoning"];

/** Those with a wire format or a provider package of their own. */
export const families: readonly Server[] = [
	{
		name: "openai",
		title: "OpenAI (Responses API)",
		kind: "api",
		capabilities: ["tools", "web-search", "code-execution", "reasoning"],
		keyVariables: ["OPENAI_API_KEY"],
		baseUrl: "https://api.openai.com/v1",
		defaultModel: "gpt-6.1-sol",
		options: schemas.openaiOptions,
		models: ["gpt-", "o1", "o3", "o4", "chatgpt-", "codex-"],
	},
	{
		name: "claude",
		title: "Anthropic Claude",
		kind: "api",
		capabilities: ["tools", "web-search", "code-execution", "reasoning"],
		keyVariables: ["ANTHROPIC_API_KEY"],
		baseUrl: "https://api.anthropic.com/v1",
		defaultModel: "claude-sonnet-5-5",
		options: schemas.claudeOptions,
		models: ["claude-"],
	},
	{
		name: "gemini",
		title: "Google Gemini",
		kind: "api",
		capabilities: ["tools", "web-search", "code-execution", "reasoning"],
		keyVariables: ["GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY"],
		baseUrl: "https://generativelanguage.googleapis.com/v1beta",
		defaultModel: "gemini-3.8-flash",
		options: schemas.geminiOptions,
		models: ["gemini-", "gemma-"],
	},
	{
		name: "grok",
		title: "xAI Grok",
		kind: "api",
		capabilities: ["tools", "web-search", "reasoning"],
		keyVariables: ["XAI_API_KEY"],
		baseUrl: "https://api.x.ai/v1",
		defaultModel: "grok-4.7",
		options: schemas.grokOptions,
		models: ["grok-"],
	},
	{
		name: "azure_openai",
		title: "OpenAI models on Azure",
		kind: "api",
		capabilities: ["tools", "code-execution", "reasoning"],
		keyVariables: ["AZURE_OPENAI_API_KEY", "AZURE_API_KEY"],
		options: schemas.azureOptions,
	},
	{
		name: "mistral",
		title: "Mistral",
		kind: "api",
		capabilities: ["tools", "reasoning"],
		keyVariables: ["MISTRAL_API_KEY"],
		baseUrl: "https://api.mistral.ai/v1",
		defaultModel: "mistral-large-latest",
		options: schemas.mistralOptions,
		models: ["mistral-", "ministral-", "magistral-", "codestral-", "devstral-", "pixtral-"],
	},
	{
		name: "groq",
		title: "Groq",
		kind: "api",
		capabilities: ["tools", "web-search", "reasoning"],
		keyVariables: ["GROQ_API_KEY"],
		baseUrl: "https://api.groq.com/openai/v1",
		defaultModel: "openai/gpt-oss-120b",
		options: schemas.groqOptions,
	},
];

/** Those that speak the format of OpenAI's chat completions. */
export const chatServers: readonly Server[] = [
	{ name: "chatcompletion", title: "Any server with OpenAI's chat completions", kind: "api", capabilities: chat },
	{
		name: "cerebras",
		title: "Cerebras",
		kind: "api",
		capabilities: chat,
		keyVariables: ["CEREBRAS_API_KEY"],
		baseUrl: "https://api.cerebras.ai/v1",
		defaultModel: "gpt-oss-120b",
	},
	{
		name: "together",
		title: "Together AI",
		kind: "api",
		capabilities: chat,
		keyVariables: ["TOGETHER_API_KEY"],
		baseUrl: "https://api.together.ai/v1",
		defaultModel: "openai/gpt-oss-120b",
	},
	{
		name: "fireworks",
		title: "Fireworks AI",
		kind: "api",
		capabilities: chat,
		keyVariables: ["FIREWORKS_API_KEY"],
		baseUrl: "https://api.fireworks.ai/inference/v1",
		defaultModel: "accounts/fireworks/models/glm-5p3",
		models: ["accounts/fireworks/"],
	},
	{
		name: "openrouter",
		title: "OpenRouter",
		kind: "api",
		capabilities: [...chat, "web-search"],
		keyVariables: ["OPENROUTER_API_KEY"],
		baseUrl: "https://openrouter.ai/api/v1",
		defaultModel: "openrouter/auto",
		options: schemas.openrouterOptions,
		models: ["openrouter/"],
	},
	{
		name: "moonshot",
		title: "Moonshot AI (Kimi)",
		kind: "api",
		capabilities: chat,
		keyVariables: ["MOONSHOT_API_KEY"],
		baseUrl: "https://api.moonshot.ai/v1",
		defaultModel: "kimi-k3",
		sendsReasoning: true,
		models: ["kimi-", "moonshot-"],
	},
	{
		name: "nebius",
		title: "Nebius Token Factory",
		kind: "api",
		capabilities: chat,
		keyVariables: ["NEBIUS_API_KEY"],
		baseUrl: "https://api.tokenfactory.nebius.com/v1",
		defaultModel: "openai/gpt-oss-120b",
	},
	{ name: "poe", title: "Poe", kind: "api", capabilities: chat, keyVariables: ["POE_API_KEY"], baseUrl: "https://api.poe.com/v1" },
	{
		name: "qwen",
		title: "Alibaba Cloud Model Studio (Qwen)",
		kind: "api",
		capabilities: chat,
		keyVariables: ["QWEN_API_KEY", "DASHSCOPE_API_KEY"],
		baseUrl: "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
		defaultModel: "qwen-plus",
		models: ["qwen-", "qwen2", "qwen3", "qwq-"],
	},
	{
		name: "zai",
		title: "Z.ai (GLM)",
		kind: "api",
		capabilities: chat,
		keyVariables: ["ZAI_API_KEY"],
		baseUrl: "https://api.z.ai/api/paas/v4",
		defaultModel: "glm-5.3",
		sendsReasoning: true,
		models: ["glm-"],
	},
	{
		name: "deepseek",
		title: "DeepSeek",
		kind: "api",
		capabilities: chat,
		keyVariables: ["DEEPSEEK_API_KEY"],
		baseUrl: "https://api.deepseek.com/v1",
		defaultModel: "deepseek-flash",
		sendsReasoning: true,
		models: ["deepseek-"],
	},
	{
		name: "lmstudio",
		title: "LM Studio",
		kind: "local",
		capabilities: chat,
		keyVariables: ["LMSTUDIO_API_KEY"],
		baseUrl: "http://127.0.0.1:1234/v1",
	},
	{ name: "vllm", title: "vLLM", kind: "local", capabilities: chat, keyVariables: ["VLLM_API_KEY"], baseUrl: "http://127.0.0.1:8000/v1" },
	{
		name: "sglang",
		title: "SGLang",
		kind: "local",
		capabilities: chat,
		keyVariables: ["SGLANG_API_KEY"],
		baseUrl: "http://127.0.0.1:30000/v1",
	},
	{
		name: "ollama",
		title: "Ollama",
		kind: "local",
		capabilities: chat,
		keyVariables: ["OLLAMA_API_KEY"],
		baseUrl: "http://127.0.0.1:11434/v1",
	},
	{
		name: "llama_cpp",
		title: "llama.cpp server",
		kind: "local",
		capabilities: chat,
		keyVariables: ["LLAMA_CPP_API_KEY"],
		baseUrl: "http://127.0.0.1:8080/v1",
		defaultModel: "default",
	},
	{
		name: "inference",
		title: "A local inference server",
		kind: "local",
		capabilities: chat,
		keyVariables: ["INFERENCE_API_KEY"],
		baseUrl: "http://127.0.0.1:8000/v1",
	},
];

const all: readonly Server[] = [...families, ...chatServers];

export function knownServer(name: string): Server | undefined {
	return all.find((server) => server.name === name);
}

/** For code that is about one server. */
export function serverNamed(name: string): Server {
	const found = knownServer(name);
	if (!found) throw new Error(`There is no row for ${name}.`);
	return found;
}

/** The provider that an address belongs to. */
export function serverAt(url: string): Server | undefined {
	const host = hostOf(url);
	return host === undefined
		? undefined
		: all.find(({ kind, baseUrl }) => kind === "api" && baseUrl !== undefined && hostOf(baseUrl) === host);
}

/** An address on this machine. */
export function isLocalAddress(url: string): boolean {
	return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0)(:\d+)?$/.test(hostOf(url) ?? "");
}

function hostOf(url: string): string | undefined {
	try {
		return new URL(url).host;
	} catch {
		return undefined;
	}
}
