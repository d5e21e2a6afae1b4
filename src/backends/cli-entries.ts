import * as z from "zod";
import type { BackendEntry, Capability } from "./backend.ts";
import { cliPrograms } from "./cli-programs.ts";

/** The rows of the CLI agents in the table of backends. */
const capabilities: readonly Capability[] = ["tools", "workspace", "own-tools", "files", "code-execution"];

const text = z.string().min(1);

/** What every CLI agent can be told. */
const common = {
	cwd: text
		.optional()
		.describe("A directory of yours that it works in: absolute, or beginning with a dot or ~. Otherwise it has a workspace of its own."),
	args: z.array(z.string()).default([]).describe("More arguments for the program, put after ours."),
	env: z.record(z.string(), z.string()).default({}).describe("Variables added to its environment."),
};

const program = { command: text.optional().describe("Another program than the usual one: name or path.") };

const claudeCode = z.strictObject({
	...common,
	...program,
	permission_mode: z.enum(["default", "acceptEdits", "plan", "bypassPermissions", "dontAsk", "auto"]).default("acceptEdits"),
	allowed_tools: z.array(text).default([]).describe("Tools that it may use without being asked, as in `Bash(npm test:*)`."),
	disallowed_tools: z.array(text).default([]).describe("Tools that it does not get."),
	max_thinking_tokens: z.int().min(0).optional(),
	max_turns: z.int().min(1).optional().describe("Model calls that it may make for one prompt."),
});

const codex = z.strictObject({
	...common,
	...program,
	sandbox: z.enum(["read-only", "workspace-write", "danger-full-access"]).default("workspace-write"),
	reasoning_effort: text.optional().describe("minimal, low, medium, high or xhigh: as far as the model knows them."),
	profile: text.optional().describe("A profile of its own configuration."),
	config: z
		.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
		.default({})
		.describe("Keys of its own configuration, as with its flag -c."),
});

const geminiCli = z.strictObject({
	...common,
	...program,
	approval_mode: z.enum(["default", "auto_edit", "yolo", "plan"]).default("auto_edit"),
	include_directories: z.array(text).default([]).describe("More directories that it may read."),
});

const opencode = z.strictObject({
	...common,
	...program,
	agent: text.optional().describe("One of its own agents, such as build or plan."),
	variant: text.optional().describe("Reasoning effort, as far as the model has it."),
});

const command = z.strictObject({
	...common,
	command: text.describe("The program: name or path."),
	prompt: z
		.enum(["stdin", "argument"])
		.default("stdin")
		.describe("Where it gets the prompt: `argument` replaces {prompt} in args, or adds it."),
	output: z.enum(["text", "jsonl"]).default("text"),
	text_path: text.default("text").describe("Where a JSON line holds a piece of the reply, as in message.content."),
	session_path: text.optional().describe("Where a JSON line holds the program's own session."),
	usage_path: text.optional().describe("Where a JSON line holds the tokens it used."),
	resume_args: z.array(text).default([]).describe("Arguments that go on with {session}."),
});

/** No row names a key variable: these agents are logged in by themselves, a key in the environment is one way of several. */
export const cliEntries: readonly BackendEntry[] = [
	{ ...row("claude_code"), options: claudeCode, load: () => import("./claude-code.ts") },
	{ ...row("codex"), options: codex, load: () => import("./codex.ts") },
	{ ...row("gemini_cli"), options: geminiCli, load: () => import("./gemini-cli.ts") },
	{ ...row("opencode"), options: opencode, load: () => import("./opencode.ts") },
	{ ...row("command"), title: "Any program", options: command, load: () => import("./command.ts") },
];

function row(name: keyof typeof cliPrograms) {
	return { name, title: cliPrograms[name].title, kind: "cli", capabilities } as const;
}
