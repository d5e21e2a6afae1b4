import { basename } from "node:path";
import type { Usage } from "../core/conversation.ts";
import type { Backend, BackendSetup } from "./backend.ts";
import { cliAgent } from "./cli-agent.ts";
import { count, type Dialect, oneLine, type Sign } from "./cli-dialect.ts";
import { cliPrograms } from "./cli-programs.ts";
import { cliSettings, word, words } from "./cli-settings.ts";
import { isRecord } from "./keys.ts";

/**
 * Any program as an agent: the prompt on its standard input or as an argument, the reply as text or JSON lines on its
 * standard output. It has finished when it exits with 0.
 */
export function create(setup: BackendSetup): Backend {
	const settings = cliSettings(setup);
	const { options, args } = settings;
	const resume = words(options.resumeArgs);
	const asArgument = options.prompt === "argument";
	const paths = { text: word(options.textPath) ?? "text", session: word(options.sessionPath), usage: word(options.usagePath) };
	const command = settings.command ?? "";
	const dialect: Dialect = {
		...cliPrograms.command,
		title: basename(command),
		command,
		output: options.output === "jsonl" ? "json" : "text",
		completeOn: "exit",
		invocation: (prompt, session) => {
			const all = [...args, ...(session === undefined ? [] : resume)].map((arg) => arg.replaceAll("{session}", session ?? ""));
			if (!asArgument) return { args: all, stdin: prompt };
			return {
				args: all.some((arg) => arg.includes("{prompt}")) ? all.map((arg) => arg.replaceAll("{prompt}", () => prompt)) : [...all, prompt],
			};
		},
		read: (line) => read(line, paths),
	};
	return cliAgent(dialect, setup, settings);
}

type Paths = { readonly text: string; readonly session: string | undefined; readonly usage: string | undefined };

function read(line: Readonly<Record<string, unknown>>, paths: Paths): readonly Sign[] {
	const text = at(line, paths.text);
	const session = paths.session === undefined ? undefined : at(line, paths.session);
	const usage = paths.usage === undefined ? undefined : at(line, paths.usage);
	const signs: Sign[] = [];
	if (typeof session === "string") signs.push({ kind: "session", id: session });
	if (typeof text === "string") signs.push({ kind: "text", text });
	if (isRecord(usage)) signs.push({ kind: "spent", usage: usageOf(usage) });
	return signs.length > 0 ? signs : [{ kind: "progress", text: oneLine(JSON.stringify(line)) }];
}

/** The value at a dotted path: `message.content.0.text`. */
function at(value: unknown, path: string): unknown {
	return path.split(".").reduce<unknown>((inner, key) => {
		if (Array.isArray(inner)) return inner[Number(key)];
		return isRecord(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined;
	}, value);
}

/** The names that programs use for the same thing. */
function usageOf(usage: Readonly<Record<string, unknown>>): Usage {
	const first = (...keys: string[]) => count(keys.map((key) => usage[key]).find((value) => typeof value === "number"));
	return {
		input: first("input_tokens", "prompt_tokens", "inputTokens", "input"),
		output: first("output_tokens", "completion_tokens", "outputTokens", "output"),
		cached: first("cached_input_tokens", "cached_tokens", "cachedTokens", "cached"),
		reasoning: first("reasoning_output_tokens", "reasoning_tokens", "reasoningTokens", "reasoning"),
	};
}
