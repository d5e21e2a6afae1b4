import type { ToolSpec } from "../core/conversation.ts";
import type { AgentId } from "../core/types.ts";

/**
 * Something an agent can do besides writing. `run`
 * - must resolve, never reject: a failure is a result with `isError`, in words a model can act on;
 * - must stop when `signal` aborts;
 * - may be called again for the same call after a crash only if `readOnly` is true.
 */
export type Tool = {
	readonly spec: ToolSpec;
	/** It changes nothing, inside or outside: running it twice is harmless. */
	readonly readOnly: boolean;
	/** Its own time limit in milliseconds, if the common one does not fit. */
	readonly timeoutMs?: number;
	run(input: Readonly<Record<string, unknown>>, context: ToolContext): Promise<{ output: string; isError: boolean }>;
};

export type ToolContext = { readonly agent: AgentId; readonly call: string; readonly signal: AbortSignal; readonly workspace?: string };
