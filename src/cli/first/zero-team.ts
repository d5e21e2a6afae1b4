/** A question without any configuration: a team of what is there. */
import { readVariables } from "../../config/environment.ts";
import type { Json } from "../../config/normalize.ts";
import { quickConfig } from "../../config/quick.ts";
import type { Environment } from "../../config/values.ts";
import { type Choice, zeroTeam } from "../../config/zero.ts";
import { MassgenError } from "../../errors.ts";
import { shellWord } from "../shell-word.ts";
import { glanceAround } from "./look-around.ts";

type Around = { readonly env: Environment; readonly cwd: string; readonly home: string; readonly warn: (text: string) => void };

type Asked = { readonly question: string | undefined; readonly simulate: boolean; readonly quiet: boolean };

/** The configuration of that team; says who is in it and why. A rehearsal needs nobody. */
export async function teamOfWhatIsThere({ question, simulate, quiet }: Asked, around: Around): Promise<Json> {
	if (simulate) return quickConfig({ backend: "simulated", agents: 3 });
	const { env } = readVariables(around);
	const team = zeroTeam(await glanceAround(env));
	if (!team) throw nothingFound(question);
	if (!quiet) around.warn(introduction(team.members));
	return team.config;
}

function introduction(members: readonly Choice[]): string {
	const [only] = members;
	const lines = members.map(({ label, reason }) => `  ${label} (${reason})`);
	const size = members.length > 1 || only?.model === undefined ? "" : ", three times";
	return `No configuration: the team is what was found here${size}.\n${lines.join("\n")}\nKeep or change it: massgen --init`;
}

/** What to set up, and what works without. */
export function nothingFound(question: string | undefined): MassgenError {
	const asked = question === undefined || question === "-" || question.trim() === "" ? '"your question"' : shellWord(question);
	return new MassgenError("model-none", "No model was found: no key in the environment or in .env, no local server, no coding CLI.", {
		hint: [
			"  a key          massgen --setup stores one, or put OPENAI_API_KEY=... (ANTHROPIC_API_KEY, GEMINI_API_KEY, ...) into .env",
			"  a local model  install Ollama, then: ollama pull qwen3:4b",
			"  a coding CLI   install one of Claude Code, Codex, Gemini CLI, OpenCode, and log in",
			`  just a look    massgen --simulate ${asked}   (simulated agents: no key, no cost)`,
			"massgen doctor shows what was looked for.",
		].join("\n"),
	});
}
