import type { JSONObject } from "@ai-sdk/provider";
import * as z from "zod";
import type { Settings } from "./ai-sdk.ts";
import { isRecord, snakeKeys } from "./keys.ts";

/** The options that all model APIs share, read tolerantly: whoever wrote them was told of mistakes before. */
const schema = z.looseObject({
	api_key: z.string().optional(),
	base_url: z.string().optional(),
	headers: z.record(z.string(), z.string()).optional(),
	temperature: z.number().optional(),
	max_tokens: z.number().optional(),
	top_p: z.number().optional(),
	top_k: z.number().optional(),
	stop: z.union([z.string(), z.array(z.string())]).optional(),
	seed: z.number().optional(),
	frequency_penalty: z.number().optional(),
	presence_penalty: z.number().optional(),
	tool_calling: z.enum(["native", "text"]).optional(),
	extra_body: z.record(z.string(), z.unknown()).optional(),
	provider_options: z.record(z.string(), z.json()).optional(),
	reasoning: z.looseObject({ effort: z.string().optional(), summary: z.string().optional() }).optional(),
	text: z.looseObject({ verbosity: z.string().optional() }).optional(),
	enable_web_search: z.boolean().optional(),
	enable_code_interpreter: z.boolean().optional(),
	enable_code_execution: z.boolean().optional(),
});

export type Parameters = z.infer<typeof schema>;

export function parameters(options: Readonly<Record<string, unknown>>): Parameters {
	return schema.parse(snakeKeys(options));
}

/** Those that the provider packages have names for. */
export function settings(given: Parameters): Settings {
	const { temperature, max_tokens, top_p, top_k, stop, seed, frequency_penalty, presence_penalty } = given;
	return {
		...(temperature === undefined ? {} : { temperature }),
		...(max_tokens === undefined ? {} : { maxOutputTokens: max_tokens }),
		...(top_p === undefined ? {} : { topP: top_p }),
		...(top_k === undefined ? {} : { topK: top_k }),
		...(stop === undefined ? {} : { stopSequences: [stop].flat() }),
		...(seed === undefined ? {} : { seed }),
		...(frequency_penalty === undefined ? {} : { frequencyPenalty: frequency_penalty }),
		...(presence_penalty === undefined ? {} : { presencePenalty: presence_penalty }),
	};
}

/** The user's `provider_options`, written with or without the provider's name around them. */
export function ownOptions(given: Parameters, namespace: string): JSONObject {
	const options = given.provider_options ?? {};
	const inner = options[namespace];
	return Object.keys(options).length === 1 && isRecord(inner) ? inner : options;
}
