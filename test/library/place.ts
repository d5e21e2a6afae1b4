import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Script } from "../../src/backends/simulated-options.ts";

/** A directory of its own, as home and as working directory, and an empty environment. */
export function place() {
	const directory = mkdtempSync(join(tmpdir(), "massgen-library-"));
	return { directory, home: directory, env: {} };
}

const fast = { time_to_first_token_ms: 0, tokens_per_second: 100_000 };

/** One agent that does what the script says, turn by turn the same. */
export function scripted(script: Script, more: Readonly<Record<string, unknown>> = {}) {
	return { agents: [{ id: "writer", ...more, backend: { type: "simulated", script, profile: fast } }] };
}

/** So many agents that answer and vote by themselves. */
export function team(count: number) {
	return { agents: Array.from({ length: count }, (_, index) => ({ id: `a${index + 1}`, backend: { type: "simulated", profile: fast } })) };
}

/** It starts an answer and does not end it before it is stopped. */
export const endless = scripted([{ say: "Thinking about it" }, { wait: 600_000 }, { say: "too late" }]);
