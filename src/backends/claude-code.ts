import type { Usage } from "../core/conversation.ts";
import type { Backend, BackendSetup } from "./backend.ts";
import { cliAgent } from "./cli-agent.ts";
import { count, type Dialect, type Sign, text, toolLine } from "./cli-dialect.ts";
import { cliPrograms } from "./cli-programs.ts";
import { type CliSettings, cliSettings, flag, word, words } from "./cli-settings.ts";
import { isRecord } from "./keys.ts";

/** Claude Code: `claude -p`, its events as JSON lines. */
export function create(setup: BackendSetup): Backend {
	const settings = cliSettings(setup);
	return cliAgent(dialect(settings), setup, settings);
}

function dialect(settings: CliSettings): Dialect {
	const { options, model } = settings;
	const thinking = options.maxThinkingTokens;
	return {
		...cliPrograms.claude_code,
		command: settings.command ?? cliPrograms.claude_code.command,
		output: "json",
		completeOn: "line",
		sessionLost: /no conversation found|requires a valid session/i,
		invocation: (prompt, session) => ({
			args: [
				...["--print", "--output-format", "stream-json", "--verbose", "--include-partial-messages"],
				...flag("--permission-mode", word(options.permissionMode) ?? "acceptEdits"),
				...flag("--model", model),
				...flag("--max-turns", typeof options.maxTurns === "number" ? options.maxTurns : undefined),
				...flag("--allowedTools", words(options.allowedTools).join(",")),
				...flag("--disallowedTools", words(options.disallowedTools).join(",")),
				...settings.args,
				...flag("--resume", session),
			],
			stdin: prompt,
			env: {
				// It refuses to start inside itself; massgen may well have been started by it.
				CLAUDECODE: undefined,
				CLAUDE_CODE_ENTRYPOINT: undefined,
				CLAUDE_CODE_SESSION_ACCESS_TOKEN: undefined,
				...(typeof thinking === "number" ? { MAX_THINKING_TOKENS: String(thinking) } : {}),
			},
		}),
		read,
	};
}

function read(line: Readonly<Record<string, unknown>>): readonly Sign[] {
	// What its own helpers say is their business, but it shows that it is alive.
	const isHelper = typeof line.parent_tool_use_id === "string";
	switch (line.type) {
		case "system": {
			const id = line.subtype === "init" ? text(line.session_id) : undefined;
			return id === undefined ? [] : [{ kind: "session", id }];
		}
		case "stream_event":
			return isHelper ? [] : delta(line.event);
		case "assistant":
			return blocks(line.message).flatMap((block): readonly Sign[] => {
				if (block.type === "tool_use") return [{ kind: "tool", text: toolLine(text(block.name) ?? "tool", block.input), isRunning: true }];
				const said = block.type === "text" ? text(block.text) : undefined;
				return said === undefined || isHelper ? [] : [{ kind: "message", text: said }];
			});
		case "result":
			return result(line);
		default:
			return [];
	}
}

function blocks(message: unknown): readonly Record<string, unknown>[] {
	return isRecord(message) && Array.isArray(message.content) ? message.content.filter(isRecord) : [];
}

function delta(event: unknown): readonly Sign[] {
	if (!isRecord(event) || event.type !== "content_block_delta" || !isRecord(event.delta)) return [];
	const said = text(event.delta.text);
	const thought = text(event.delta.thinking);
	if (said !== undefined) return [{ kind: "chunk", text: said }];
	return thought === undefined ? [] : [{ kind: "thought", text: thought }];
}

function result(line: Readonly<Record<string, unknown>>): readonly Sign[] {
	const usage = usageOf(line);
	const spent: Sign = {
		kind: "spent",
		...(usage ? { usage } : {}),
		...(typeof line.total_cost_usd === "number" ? { costUsd: line.total_cost_usd } : {}),
	};
	const reply = text(line.result);
	if (line.subtype === "success" && line.is_error !== true) {
		return [spent, { kind: "done", truncated: line.stop_reason === "max_tokens", ...(reply === undefined ? {} : { text: reply }) }];
	}
	const errors = Array.isArray(line.errors) ? line.errors.filter((error) => typeof error === "string").join("\n") : "";
	const turns = line.subtype === "error_max_turns" ? "it used up its turns (max_turns)" : undefined;
	return [spent, { kind: "failed", problem: reply || errors || turns || (text(line.subtype) ?? "it gave no reason") }];
}

/** All models that it used, its helpers' too; in older versions only the main one is told. */
function usageOf(line: Readonly<Record<string, unknown>>): Usage | undefined {
	const models = isRecord(line.modelUsage) ? Object.values(line.modelUsage).filter(isRecord) : [];
	if (models.length > 0) {
		const sum = (key: string) => models.reduce((total, model) => total + count(model[key]), 0);
		const cached = sum("cacheReadInputTokens");
		return { input: sum("inputTokens") + sum("cacheCreationInputTokens") + cached, output: sum("outputTokens"), cached, reasoning: 0 };
	}
	const usage = line.usage;
	if (!isRecord(usage)) return undefined;
	const cached = count(usage.cache_read_input_tokens);
	const input = count(usage.input_tokens) + count(usage.cache_creation_input_tokens) + cached;
	return { input, output: count(usage.output_tokens), cached, reasoning: 0 };
}
