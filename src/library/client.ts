import { Agent } from "./agent.ts";
import { Conversations } from "./client-conversations.ts";
import { ClientMetrics } from "./client-metrics.ts";
import { ClientSessions } from "./client-sessions.ts";
import { Registry } from "./registry.ts";
import type { SetupOptions } from "./setup.ts";

export type ClientOptions = Omit<SetupOptions, "agents"> & {
	/** The agents that can be named; the first one is taken if none is. Without them: one, made from the other options. */
	readonly agents?: readonly Agent[];
};

/**
 * Sessions that run in the background, conversations, and their numbers, for all sessions of one directory. Its documents
 * have the shape in which an HTTP server gives them.
 */
export type Client = {
	readonly sessions: ClientSessions;
	readonly conversations: Conversations;
	readonly metrics: ClientMetrics;
	/** Interrupts what still runs here, and waits until it is saved. It can be resumed. */
	close(): Promise<void>;
};

export function createClient({ agents, ...options }: ClientOptions = {}): Client {
	const given = agents === undefined || agents.length === 0 ? [new Agent(options)] : agents;
	const registry = new Registry(
		given.map(({ setup }) => setup),
		options,
	);
	const sessions = new ClientSessions(registry);
	return {
		sessions,
		conversations: new Conversations(registry),
		metrics: new ClientMetrics(registry),
		close: () => sessions.close(),
	};
}
