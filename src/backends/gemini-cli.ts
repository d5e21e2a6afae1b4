import type { Backend, BackendSetup } from "./backend.ts";
import { cliAgent } from "./cli-agent.ts";
import { count, type Dialect, oneLine, type Sign, text, toolLine } from "./cli-dialect.ts";
import { cliPrograms } from "./cli-programs.ts";
import { type CliSettings, cliSettings, flag, word, words } from "./cli-settings.ts";
import { isRecord } from "./keys.ts";

/** Gemini CLI: `gemini --output-format stream-json`, without a terminal. */
export function create(setup: BackendSetup): Backend {
	const settings = cliSettings(setup);
	return cliAgent(dialect(settings), setup, settings);
}

function dialect(settings: CliSettings): Dialect {
	const { options, model } = settings;
	return {
		...cliPrograms.gemini_cli,
		command: settings.command ?? cliPrograms.gemini_cli.command,
		output: "json",
		completeOn: "line",
		sessionLost: /invalid session identifier|no previous sessions|error resuming session/i,
		invocation: (prompt, session) => ({
			args: [
				...["--output-format", "stream-json"],
				...flag("--approval-mode", word(options.approvalMode) ?? "auto_edit"),
				...flag("--model", model),
				...flag("--include-directories", words(options.includeDirectories).join(",")),
				...settings.args,
				...flag("--resume", session),
			],
			// It would read the file that an @ names, also one in another agent's answer.
			stdin: prompt.replaceAll("@", "\\@"),
			// Without it, it refuses to work in a directory that it was never told to trust.
			env: { GEMINI_CLI_TRUST_WORKSPACE: settings.env.GEMINI_CLI_TRUST_WORKSPACE ?? "true" },
		}),
		read,
	};
}

function read(line: Readonly<Record<string, unknown>>): readonly Sign[] {
	switch (line.type) {
		case "init": {
			const id = text(line.session_id);
			return id === undefined ? [] : [{ kind: "session", id }];
		}
		case "message": {
			const said = text(line.content);
			if (line.role !== "assistant" || said === undefined) return [];
			return [{ kind: line.delta === true ? "chunk" : "message", text: said }];
		}
		case "tool_use":
			return [{ kind: "tool", text: toolLine(text(line.tool_name) ?? "tool", line.parameters), isRunning: true }];
		case "error":
			return [{ kind: "progress", text: oneLine(text(line.message) ?? "error") }];
		case "result": {
			const spent: readonly Sign[] = isRecord(line.stats) ? [usage(line.stats)] : [];
			if (line.status === "success") return [...spent, { kind: "done" }];
			return [...spent, { kind: "failed", problem: (isRecord(line.error) ? text(line.error.message) : undefined) ?? "it gave no reason" }];
		}
		default:
			return [];
	}
}

/** Thinking is only in the total. */
function usage(stats: Readonly<Record<string, unknown>>): Sign {
	const input = count(stats.input_tokens);
	const reasoning = Math.max(0, count(stats.total_tokens) - input - count(stats.output_tokens));
	return { kind: "spent", usage: { input, output: count(stats.output_tokens) + reasoning, cached: count(stats.cached), reasoning } };
}
