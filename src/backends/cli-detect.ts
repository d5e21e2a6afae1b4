import { stat } from "node:fs/promises";
import { homedir, platform } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { BackendSetup } from "./backend.ts";
import { cliPrograms } from "./cli-programs.ts";
import { findCommand } from "./cli-which.ts";

type Environment = BackendSetup["env"];

/** A CLI agent on this machine. `login` is `unknown` where only asking its provider would tell. */
export type DetectedCli = {
	/** Name of its row in the table of backends. */
	readonly name: DetectableCli;
	readonly title: string;
	readonly command: string;
	/** Where it is; absent if it is not installed. */
	readonly path?: string;
	readonly version?: string;
	readonly login: "yes" | "no" | "unknown";
	/** What to type, if it is not installed or not logged in. */
	readonly hint?: string;
};

export type DetectableCli = "claude_code" | "codex" | "gemini_cli" | "opencode";

const names: readonly DetectableCli[] = ["claude_code", "codex", "gemini_cli", "opencode"];

type DetectOptions = {
	readonly env: Environment;
	readonly which?: Which;
	/** Asking a program for its version starts it, which takes a while. */
	readonly versions?: boolean;
	/** How long a program that is asked something may take. */
	readonly patienceMs?: number;
};

/**
 * Which CLI agents are installed, and logged in as far as that can be seen without a model call: a key in the environment,
 * or their own file of credentials. What those files hold is not read.
 */
export function detectClis({
	env,
	which = (command) => findCommand(command, env, "."),
	...how
}: DetectOptions): Promise<readonly DetectedCli[]> {
	const { versions = true, patienceMs = 5000 } = how;
	return Promise.all(names.map((name) => detect(name, which, { env, versions, patienceMs })));
}

export type Which = (command: string) => Promise<string | undefined>;

type Asking = { readonly env: Environment; readonly versions: boolean; readonly patienceMs: number };

async function detect(name: DetectableCli, which: Which, asking: Asking): Promise<DetectedCli> {
	const { title, command, install, login: loginHint } = cliPrograms[name];
	const path = await which(command);
	if (path === undefined) return { name, title, command, login: "unknown", hint: install };
	const [version, login] = await Promise.all([asking.versions ? versionOf(path, asking) : undefined, loginOf[name](asking, path)]);
	return { name, title, command, path, login, ...(version ? { version } : {}), ...(login === "no" ? { hint: loginHint } : {}) };
}

const loginOf: Readonly<Record<DetectableCli, (asking: Asking, path: string) => Promise<DetectedCli["login"]>>> = {
	async claude_code({ env }) {
		if (
			isSet(
				env,
				"ANTHROPIC_API_KEY",
				"ANTHROPIC_AUTH_TOKEN",
				"CLAUDE_CODE_OAUTH_TOKEN",
				"CLAUDE_CODE_USE_BEDROCK",
				"CLAUDE_CODE_USE_VERTEX",
			)
		)
			return "yes";
		if (await holds(join(env.CLAUDE_CONFIG_DIR ?? join(home(env), ".claude"), ".credentials.json"))) return "yes";
		// On a Mac the credentials are in the keychain.
		return platform() === "linux" ? "no" : "unknown";
	},
	async codex(asking, path) {
		const { env } = asking;
		if (isSet(env, "CODEX_API_KEY")) return "yes";
		if (await holds(join(env.CODEX_HOME ?? join(home(env), ".codex"), "auth.json"))) return "yes";
		const { exitCode, failed, timedOut } = await ask(path, ["login", "status"], asking);
		return timedOut || exitCode === undefined ? "unknown" : failed ? "no" : "yes";
	},
	async gemini_cli({ env }) {
		if (isSet(env, "GEMINI_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI", "GOOGLE_GENAI_USE_GCA")) return "yes";
		return (await holds(join(env.GEMINI_CLI_HOME ?? home(env), ".gemini", "oauth_creds.json"))) ? "yes" : "unknown";
	},
	async opencode({ env }) {
		const data = env.XDG_DATA_HOME ?? join(home(env), ".local", "share");
		// Without a login it may still have free models, or a key of another provider.
		return (await holds(join(data, "opencode", "auth.json"))) ? "yes" : "unknown";
	},
};

async function versionOf(path: string, asking: Asking): Promise<string | undefined> {
	const { stdout, failed } = await ask(path, ["--version"], asking);
	return failed ? undefined : /\d+\.\d+[\w.+-]*/.exec(stdout)?.[0];
}

function ask(path: string, args: readonly string[], { env, patienceMs }: Asking) {
	return execa(path, args, { env: { ...env }, extendEnv: false, reject: false, stdin: "ignore", timeout: patienceMs, maxBuffer: 100_000 });
}

function isSet(env: Environment, ...variables: readonly string[]): boolean {
	return variables.some((variable) => Boolean(env[variable]));
}

function home(env: Environment): string {
	return env.HOME ?? env.USERPROFILE ?? homedir();
}

/** There is a file with more in it than an empty object. */
async function holds(path: string): Promise<boolean> {
	try {
		return (await stat(path)).size > 4;
	} catch {
		return false;
	}
}
