import * as z from "zod";
import { accepted, acceptedKeys, open } from "./fate.ts";
import { losses } from "./losses.ts";

const parts = (names: readonly string[]) => z.strictObject(acceptedKeys(losses.memory, "Part of MassGen's long-term memory.", names));
const nested = (schema: z.ZodType) => accepted(losses.memory, "Part of MassGen's long-term memory.", schema);

/** MassGen's `memory`, at the top level and for one agent. */
export const memoryKeys = z.strictObject({
	...acceptedKeys(losses.memory, "Switches MassGen's memory on.", ["enabled"]),
	conversation_memory: nested(parts(["enabled"])),
	persistent_memory: nested(
		z.strictObject({
			...acceptedKeys(losses.memory, "Part of MassGen's long-term memory.", [
				"enabled",
				"on_disk",
				"vector_store",
				"path",
				"agent_name",
				"session_name",
				"user_name",
			]),
			llm: nested(open),
			embedding: nested(open),
			qdrant: nested(parts(["mode", "host", "port", "path"])),
		}),
	),
	compression: nested(parts(["trigger_threshold", "target_ratio"])),
	retrieval: nested(parts(["limit", "exclude_recent"])),
	recording: nested(parts(["record_all_tool_calls", "record_reasoning"])),
});

const nlipParts = (names: readonly string[]) => z.strictObject(acceptedKeys(losses.nlip, "Part of NLIP.", names));
const nlip = (schema: z.ZodType) => accepted(losses.nlip, "Part of NLIP.", schema);

/** MassGen's `nlip`, wherever it may stand. */
export const nlipKeys = z.strictObject({
	...acceptedKeys(losses.nlip, "Part of NLIP.", ["enabled", "schema_version", "coordinate_via_nlip", "endpoint", "version"]),
	router: nlip(nlipParts(["enabled", "enable_message_tracking", "enable_state_management", "session_timeout_hours"])),
	translation: nlip(nlipParts(["enabled", "builtin_tools_enabled", "custom_tools_enabled", "mcp_enabled"])),
	tokens: nlip(nlipParts(["enabled", "auto_generate_sessions", "persist_context_tokens", "track_conversation_turns"])),
});
