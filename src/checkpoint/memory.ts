import { hostname } from "node:os";
import type { Draft, Recorded } from "../core/events.ts";
import { LeaseLostError, SessionBusyError, StoreError } from "../errors.ts";
import { createBell } from "./bell.ts";
import { joinDrafts } from "./drafts.ts";
import type { Holder, Lease, SessionRequest, SessionStore } from "./log.ts";
import { record } from "./record.ts";
import { upcast } from "./upcast.ts";

const pageSize = 2_000;

/** The log of a session that leaves nothing behind: for `--no-session`, and for tests. Its events pass through JSON as in a file. */
export function createMemoryStore(id: string): SessionStore {
	const log: Recorded[] = [];
	const requests: { readonly request: SessionRequest; answer?: string }[] = [];
	const bell = createBell();
	const closed = new AbortController();
	let parts: Draft[] = [];
	let holder: (Omit<Holder, "ageMs"> & { readonly since: number }) | undefined;
	let epoch = 0;

	async function* read(after = 0): AsyncGenerator<readonly Recorded[]> {
		let last = after;
		for (;;) {
			alive();
			const events = log.slice(last, last + pageSize);
			if (events.length === 0) {
				return;
			}
			last += events.length;
			yield events;
		}
	}

	async function* follow(after: number, signal: AbortSignal): AsyncGenerator<readonly Recorded[]> {
		const ended = AbortSignal.any([signal, closed.signal]);
		let last = after;
		while (!ended.aborted) {
			const seen = bell.count;
			for await (const events of read(last)) {
				last += events.length;
				yield events;
				if (ended.aborted) {
					return;
				}
			}
			while (!ended.aborted && bell.count === seen) {
				await bell.wait(ended);
			}
		}
	}

	function alive(): void {
		if (closed.signal.aborted) {
			throw new StoreError(`Session ${id} was closed; it cannot be read or written any more.`);
		}
	}

	function currentHolder(): Holder | undefined {
		return holder === undefined ? undefined : { pid: holder.pid, host: holder.host, epoch: holder.epoch, ageMs: Date.now() - holder.since };
	}

	function lease(mine: number): Lease {
		const lost = new AbortController();
		let lastAt = 0;
		function held(): void {
			alive();
			if (holder?.epoch !== mine) {
				throw new LeaseLostError(id, holder ?? { pid: process.pid, host: hostname() });
			}
		}
		return {
			epoch: mine,
			lost: lost.signal,
			get seq() {
				return log.length;
			},
			async append(events, drafts = {}) {
				held();
				const recorded = record(events, { session: id, epoch: mine, seq: log.length, at: lastAt }).map(
					([event, data]) => upcast({ seq: event.seq, at: event.at, epoch: mine, data, crc: 0 }, id) ?? event,
				);
				const finished = new Set(drafts.finished);
				log.push(...recorded);
				parts = [...parts, ...(drafts.added ?? [])].filter((part) => !finished.has(part.step));
				lastAt = recorded.at(-1)?.at ?? lastAt;
				bell.ring();
				return recorded;
			},
			async addDrafts(added) {
				held();
				parts.push(...added);
			},
			async requests() {
				return requests.flatMap(({ request, answer }, index) => (answer === undefined ? [{ number: index + 1, request }] : []));
			},
			async respond(number, answer) {
				held();
				const entry = requests[number - 1];
				if (entry !== undefined) {
					entry.answer = answer;
				}
			},
			async release() {
				if (holder?.epoch === mine) {
					holder = undefined;
				}
			},
		};
	}

	return {
		id,
		directory: undefined,
		read,
		follow,
		async acquire() {
			alive();
			const other = currentHolder();
			if (other !== undefined) {
				throw new SessionBusyError(id, other);
			}
			epoch++;
			holder = { pid: process.pid, host: hostname(), epoch, since: Date.now() };
			return lease(epoch);
		},
		async holder() {
			alive();
			return currentHolder();
		},
		async request(request) {
			alive();
			return requests.push({ request });
		},
		async answer(request) {
			alive();
			return requests[request - 1]?.answer;
		},
		async drafts() {
			alive();
			return joinDrafts(parts);
		},
		async close() {
			holder = undefined;
			closed.abort();
		},
	};
}
