import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { sessionsDirectory } from "../checkpoint/session-directory.ts";
import { SessionError } from "../errors.ts";
import { listSessions, type SessionSummary } from "../sessions/catalogue.ts";
import type { RunStatus } from "../sessions/metrics.ts";
import { statuses } from "../sessions/runs.ts";
import { type ErrorDocument, iso, kindOf, type SessionDocument, text } from "./documents.ts";
import { whole } from "./execution.ts";

export type ListOptions = {
	readonly agentId?: string;
	/** From 1 to 200; 50 if not given. */
	readonly limit?: number;
	readonly status?: RunStatus;
};

/** What a list shows of a session. `get` tells all. */
export type SessionEntry = Pick<SessionDocument, "id" | "kind" | "agent_id" | "goal" | "turns" | "created_at" | "last_activity"> & {
	readonly status: RunStatus | "damaged";
};

const mostListed = 200;

const known: ReadonlySet<string> = new Set([...Object.values(statuses), "created", "running", "interrupted"]);

type Places = { readonly cwd: string; readonly home: string };

/** The sessions of one directory, the newest first. */
export function listed(
	places: Places,
	{ agentId, limit = 50, status }: ListOptions,
	failureOf: (id: string) => ErrorDocument | undefined,
): readonly SessionEntry[] {
	if (whole(limit, "limit") > mostListed) throw wrong(`limit is ${limit}.`, `Give a whole number from 1 to ${mostListed}.`);
	if (status !== undefined && !known.has(status))
		throw wrong(`There is no status ${String(status)}.`, `There are: ${[...known].join(", ")}.`);
	return summariesIn(places)
		.map((summary) => entryOf(summary, failureOf(summary.id)))
		.filter((entry) => (agentId === undefined || entry.agent_id === agentId) && (status === undefined || entry.status === status))
		.sort((a, b) => compare(b.created_at, a.created_at) || compare(b.id, a.id))
		.slice(0, limit);
}

export function summariesIn({ cwd, home }: Places): readonly SessionSummary[] {
	if (!existsSync(cwd)) return [];
	const here = join(sessionsDirectory(realpathSync(cwd)), "");
	return listSessions({ home, here: cwd }).filter(({ directory }) => directory.startsWith(here));
}

function entryOf(summary: SessionSummary, failure: ErrorDocument | undefined): SessionEntry {
	const { id, metadata = {}, question, turns, startedAt = 0, lastActivityAt = 0 } = summary;
	return {
		id,
		kind: kindOf(metadata),
		agent_id: text(metadata.agent_id) ?? null,
		goal: question ?? text(metadata.goal) ?? null,
		status: failure ? "failed" : statusOf(summary),
		turns,
		created_at: iso(startedAt),
		last_activity: iso(lastActivityAt),
	};
}

function statusOf({ status, isClosed }: SessionSummary): SessionEntry["status"] {
	switch (status) {
		case "empty":
			return isClosed ? "cancelled" : "created";
		case "running":
		case "interrupted":
		case "damaged":
			return status;
		case "completed":
		case "failed":
		case "cancelled":
		case "timeout":
		case "budget":
		case "max-steps":
			return statuses[status];
	}
}

function compare(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}

function wrong(message: string, hint: string): SessionError {
	return new SessionError("invalid_request", message, { hint });
}
