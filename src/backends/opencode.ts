import type { Backend, BackendSetup } from "./backend.ts";
import { cliAgent } from "./cli-agent.ts";
import { count, type Dialect, type Sign, text, toolLine } from "./cli-dialect.ts";
import { cliPrograms } from "./cli-programs.ts";
import { type CliSettings, cliSettings, flag, word } from "./cli-settings.ts";
import { isRecord } from "./keys.ts";

/** OpenCode: `opencode run --format json`. Its models are named `provider/model`. */
export function create(setup: BackendSetup): Backend {
	const settings = cliSettings(setup);
	return cliAgent(dialect(settings), setup, settings);
}

function dialect(settings: CliSettings): Dialect {
	const { options, model } = settings;
	return {
		...cliPrograms.opencode,
		command: settings.command ?? cliPrograms.opencode.command,
		output: "json",
		completeOn: "line",
		sessionLost: /session not found/i,
		invocation: (prompt, session) => ({
			args: [
				...["run", "--format", "json"],
				...flag("--model", model),
				...flag("--agent", word(options.agent)),
				...flag("--variant", word(options.variant)),
				...settings.args,
				...flag("--session", session),
			],
			stdin: prompt,
		}),
		read,
	};
}

function read(line: Readonly<Record<string, unknown>>): readonly Sign[] {
	// Every line names the session; only a new name is told on.
	const id = text(line.sessionID);
	return [...(id === undefined ? [] : [{ kind: "session", id } as const]), ...told(line)];
}

function told(line: Readonly<Record<string, unknown>>): readonly Sign[] {
	const part = isRecord(line.part) ? line.part : {};
	const said = text(part.text);
	switch (line.type) {
		case "text":
			return said === undefined ? [] : [{ kind: "message", text: said }];
		case "reasoning":
			return said === undefined ? [] : [{ kind: "thought", text: `${said}\n` }];
		case "tool_use":
			return [
				{ kind: "tool", text: toolLine(text(part.tool) ?? "tool", isRecord(part.state) ? part.state.input : undefined), isRunning: false },
			];
		case "step_finish":
			// A step that ends for tools is followed by another one.
			return [
				spent(part),
				...(part.reason === "stop" || part.reason === "length" ? [{ kind: "done", truncated: part.reason === "length" } as const] : []),
			];
		case "error":
			return [{ kind: "failed", problem: problemOf(line.error) }];
		default:
			return [];
	}
}

/** Its input is without what came from the cache, its output without reasoning. */
function spent(part: Readonly<Record<string, unknown>>): Sign {
	const cost = typeof part.cost === "number" ? { costUsd: part.cost } : {};
	if (!isRecord(part.tokens)) return { kind: "spent", ...cost };
	const { tokens } = part;
	const cache = isRecord(tokens.cache) ? tokens.cache : {};
	const cached = count(cache.read);
	const reasoning = count(tokens.reasoning);
	return {
		kind: "spent",
		usage: { input: count(tokens.input) + count(cache.write) + cached, output: count(tokens.output) + reasoning, cached, reasoning },
		...cost,
	};
}

function problemOf(error: unknown): string {
	if (!isRecord(error)) return text(error) ?? "it gave no reason";
	const message = isRecord(error.data) ? text(error.data.message) : text(error.message);
	return [text(error.name), message].filter((part) => part !== undefined).join(": ") || "it gave no reason";
}
