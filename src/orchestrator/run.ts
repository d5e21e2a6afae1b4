import { runCall } from "../agents/call.ts";
import type { Crew, Member } from "../agents/member.ts";
import { isWriting, type Prepared, prepare, runStep } from "../agents/step.ts";
import type { Lease } from "../checkpoint/log.ts";
import { decide } from "../core/decide.ts";
import type { Command, Delta, Event, Recorded, Unsaved } from "../core/events.ts";
import { evolve } from "../core/evolve.ts";
import { due, isOver } from "../core/queries.ts";
import type { Past } from "../core/session.ts";
import type { Assignment, OpenCall, Protocol, Turn } from "../core/types.ts";
import { Alarm } from "./alarm.ts";
import { Deadline } from "./deadline.ts";
import { Drafts } from "./drafts.ts";
import { Inbox } from "./inbox.ts";
import { Requests } from "./requests.ts";

export type Run = {
	readonly lease: Lease;
	readonly protocol: Protocol;
	readonly crew: Crew;
	/** What the agents are told of earlier turns. */
	readonly past: readonly Past[];
	/** The turn as the log has it so far, and the events that made it. */
	readonly turn: Turn;
	readonly events: readonly Recorded[];
	/** Must return at once: a slow display never slows an agent. */
	readonly onEvent: (event: Recorded, turn: Turn) => void;
	readonly onDelta: (delta: Delta) => void;
	/** How often streamed text is saved and other processes' requests are read, in milliseconds. */
	readonly tickMs?: number;
};

/** Something for the loop: a command to decide, or a fact to write down; `safe` is called once it is in the log. */
export type Item = { readonly command?: Command; readonly fact?: Event; readonly safe?: () => void };

/** How long a call may take to stop once it was called off, in milliseconds. */
const stopMs = 1000;

/**
 * Drives one turn: command, decide, append, evolve, act.
 *
 * All commands that have arrived are decided in order and their events are one append. Nothing acts before its event is
 * safe, so whatever the log holds is enough to go on from: what is open in the state (model calls, tool calls) is what
 * ought to be running, and each act ends in one command. Resolves when the turn is over or interrupted; rejects with
 * `LeaseLostError` or `StoreError` if the log cannot be written, having stopped everything.
 */
export class Drive {
	readonly #run: Run;
	readonly #inbox = new Inbox<Item>();
	readonly #deadline = new Deadline();
	readonly #drafts = new Drafts();
	readonly #alarm: Alarm;
	readonly #prepared = new Map<string, Prepared>();
	/** Model calls and tool calls now running, by the id of the step or the key of the call. */
	readonly #running = new Map<string, { readonly controller: AbortController; readonly done: Promise<void> }>();
	/** From the monotonic clock to milliseconds since 1970. */
	#offset: number;
	#failure: { readonly error: unknown } | undefined;
	#turn: Turn;

	constructor(run: Run) {
		this.#run = run;
		this.#turn = run.turn;
		this.#alarm = new Alarm(run.crew.clock, () => this.#inbox.ring());
		this.#offset = run.crew.clock.wall() - run.crew.clock.now();
		for (const event of run.events) this.#deadline.see(event);
		this.#deadline.begin(this.#at(), run.lease.epoch);
	}

	send(command: Command): void {
		this.#inbox.push({ command });
	}

