import { appendFile, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { StoreError } from "../errors.ts";
import type { SessionDocument } from "./documents.ts";

const columns = [
	"session_id",
	"agent_id",
	"kind",
	"status",
	"error",
	"turns",
	"tokens_used",
	"input_tokens",
	"output_tokens",
	"tool_calls",
	"duration_ms",
] as const;

/** For `onRunEnd`: adds one line of JSON per run to a file. What was said is not in it, only what it came to. */
export function runLog(path: string): (document: SessionDocument) => Promise<void> {
	return async (document) => {
		const { ended_at, last_activity } = document;
		const line = { at: ended_at ?? last_activity, ...Object.fromEntries(columns.map((name) => [name, document[name]])) };
		try {
			await mkdir(dirname(path), { recursive: true });
			await appendFile(path, `${JSON.stringify(line)}\n`);
		} catch (cause) {
			throw new StoreError(`The log of runs cannot be written to ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
				cause,
			});
		}
	};
}
