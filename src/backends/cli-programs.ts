/** How the CLI agents are called, got and logged in to: for messages, the table of backends and their detection. */
export type CliProgram = { readonly title: string; readonly command: string; readonly install: string; readonly login: string };

export const cliPrograms = {
	claude_code: {
		title: "Claude Code",
		command: "claude",
		install: "Install it: npm install -g @anthropic-ai/claude-code",
		login: "Log in: run `claude` and type /login, or set ANTHROPIC_API_KEY.",
	},
	codex: {
		title: "Codex",
		command: "codex",
		install: "Install it: npm install -g @openai/codex",
		login: "Log in: codex login",
	},
	gemini_cli: {
		title: "Gemini CLI",
		command: "gemini",
		install: "Install it: npm install -g @google/gemini-cli",
		login: "Log in: run `gemini` once and choose an account, or set GEMINI_API_KEY.",
	},
	opencode: {
		title: "OpenCode",
		command: "opencode",
		install: "Install it: npm install -g opencode-ai",
		login: "Log in: opencode auth login",
	},
	command: {
		title: "Command",
		command: "",
		install: "Put the program on the PATH, or give its path in `command`.",
		login: "Log the program in as its documentation says.",
	},
} as const satisfies Readonly<Record<string, CliProgram>>;