	async drive(): Promise<Turn> {
		const { lease, crew } = this.#run;
		const over = new AbortController();
		const requests = new Requests(lease);
		lease.lost.addEventListener("abort", () => this.#inbox.ring(), { signal: over.signal });
		const ticking = this.#tick(requests, over.signal);
		try {
			// The first command may wake a turn that was interrupted.
			do {
				const first = await this.#inbox.take();
				// Agents of a kind end together: what is here already shares one append, and one wait for the disk.
				await crew.clock.breath?.();
				await this.#round([...first, ...this.#inbox.drain()]);
			} while (!isOver(this.#turn) && !this.#turn.interrupted);
			return this.#turn;
		} catch (error) {
			// Nothing is written after a write has failed.
			this.#failure = { error };
			throw error;
		} finally {
			over.abort("over");
			this.#alarm.stop();
			const stopped = Promise.all([ticking, ...[...this.#running.keys()].map((id) => this.#halt(id))]);
			const late = new AbortController();
			await Promise.race([stopped, crew.clock.sleep(stopMs, late.signal)]);
			late.abort("in time");
			await this.#settle(requests);
		}
	}

	/** What came in while everything was stopped: children have ended, and requests came too late. */
	async #settle(requests: Requests): Promise<void> {
		const { lease } = this.#run;
		if (lease.lost.aborted || this.#failure) return;
		const at = this.#at();
		const { number, attempt } = this.#turn;
		const facts = this.#inbox.drain().flatMap(({ fact }) => (fact ? [{ at, turn: number, attempt, ...fact }] : []));
		try {
			if (facts.length > 0) for (const event of await lease.append(facts)) this.#publish(event);
			await requests.close(this.#turn);
		} catch (error) {
			// The turn's own end is in the log or has failed with an error of its own: this one says nothing new.
			this.#failure = { error };
		}
	}

	/** One round of the loop: all that has arrived and all that time demands, one append, then what is open now. */
	async #round(items: readonly Item[]): Promise<void> {
		const { lease } = this.#run;
		if (lease.lost.aborted) throw lease.lost.reason;
		if (this.#failure) throw this.#failure.error;
		const at = this.#at();
		const { events, turn } = this.#decide(items, at);
		if (events.length > 0) {
			const open = new Set(turn.interrupted ? [] : turn.open.flatMap(({ step }) => (step ? [step.id] : [])));
			const saved = await lease.append(events, {
				finished: [...this.#drafts.keep(open), ...events.flatMap((event) => (event.type === "draft.saved" ? [event.step] : []))],
			});
			for (const event of saved) this.#publish(event);
		}
		for (const { safe } of items) safe?.();
		this.#act();
		this.#watchTime(at);
	}

	#decide(items: readonly Item[], at: number): { events: readonly Unsaved[]; turn: Turn } {
		const events: Unsaved[] = [];
		let turn = this.#turn;
		const record = (event: Event) => {
			turn = evolve(turn, event);
			events.push({ at, turn: turn.number, attempt: turn.attempt, ...event });
		};
		const apply = (command: Command) => decide(turn, command, this.#run.protocol).forEach(record);

		for (const { command, fact } of items) {
			if (fact) record(fact);
			if (command) apply(this.#completed(command, at));
		}
		// One demand may bring the next: a turn that closes tells its agents to submit.
		for (let before = -1; before < events.length; ) {
			before = events.length;
			for (const command of this.#deadline.demands(turn, at).commands) apply(this.#completed(command, at));
		}
		// What begins may bring more that is due: a budget that is used up ends an agent's part, and so a round.
		const tried = new Set<string>();
		const next = () => due(turn).find(({ id }) => !tried.has(id));
		for (let assignment = next(); assignment; assignment = next()) {
			tried.add(assignment.id);
			if ((assignment.notBefore ?? 0) <= at) this.#begin(() => turn, assignment, apply);
		}
		return { events, turn };
	}

	/** The command with what only the loop knows: what is streamed now, and what time it is. */
	#completed(command: Command, at: number): Command {
		switch (command.type) {
			case "interrupt":
			case "cancel":
			case "retire":
			case "reach-limit":
			case "time-out":
				return { ...command, drafts: this.#drafts.texts() };
		}
		if (command.type === "fail-step" && command.waitMs !== undefined) return { ...command, retryAt: at + command.waitMs };
		return command;
	}

	/** Prepares the next model call of an assignment and asks for leave to make it. */
	#begin(state: () => Turn, assignment: Assignment, apply: (command: Command) => void): void {
		const { id, agent } = assignment;
		const member = this.#run.crew.members[agent];
		if (!member) return;
		const prepared = prepare(state(), assignment, this.#run.past, member);
		apply({ type: "begin-step", assignment: id, hash: prepared.hash, estimate: prepared.estimate });
		const step = state().open.find((one) => one.id === id)?.step;
		if (step) this.#prepared.set(step.id, prepared);
	}

	#publish(event: Recorded): void {
		this.#turn = evolve(this.#turn, event);
		this.#deadline.see(event);
		// The log's time does not go back, even if the clock was set back since its last event.
		this.#offset += Math.max(0, event.at - this.#at());
		this.#run.onEvent(event, this.#turn);
	}

	/** Starts what is open and not running, stops what is running and no longer open. */
	#act(): void {
		const open = this.#turn.interrupted ? [] : this.#turn.open;
		const wanted = new Set(open.flatMap(({ id, step, calls }) => [...(step ? [step.id] : []), ...calls.map((call) => callKey(id, call))]));
		for (const id of this.#running.keys()) if (!wanted.has(id)) void this.#halt(id);
		for (const assignment of open) {
			const member = this.#run.crew.members[assignment.agent];
			if (member) this.#startAll(assignment, member);
		}
	}

	#startAll(assignment: Assignment, member: Member): void {
		const { id, step, calls } = assignment;
		const prepared = step && this.#prepared.get(step.id);
		if (step && prepared && !this.#running.has(step.id)) {
			this.#prepared.delete(step.id);
			this.#start(step.id, (signal) => this.#call(assignment, member, prepared, signal));
		}
		for (const call of calls) {
			const key = callKey(id, call);
			if (!this.#running.has(key)) this.#start(key, (signal) => runCall(member, assignment, call, this.#run.crew, signal));
		}
	}

	#call(assignment: Assignment, member: Member, prepared: Prepared, signal: AbortSignal): Promise<Command | undefined> {
		const { agent, id } = assignment;
		return runStep(member, assignment, prepared, {
			crew: this.#run.crew,
			signal,
			onDelta: (delta) => {
				if (signal.aborted) return;
				if (isWriting(delta.kind)) this.#drafts.add(delta);
				this.#run.onDelta(delta);
			},
			onBookmark: (bookmark) => this.#safely({ command: { type: "bookmark", assignment: id, bookmark } }),
			onProcess: (child) => this.#safely({ fact: { type: "process.started", agent, ...child } }),
			onProcessEnd: (pid, exitCode) => this.#inbox.push({ fact: { type: "process.ended", pid, exitCode } }),
		});
	}

	#safely(item: Item): Promise<void> {
		return new Promise((resolve) => this.#inbox.push({ ...item, safe: resolve }));
	}

	#start(id: string, act: (signal: AbortSignal) => Promise<Command | undefined>): void {
		const controller = new AbortController();
		const done = act(controller.signal).then((command) => {
			if (!controller.signal.aborted) this.#running.delete(id);
			if (command) this.send(command);
		});
		this.#running.set(id, { controller, done });
	}

	async #halt(id: string): Promise<void> {
		const running = this.#running.get(id);
		running?.controller.abort("called off");
		await running?.done;
		this.#running.delete(id);
	}

	/** What became due while the log was written is due at once: `seen` is when time was looked at last. */
	#watchTime(seen: number): void {
		const { againInMs } = this.#deadline.demands(this.#turn, seen);
		if (againInMs !== undefined && !isOver(this.#turn)) this.#alarm.set(Math.max(0, againInMs - (this.#at() - seen)));
	}

	/** Saves what is streamed, and reads what other processes ask for. */
	async #tick(requests: Requests, over: AbortSignal): Promise<void> {
		const { lease, crew, tickMs = 200 } = this.#run;
		while (!over.aborted) {
			await crew.clock.sleep(tickMs, over);
			if (over.aborted || lease.lost.aborted) return;
			try {
				const added = this.#drafts.unsaved();
				if (added.length > 0) await lease.addDrafts(added);
				for (const item of await requests.items(this.#turn)) this.#inbox.push(item);
			} catch (error) {
				this.#failure = { error };
				this.#inbox.ring();
			}
		}
	}

	/** Milliseconds since 1970, monotonic in this process. */
	#at(): number {
		return Math.round(this.#offset + this.#run.crew.clock.now());
	}
}

/** Models number their calls as they like: an id is unique within an assignment and nowhere else. */
function callKey(assignment: string, call: OpenCall): string {
	return `${assignment} ${call.id}`;
}
