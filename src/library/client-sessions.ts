import { hostname } from "node:os";
import type { SessionStore } from "../checkpoint/log.ts";
import type { Command, Recorded } from "../core/events.ts";
import { SessionBusyError, SessionError } from "../errors.ts";
import { readSession } from "../sessions/reading.ts";
import { type RunEvent, runEventsOf } from "../sessions/run-events.ts";
import { cancelIn } from "./cancelling.ts";
import { type ErrorDocument, type SessionDocument, type StepDocument, sessionDocument } from "./documents.ts";
import { type ExecuteOptions, type Execution, execution, inTime } from "./execution.ts";
import type { Registry } from "./registry.ts";
import { resumption } from "./resumption.ts";
import { type ListOptions, listed, type SessionEntry } from "./session-list.ts";

export type CreateOptions = Omit<ExecuteOptions, "inMemory"> & { readonly agentId?: string };

/** A run that this process does in the background. */
type Background = { readonly done: Promise<void>; stop(command: Command): void; failure: ErrorDocument | undefined };

export class ClientSessions {
	readonly #registry: Registry;
	readonly #running = new Map<string, Background>();

	constructor(registry: Registry) {
		this.#registry = registry;
	}

	/** Makes a session and lets it run in the background; resolves at once with what it is now. */
	async create({ agentId, signal, ...options }: CreateOptions): Promise<SessionDocument> {
		const prepared = await execution(this.#registry.agent(agentId), options, this.#registry.places);
		const id = prepared.sessionId;
		const document = await this.#registry.within(id, async (store) => sessionDocument(await readSession(store), { id, isDriven: false }));
		this.#start(prepared, signal);
		return document;
	}

	/** Goes on with an interrupted session in the background. Throws `SessionError` (`nothing_to_continue`) for any other. */
	async resume(id: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<SessionDocument> {
		if (this.#isRunning(id)) throw new SessionBusyError(id, { pid: process.pid, host: hostname(), ageMs: 0 });
		const prepared = await resumption(this.#registry, id);
		this.#start(prepared, signal);
		return this.get(id);
	}

	#start({ sessionId: id, run }: Execution, signal: AbortSignal | undefined): void {
		// What is asked before the run can hear it is told it first of all.
		const asked: Command[] = [];
		let tell = (command: Command): void => void asked.push(command);
		const onDrive = (send: (command: Command) => void) => {
			tell = send;
			asked.forEach(send);
		};
		const done = run({ signal, onDrive }).then(
			() => {
				this.#running.delete(id);
			},
			(error: unknown) => {
				background.failure = { code: "internal", message: error instanceof Error ? error.message : String(error) };
			},
		);
		const background: Background = { done, stop: (command) => tell(command), failure: undefined };
		this.#running.set(id, background);
	}

	/** Throws `SessionError` (`not_found`). */
	async get(id: string): Promise<SessionDocument> {
		const failure = this.#running.get(id)?.failure;
		return this.#registry.within(id, async (store) => {
			const isDriven = (await store.holder()) !== undefined;
			return sessionDocument(await readSession(store), { id, isDriven, failure });
		});
	}

	/** Resolves once the session has ended, or nobody works on it any more. Throws `TimeoutError` if its time was up. */
	async wait(id: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<SessionDocument> {
		for await (const _ of this.events(id, signal ? { signal } : {}));
		await this.#running.get(id)?.done;
		return inTime(await this.get(id));
	}

	/** What a list shows of the sessions of this directory, the newest first. */
	async list(options: ListOptions = {}): Promise<readonly SessionEntry[]> {
		return listed(this.#registry.places, options, (id) => this.#running.get(id)?.failure);
	}

	/**
	 * Ends a session that waits, runs or was interrupted; a second time it changes nothing. Throws `SessionError`
	 * (`not_cancellable`) for one that has ended otherwise.
	 */
	async cancel(id: string): Promise<SessionDocument> {
		const background = this.#running.get(id);
		background?.stop({ type: "cancel", why: "cancelled by the program" });
		await background?.done;
		if (!background) await this.#registry.within(id, (store) => cancelIn(store, "cancelled by another program"));
		const after = await this.get(id);
		if (after.status === "cancelled") return after;
		throw new SessionError("not_cancellable", `Session ${id} cannot be cancelled: it is ${after.status}.`, { sessionId: id });
	}

	/** What its agents did, oldest first: to replay it. */
	async steps(id: string): Promise<readonly StepDocument[]> {
		return (await this.get(id)).steps;
	}

	/**
	 * What happened and happens in a session, from the beginning or after the event of a number, until its last turn has ended
	 * or nobody works on it any more.
	 */
	async *events(
		id: string,
		{ after = 0, signal }: { readonly after?: number; readonly signal?: AbortSignal } = {},
	): AsyncGenerator<RunEvent, void, undefined> {
		const store = await this.#registry.open(id);
		const over = new AbortController();
		const stop = () => over.abort("over");
		signal?.addEventListener("abort", stop, { once: true });
		if (signal?.aborted) stop();
		// A process that died while it drove the session writes no end.
		const watch = setInterval(() => {
			this.#isAtWork(id, store).then((isAtWork) => {
				if (!isAtWork) stop();
			}, stop);
		}, watchMs);
		const told = runEventsOf();
		let isOver = !(await this.#isAtWork(id, store));
		try {
			for await (const page of isOver ? store.read() : store.follow(0, over.signal)) {
				for (const event of page) {
					isOver = isEnd(event) || (isOver && !isBeginning(event));
					yield* told(event).filter(({ seq }) => seq > after);
				}
				if (isOver && (await isLast(store, page.at(-1)?.seq ?? 0))) return;
			}
		} finally {
			clearInterval(watch);
			signal?.removeEventListener("abort", stop);
			await store.close();
		}
	}

	/** Interrupts what runs here, and waits until it is saved. */
	async close(): Promise<void> {
		const background = [...this.#running.values()];
		for (const { stop } of background) stop({ type: "interrupt", by: "the program" });
		await Promise.all(background.map(({ done }) => done));
	}

	async #isAtWork(id: string, store: SessionStore): Promise<boolean> {
		return this.#isRunning(id) || (await store.holder()) !== undefined;
	}

	#isRunning(id: string): boolean {
		const background = this.#running.get(id);
		return background !== undefined && background.failure === undefined;
	}
}

const watchMs = 500;

function isEnd({ type }: Recorded): boolean {
	return type === "turn.ended" || type === "turn.interrupted";
}

function isBeginning({ type }: Recorded): boolean {
	return type === "turn.started" || type === "turn.resumed";
}

async function isLast(store: SessionStore, seq: number): Promise<boolean> {
	for await (const page of store.read(seq)) if (page.length > 0) return false;
	return true;
}
