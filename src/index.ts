/** The public names of the library. `docs/library-sessions.md` shows how those of sessions are used. */
export {
	CorruptSessionError,
	LeaseLostError,
	MassgenError,
	SessionBusyError,
	SessionError,
	StoreError,
	UsageError,
} from "./errors.ts";
export { type RunOptions, type RunResult, run } from "./library/run.ts";
export { type StreamRecord, stream } from "./library/stream.ts";
export type { TeamOptions } from "./library/team.ts";
export { AgentSession, type SessionMessage } from "./sessions/agent-session.ts";
export { convertItems, type Dialect } from "./sessions/dialects.ts";
export { ItemSession, type ItemSessionOptions } from "./sessions/item-session.ts";
export type { Item, ItemStore, Operation, StoredSession } from "./sessions/items.ts";
export { type SavedSession, SessionManager } from "./sessions/manager.ts";
export { ConversationMemory, type MemoryState } from "./sessions/memory.ts";
export { memoryItems } from "./sessions/memory-items.ts";
export { MemorySession, type MemorySessionOptions } from "./sessions/memory-session.ts";
export { type RetryOptions, withRetry } from "./sessions/retry.ts";
export { sqliteItems } from "./sessions/sqlite-items.ts";
export { SqliteSession } from "./sessions/sqlite-session.ts";
export type { DirectoryOptions } from "./sessions/toon-directory.ts";
export { toonItems } from "./sessions/toon-items.ts";
export { exchanges, messages, titleOf } from "./sessions/window.ts";
