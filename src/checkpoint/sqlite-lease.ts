import type { Draft } from "../core/events.ts";
import { LeaseLostError, SessionBusyError } from "../errors.ts";
import { damaged, storeFailure, tooNew } from "./failures.ts";
import { checksum } from "./integrity.ts";
import { machineName, thisProcess } from "./liveness.ts";
import type { Holder, Lease } from "./log.ts";
import { record } from "./record.ts";
import { answerOrphans, openRequests, respond } from "./requests.ts";
import { asReader, holder, isTakeable, type LeaseRow, lastEvent, leaseRow, type SessionFile, write } from "./session-file.ts";
import { currentVersion, understands } from "./upcast.ts";

/** Who drives the session, if anybody does. */
export function currentHolder(file: SessionFile): Holder | undefined {
	const row = leaseRow(file);
	return isTakeable(file, row) ? undefined : holder(file, row);
}

/** Takes the lease in one transaction. It looks before it writes: a newcomer must not queue behind a busy holder only to be refused. */
export function acquireLease(file: SessionFile): Lease {
	refuseNewer(file);
	refuseHeld(file, leaseRow(file));
	const me = thisProcess();
	const { epoch, seq } = write(file, () => {
		const row = leaseRow(file);
		refuseHeld(file, row);
		const last = lastEvent(file);
		const next = Math.max(row.epoch, last.epoch) + 1;
		file.database
			.prepare("UPDATE lease SET epoch = ?, host = ?, pid = ?, started = ?, beat_at = ?")
			.run(next, me.host, me.pid, me.started, file.now());
		answerOrphans(file, next);
		return { epoch: next, seq: last.seq };
	});
	return holdLease(file, epoch, seq);
}

function holdLease(file: SessionFile, epoch: number, firstSeq: number): Lease {
	const { database, place } = file;
	const insertEvent = database.prepare("INSERT INTO event (seq, at, epoch, data, crc) VALUES (?, ?, ?, ?, ?)");
	const insertDraft = database.prepare("INSERT INTO draft (step, agent, text) VALUES (?, ?, ?)");
	const removeDrafts = database.prepare("DELETE FROM draft WHERE step = ?");
	const removeAllDrafts = database.prepare("DELETE FROM draft");
	const noteKind = database.prepare("INSERT OR IGNORE INTO kind (type, v, program) VALUES (?, ?, ?)");
	const sign = database.prepare("UPDATE lease SET beat_at = ? WHERE epoch = ? AND beat_at > 0");
	const kinds = new Set<string>();
	// Most steps have no draft when they complete, and looking for one means reading all of them.
	const drafted = new Set(
		database
			.prepare("SELECT DISTINCT step FROM draft")
			.all()
			.map((row) => String(row.step)),
	);
	const lost = new AbortController();
	let seq = firstSeq;
	let lastAt = 0;
	let signedAt = file.now();
	let held = true;

	const heartbeat = setInterval(() => {
		try {
			if (sign.run(file.now(), epoch).changes === 0) {
				lose(takenOver(file));
			}
			signedAt = file.now();
		} catch (error) {
			// One missed beat is no harm. But this process must have stopped before another one may take over.
			if (file.now() - signedAt > (file.rhythm.staleMs * 2) / 3) {
				lose(storeFailure(error, place));
			}
		}
	}, file.rhythm.beatMs);
	heartbeat.unref();

	function lose(reason: unknown): void {
		held = false;
		clearInterval(heartbeat);
		lost.abort(reason);
	}

	/** Runs in a transaction that is only committed if the lease is still this one. */
	function asHolder<T>(work: () => T): T {
		if (!held) {
			throw lost.signal.reason ?? successor();
		}
		try {
			return write(file, () => {
				if (leaseRow(file).epoch !== epoch) {
					throw takenOver(file);
				}
				return work();
			});
		} catch (error) {
			if (error instanceof LeaseLostError) {
				lose(error);
			}
			throw error;
		}
	}

	/** Who drives after this lease was given back; this process itself, if the file is closed already. */
	function successor(): LeaseLostError {
		try {
			return takenOver(file);
		} catch {
			const { pid, host } = thisProcess();
			return new LeaseLostError(place.id, { pid, host: machineName(host) });
		}
	}

	function addParts(added: readonly Draft[]): void {
		for (const draft of added) {
			insertDraft.run(draft.step, draft.agent, draft.text);
			drafted.add(draft.step);
		}
	}

	/** An interruption ends all steps at once: then nothing has to be looked for. */
	function removeFinished(steps: ReadonlySet<string>): void {
		const gone = [...drafted].filter((step) => steps.has(step));
		if (gone.length > 0 && gone.length === drafted.size) removeAllDrafts.run();
		else for (const step of gone) removeDrafts.run(step);
	}

	return {
		epoch,
		lost: lost.signal,
		get seq() {
			return seq;
		},
		async append(events, drafts = {}) {
			const recorded = record(events, { session: place.id, epoch, seq, at: lastAt });
			asHolder(() => {
				const last = lastEvent(file).seq;
				if (last !== seq) {
					throw damaged(place, `its last event is ${last}, though this process wrote ${seq}`);
				}
				for (const [event, data] of recorded) {
					insertEvent.run(event.seq, event.at, epoch, data, checksum(event.seq, event.at, epoch, data));
					if (!kinds.has(event.type)) {
						noteKind.run(event.type, currentVersion, file.program);
					}
				}
				addParts(drafts.added ?? []);
				removeFinished(new Set(drafts.finished));
			});
			seq += recorded.length;
			lastAt = recorded.at(-1)?.[0].at ?? lastAt;
			for (const [event] of recorded) {
				kinds.add(event.type);
			}
			for (const step of drafts.finished ?? []) {
				drafted.delete(step);
			}
			file.appended();
			return recorded.map(([event]) => event);
		},
		async addDrafts(added) {
			asHolder(() => addParts(added));
		},
		async requests() {
			return asReader(file, () => openRequests(file));
		},
		async respond(number, answer) {
			asHolder(() => respond(file, number, answer));
		},
		async release() {
			if (!held) {
				return;
			}
			held = false;
			clearInterval(heartbeat);
			try {
				// Who it was stays readable; a time of 0 says that it is free.
				database.prepare("UPDATE lease SET beat_at = 0 WHERE epoch = ?").run(epoch);
			} catch {
				// It is free as soon as this process has ended or has not signed for a while.
			}
		},
	};
}

function refuseHeld(file: SessionFile, row: LeaseRow): void {
	if (!isTakeable(file, row)) {
		throw new SessionBusyError(file.place.id, holder(file, row));
	}
}

function refuseNewer(file: SessionFile): void {
	for (const { type, v, program } of asReader(file, () => file.database.prepare("SELECT type, v, program FROM kind").all())) {
		if (!understands(String(type), Number(v))) {
			throw tooNew(file.place.id, `${String(program)} has added "${String(type)}" of version ${String(v)}`);
		}
	}
}

function takenOver(file: SessionFile): LeaseLostError {
	return new LeaseLostError(file.place.id, holder(file, leaseRow(file)));
}
