import type { Backend, BackendSetup } from "./backend.ts";
import { cliAgent } from "./cli-agent.ts";
import { count, type Dialect, oneLine, type Sign, text, toolLine } from "./cli-dialect.ts";
import { cliPrograms } from "./cli-programs.ts";
import { type CliSettings, cliSettings, flag, word } from "./cli-settings.ts";
import { isRecord } from "./keys.ts";

/** Codex: `codex exec --json`. */
export function create(setup: BackendSetup): Backend {
	const settings = cliSettings(setup);
	return cliAgent(dialect(settings), setup, settings);
}

function dialect(settings: CliSettings): Dialect {
	const { options, model } = settings;
	const overrides = isRecord(options.config)
		? Object.entries(options.config).map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`)
		: [];
	const effort = word(options.reasoningEffort);
	if (effort) overrides.push(`model_reasoning_effort="${effort}"`);
	return {
		...cliPrograms.codex,
		command: settings.command ?? cliPrograms.codex.command,
		output: "json",
		completeOn: "line",
		countsSession: true,
		sessionLost: /no rollout found|(thread|session|conversation)\b.{0,60}not found|no saved session/i,
		invocation: (prompt, session) => ({
			args: [
				...["exec", "--json", "--color", "never", "--skip-git-repo-check"],
				...flag("--sandbox", word(options.sandbox) ?? "workspace-write"),
				...flag("--model", model),
				...flag("--profile", word(options.profile)),
				...overrides.flatMap((override) => ["-c", override]),
				...settings.args,
				...(session === undefined ? [] : ["resume", session]),
				"-",
			],
			stdin: prompt,
		}),
		read,
	};
}

function read(line: Readonly<Record<string, unknown>>): readonly Sign[] {
	switch (line.type) {
		case "thread.started": {
			const id = text(line.thread_id);
			return id === undefined ? [] : [{ kind: "session", id }];
		}
		case "item.started":
			return isRecord(line.item) ? begun(line.item) : [];
		case "item.completed":
			return isRecord(line.item) ? completed(line.item) : [];
		case "turn.completed":
			return [...(isRecord(line.usage) ? [spent(line.usage)] : []), { kind: "done" }];
		case "turn.failed":
			return [{ kind: "failed", problem: (isRecord(line.error) ? text(line.error.message) : undefined) ?? "it gave no reason" }];
		case "error": {
			// It may still recover: a turn that completes later makes up for it.
			const problem = text(line.message) ?? "it gave no reason";
			return [
				{ kind: "progress", text: oneLine(problem) },
				{ kind: "failed", problem },
			];
		}
		default:
			return [];
	}
}

function begun(item: Readonly<Record<string, unknown>>): readonly Sign[] {
	switch (item.type) {
		case "command_execution":
			return [{ kind: "tool", text: oneLine(`$ ${text(item.command) ?? ""}`), isRunning: true }];
		case "mcp_tool_call":
			return [
				{ kind: "tool", text: toolLine(`${text(item.server) ?? "mcp"}.${text(item.tool) ?? "tool"}`, item.arguments), isRunning: true },
			];
		case "web_search":
			return [{ kind: "tool", text: oneLine(`search: ${text(item.query) ?? ""}`), isRunning: true }];
		default:
			return [];
	}
}

function completed(item: Readonly<Record<string, unknown>>): readonly Sign[] {
	const said = text(item.text);
	switch (item.type) {
		case "agent_message":
			return said === undefined ? [] : [{ kind: "message", text: said }];
		case "reasoning":
			return said === undefined ? [] : [{ kind: "thought", text: `${said}\n` }];
		case "file_change": {
			const changes = Array.isArray(item.changes) ? item.changes.filter(isRecord) : [];
			return changes.map((change) => ({
				kind: "tool",
				text: oneLine(`${text(change.kind) ?? "change"} ${text(change.path) ?? ""}`),
				isRunning: false,
			}));
		}
		case "error":
			return [{ kind: "progress", text: oneLine(text(item.message) ?? "error") }];
		default:
			return [];
	}
}

/** Its own counts: cached is part of input, reasoning part of output; all of the session so far. */
function spent(usage: Readonly<Record<string, unknown>>): Sign {
	return {
		kind: "spent",
		usage: {
			input: count(usage.input_tokens),
			output: count(usage.output_tokens),
			cached: count(usage.cached_input_tokens),
			reasoning: count(usage.reasoning_output_tokens),
		},
	};
}
