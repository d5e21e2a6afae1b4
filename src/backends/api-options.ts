import * as z from "zod";

/** An option that may be absent, and what it does. */
function option<T extends z.ZodType>(schema: T, about: string): z.ZodOptional<T> {
	return schema.optional().describe(about);
}

/** Options that every model API takes, as YAML has them. */
const common = {
	api_key: option(z.string(), `The key, best as \`\${VARIABLE}\`. Without it the backend's own variables are read.`),
	base_url: option(z.string(), "Another address than the provider's, as `https://host/v1`."),
	headers: option(z.record(z.string(), z.string()), "Sent with every request."),
	temperature: option(z.number().min(0).max(2), "How freely the model chooses its words."),
	max_tokens: option(z.int().min(1), "The longest reply, in tokens."),
	top_p: option(z.number().min(0).max(1), "Only the likeliest words that together have this probability."),
	stop: option(z.union([z.string(), z.array(z.string())]), "Where a reply ends, if it comes to these words."),
	tool_calling: option(
		z.enum(["native", "text"]),
		"`text`: the model writes its calls as text, because it cannot call tools. Without it this is found out.",
	),
	extra_body: option(z.record(z.string(), z.unknown()), "Merged into the body of every request, as it is."),
	provider_options: option(z.record(z.string(), z.unknown()), "Options of the provider's package, as they are."),
};

const topK = { top_k: option(z.int().min(1), "Only so many of the likeliest words.") };
const seed = { seed: option(z.int(), "The same seed makes replies more alike.") };
const penalty = z.number().min(-2).max(2);
const penalties = {
	frequency_penalty: option(penalty, "Against words that were said often."),
	presence_penalty: option(penalty, "Against words that were said at all."),
};
const effort = z.enum(["none", "minimal", "low", "medium", "high", "xhigh", "max"]);
const verbosity = {
	text: option(z.strictObject({ verbosity: option(z.enum(["low", "medium", "high"]), "How long.") }), "How the model writes: `verbosity`."),
};
const webSearch = { enable_web_search: option(z.boolean(), "The model may search the web, by the provider's own tool.") };
const codeExecution = { enable_code_execution: option(z.boolean(), "The model may run code on the provider's side.") };

/** How hard the model thinks. */
function reasoning<T extends z.ZodType>(schema: T): { reasoning: z.ZodOptional<T> } {
	return { reasoning: option(schema, "How hard the model thinks: `effort`.") };
}

export const chatCompletionOptions = z.strictObject({
	...common,
	...topK,
	...seed,
	...penalties,
	...verbosity,
	...reasoning(z.looseObject({ effort: effort.optional(), summary: z.string().optional(), max_tokens: z.int().min(1).optional() })),
	chat_template_kwargs: option(z.record(z.string(), z.unknown()), "For the chat template of vLLM, SGLang and llama.cpp."),
	repetition_penalty: option(z.number(), "Against repetition, where the server knows it."),
	min_p: option(z.number().min(0).max(1), "Only words at least this likely next to the likeliest."),
});

/** OpenRouter searches for any model, by a plugin of its own. */
export const openrouterOptions = chatCompletionOptions.extend({
	...webSearch,
	engine: option(z.enum(["native", "exa"]), "Who searches."),
	max_results: option(z.int().min(1), "Pages that a search brings."),
	search_prompt: option(z.string(), "What the model is told of them."),
});

export const openaiOptions = z.strictObject({
	...common,
	...verbosity,
	...webSearch,
	enable_code_interpreter: option(z.boolean(), "The model may run Python on the provider's side."),
	...reasoning(z.strictObject({ effort: effort.optional(), summary: z.enum(["auto", "concise", "detailed"]).optional() })),
});

export const azureOptions = openaiOptions
	.omit({ enable_web_search: true })
	.extend({ api_version: option(z.string(), "A dated version asks a deployment's chat completions instead of the Responses API.") });

export const claudeOptions = z.strictObject({
	...common,
	...topK,
	...webSearch,
	...codeExecution,
	thinking: option(
		z.union([
			z.boolean(),
			z.looseObject({ type: z.enum(["enabled", "disabled", "adaptive"]), budget_tokens: z.int().min(1024).optional() }),
		]),
		"Think first: true, false, or `type` and `budget_tokens`.",
	),
	...reasoning(z.strictObject({ effort: z.enum(["low", "medium", "high", "xhigh", "max"]).optional() })),
	betas: option(z.array(z.string()), "Names of beta features."),
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
	...codeExecution,
	thinking: option(thinkingConfig, "`thinking_budget`, `thinking_level`, `include_thoughts`."),
	thinking_config: option(thinkingConfig, "The same as `thinking`."),
	include_thoughts: option(z.boolean(), "Show what the model thinks."),
	...reasoning(z.strictObject({ effort: z.enum(["minimal", "low", "medium", "high"]).optional() })),
});

export const grokOptions = z.strictObject({
	...common,
	...seed,
	...webSearch,
	...reasoning(z.strictObject({ effort: z.enum(["none", "low", "medium", "high", "xhigh"]).optional() })),
});

export const mistralOptions = z.strictObject({
	...common,
	...seed,
	...reasoning(z.strictObject({ effort: z.enum(["none", "high"]).optional() })),
});

export const groqOptions = z.strictObject({
	...common,
	...seed,
	...penalties,
	...webSearch,
	...reasoning(z.strictObject({ effort: z.enum(["none", "default", "low", "medium", "high"]).optional() })),
});
