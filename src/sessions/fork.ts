import type { SessionStore } from "../checkpoint/log.ts";
import type { Recorded, Unsaved } from "../core/events.ts";
import { SessionError } from "../errors.ts";

/**
 * Makes an empty log the continuation of another: everything up to the end of a turn, by default of the last one that has
 * ended. What is open stays with the original, so that nothing is done and paid for twice; so do its processes. All or
 * nothing. Returns the number of turns that were taken over.
 */
export async function forkSession(from: SessionStore, to: SessionStore, options: { readonly upToTurn?: number } = {}): Promise<number> {
	const events: Recorded[] = [];
	for await (const page of from.read()) events.push(...page);
	const taken = upTo(events, options.upToTurn, from.id);
	const lease = await to.acquire();
	try {
		if (lease.seq > 0) {
			throw new SessionError("already_exists", `Session ${to.id} holds something already.`, {
				sessionId: to.id,
				hint: "Fork into a new session.",
			});
		}
		await lease.append(taken.map((event) => unsaved(event, from.id)));
	} finally {
		await lease.release();
	}
	return taken.filter(({ type }) => type === "turn.started").length;
}

function upTo(events: readonly Recorded[], turn: number | undefined, id: string): readonly Recorded[] {
	const ended = events.filter((event) => event.type === "turn.ended");
	const last = turn === undefined ? ended.at(-1) : ended.find((event) => event.turn === turn);
	if (turn !== undefined && last === undefined) {
		const turns = ended.map((event) => event.turn);
		throw new SessionError("not_found", `Session ${id} has no ended turn ${turn}.`, {
			sessionId: id,
			hint: turns.length === 0 ? "No turn of it has ended yet." : `There are: ${turns.join(", ")}.`,
		});
	}
	const open = new Set(events.filter((event) => event.turn > (last?.turn ?? 0)).map((event) => event.turn));
	// Without a named turn, what was added by hand after the last one belongs to the conversation too.
	const isTaken = (event: Recorded): boolean => (turn === undefined ? !open.has(event.turn) : event.seq <= (last?.seq ?? 0));
	return events.filter((event) => isTaken(event) && !event.type.startsWith("process.") && event.type !== "session.closed");
}

/** The event as it goes into the new log, which gives it a number, a session and an epoch of its own. */
function unsaved(event: Recorded, parent: string): Unsaved {
	const { v: _v, seq: _seq, epoch: _epoch, session: _session, ...rest } = event;
	return rest.type === "session.opened" ? { ...rest, parent } : rest;
}
