/** The public names of the library: docs/library.md and docs/library-sessions.md show how they are used. */
export {
	CorruptSessionError,
	LeaseLostError,
	MassgenError,
	SessionBusyError,
	SessionError,
	StoreError,
	TimeoutError,
	UsageError,
} from "./errors.ts";
export { Agent, type AgentOptions, type ChatOptions, type ExecuteResult } from "./library/agent.ts";
export { type Client, type ClientOptions, createClient } from "./library/client.ts";
export type { Conversation, ConversationMessage, ConversationOptions } from "./library/client-conversations.ts";
export type { CreateOptions } from "./library/client-sessions.ts";
export type { Context } from "./library/context.ts";
export type { ErrorDocument, RunDocument, SessionDocument, StepDocument } from "./library/documents.ts";
export type { DeltaEvent } from "./library/event-stream.ts";
export type { ExecuteOptions } from "./library/execution.ts";
export type { SessionObject } from "./library/remembering.ts";
export { type RunOptions, type RunResult, run } from "./library/run.ts";
export { runLog } from "./library/run-log.ts";
export type { ListOptions, SessionEntry } from "./library/session-list.ts";
export { type StreamRecord, stream } from "./library/stream.ts";
export type { TeamOptions } from "./library/team.ts";
export type { LibraryTool } from "./library/tools.ts";
export { AgentSession, type SessionMessage } from "./sessions/agent-session.ts";
export { convertItems, type Dialect } from "./sessions/dialects.ts";
export { ItemSession, type ItemSessionOptions } from "./sessions/item-session.ts";
export type { Item, ItemStore, Operation, StoredSession } from "./sessions/items.ts";
export { type SavedSession, SessionManager } from "./sessions/manager.ts";
export { ConversationMemory, type MemoryState } from "./sessions/memory.ts";
export { memoryItems } from "./sessions/memory-items.ts";
export { MemorySession, type MemorySessionOptions } from "./sessions/memory-session.ts";
export type { MetricName, Metrics, RunStatus } from "./sessions/metrics.ts";
export { type RetryOptions, withRetry } from "./sessions/retry.ts";
export type { RunEvent } from "./sessions/run-events.ts";
export { sqliteItems } from "./sessions/sqlite-items.ts";
export { SqliteSession } from "./sessions/sqlite-session.ts";
export type { DirectoryOptions } from "./sessions/toon-directory.ts";
export { toonItems } from "./sessions/toon-items.ts";
export { exchanges, messages, titleOf } from "./sessions/window.ts";
