import * as z from "zod";

/** Options that every model API takes, as YAML has them. */
const common = {
	api_key: z.string().optional(),
	base_url: z.string().optional(),
	headers: z.record(z.string(), z.string()).optional(),
	temperature: z.number().min(0).max(2).optional(),
	max_tokens: z.int().min(1).optional(),
	top_p: z.number().min(0).max(1).optional(),
	stop: z.union([z.string(), z.array(z.string())]).optional(),
	/** `text`: the model cannot call tools, so it is told to write its calls as text. */
	tool_calling: z.enum(["native", "text"]).optional(),
	/** Merged into the body of every request. */
	extra_body: z.record(z.string(), z.unknown()).optional(),
	/** Handed to the provider package as they are. */
	provider_options: z.record(z.string(), z.unknown()).optional(),
};

const topK = { top_k: z.int().min(1).optional() };
const seed = { seed: z.int().optional() };
const penalties = { frequency_penalty: z.number().min(-2).max(2).optional(), presence_penalty: z.number().min(-2).max(2).optional() };
const effort = z.enum(["none", "minimal", "low", "medium", "high", "xhigh", "max"]);
const verbosity = { text: z.strictObject({ verbosity: z.enum(["low", "medium", "high"]).optional() }).optional() };
const webSearch = { enable_web_search: z.boolean().optional() };

export const chatCompletionOptions = z.strictObject({
	...common,
	...topK,
	...seed,
	...penalties,
	...verbosity,
	reasoning: z.looseObject({ effort: effort.optional(), summary: z.string().optional(), max_tokens: z.int().min(1).optional() }).optional(),
	chat_template_kwargs: z.record(z.string(), z.unknown()).optional(),
	repetition_penalty: z.number().optional(),
	min_p: z.number().min(0).max(1).optional(),
});

/** OpenRouter searches for any model, by a plugin of its own. */
export const openrouterOptions = chatCompletionOptions.extend({
	...webSearch,
	engine: z.enum(["native", "exa"]).optional(),
	max_results: z.int().min(1).optional(),
	search_prompt: z.string().optional(),
	search_context_size: z.enum(["low", "medium", "high"]).optional(),
});

export const openaiOptions = z.strictObject({
	...common,
	...verbosity,
	...webSearch,
	enable_code_interpreter: z.boolean().optional(),
	reasoning: z.strictObject({ effort: effort.optional(), summary: z.enum(["auto", "concise", "detailed"]).optional() }).optional(),
});

export const azureOptions = openaiOptions.omit({ enable_web_search: true }).extend({ api_version: z.string().optional() });

export const claudeOptions = z.strictObject({
	...common,
	...topK,
	...webSearch,
	enable_code_execution: z.boolean().optional(),
	thinking: z
		.union([z.boolean(), z.looseObject({ type: z.enum(["enabled", "disabled", "adaptive"]), budget_tokens: z.int().min(1024).optional() })])
		.optional(),
	reasoning: z.strictObject({ effort: z.enum(["low", "medium", "high", "max"]).optional() }).optional(),
	betas: z.array(z.string()).optional(),
});

const thinkingConfig = z.looseObject({
	thinking_budget: z.int().optional(),
	thinking_level: z.string().optional(),
	include_thoughts: z.boolean().optional(),
});

export const geminiOptions = z.strictObject({
	...common,
	...topK,
	...seed,
	...penalties,
	...webSearch,
	enable_code_execution: z.boolean().optional(),
	thinking: thinkingConfig.optional(),
	thinking_config: thinkingConfig.optional(),
	include_thoughts: z.boolean().optional(),
	reasoning: z.strictObject({ effort: z.enum(["minimal", "low", "medium", "high"]).optional() }).optional(),
});

export const grokOptions = z.strictObject({
	...common,
	...seed,
	...webSearch,
	reasoning: z.strictObject({ effort: z.enum(["none", "low", "medium", "high"]).optional() }).optional(),
});

export const mistralOptions = z.strictObject({
	...common,
	...seed,
	reasoning: z.strictObject({ effort: z.enum(["none", "high"]).optional() }).optional(),
});

export const groqOptions = z.strictObject({
	...common,
	...seed,
	...penalties,
	...webSearch,
	reasoning: z.strictObject({ effort: effort.optional() }).optional(),
});
