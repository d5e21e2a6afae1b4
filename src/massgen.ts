import { systemClock } from "./agents/clock.ts";
import type { CallLimits, Crew } from "./agents/member.ts";
import type { Clock } from "./backends/backend.ts";
import { endGroups } from "./backends/process-groups.ts";
import type { Lease, SessionStore } from "./checkpoint/log.ts";
import { writeTurnFiles } from "./checkpoint/partial.ts";
import type { Team } from "./config/team.ts";
import { agentsOf, differences, termsOf } from "./config/terms.ts";
import type { Command, Delta, Recorded, SessionEvent } from "./core/events.ts";
import { emptyTurn } from "./core/evolve.ts";
import { emptySession, evolveSession, foldSession, openTurn, pastOf, type Session } from "./core/session.ts";
import type { AgentId, Limits, Turn } from "./core/types.ts";
import { crewOf } from "./crew.ts";
import { SessionError, UsageError } from "./errors.ts";
import { Drive } from "./orchestrator/run.ts";
import { promptsVersion } from "./prompts/request.ts";
import { protocolNamed } from "./protocols/registry.ts";
import type { Tool } from "./tools/tool.ts";

export type TurnRequest = {
	readonly store: SessionStore;
	readonly team: Team;
	/** Undefined: go on with the turn that is open. */
	readonly question?: string;
	/** What belongs to the question and is told after it, in this turn only. */
	readonly context?: string;
	/** How many messages of earlier turns the agents are shown, the newest; all if not given. */
	readonly maxHistory?: number;
	/** What an agent can do besides writing. */
	readonly toolsOf?: (agent: AgentId) => readonly Tool[];
	/** Let an open turn go on with a configuration that differs from the one it started with. */
	readonly acceptConfig?: boolean;
	/** Limits given when an open turn goes on: they replace its old ones. */
	readonly limits?: Limits;
	/** The process environment and the `.env` files, merged. */
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Interrupts the turn, which stays open. Its reason, a text, says who did it. */
	readonly signal?: AbortSignal;
	/** The session as read under the lease, before anything is written. */
	readonly onOpen?: (session: Session, resumed: Turn | undefined) => void;
	readonly onEvent?: (event: Recorded, turn: Turn) => void;
	readonly onDelta?: (delta: Delta) => void;
	/** Given a way to talk to the turn while it runs. */
	readonly onDrive?: (send: (command: Command) => void) => void;
	readonly clock?: Clock;
	readonly random?: () => number;
	readonly callLimits?: Partial<CallLimits>;
	readonly tickMs?: number;
	/** The rates of `configs/rate_limits.yaml` hold, not only how many calls at a time. */
	readonly rates?: boolean;
};

export type TurnResult = {
	/** The whole session, this turn included. */
	readonly session: Session;
	readonly turn: Turn;
	/** Driven time of the turn, all its processes together. */
	readonly durationMs: number;
};

/**
 * Drives one turn of a session to its end, or until it is interrupted. With a question: a new turn, or the open one if it
 * asks the same; an open turn with another question is cancelled first. Everything is in the store before anyone is told.
 *
 * Rejects with `SessionBusyError` (another process drives it), `SessionError` (nothing to go on with, configuration
 * differs), `StoreError` and `LeaseLostError` (the log cannot be written: everything is stopped).
 */
export async function runTurn(request: TurnRequest): Promise<TurnResult> {
	const { store } = request;
	const lease = await store.acquire();
	try {
		const desk = new Desk(request, lease);
		await desk.read();
		await desk.openSession();
		const result = await desk.turn();
		if (store.directory !== undefined) await writeTurnFiles(store.directory, result.session);
		return result;
	} finally {
		await lease.release();
	}
}

/** One session under our lease. */
class Desk {
	readonly #request: TurnRequest;
	readonly #lease: Lease;
	readonly #clock: Clock;
	#session: Session = emptySession;
	/** Of the last turn, which alone may go on. */
	#events: Recorded[] = [];

	constructor(request: TurnRequest, lease: Lease) {
		this.#request = request;
		this.#lease = lease;
		this.#clock = request.clock ?? systemClock;
	}

	async read(): Promise<void> {
		const children = new Map<number, { pid: number; startedAt: string }>();
		for await (const page of this.#request.store.read()) {
			this.#session = foldSession(this.#session, page);
			for (const event of page) {
				this.#keep(event);
				if (event.type === "process.started") children.set(event.pid, event);
				if (event.type === "process.ended") children.delete(event.pid);
			}
		}
		if (children.size > 0) await endGroups([...children.values()]);
	}

	/** Writes what the session was opened with, and the aliases of agents that are new to it, before any model is called. */
	async openSession(): Promise<void> {
		const { team, store } = this.#request;
		const aliases = newAliases(team, this.#session.aliases, this.#request.random ?? Math.random);
		if (this.#lease.seq === 0) {
			await this.#append({
				type: "session.opened",
				config: team.stored,
				aliases,
				...(team.path === undefined ? {} : { configPath: team.path }),
			});
		} else if (this.#session.isClosed) {
			throw new SessionError("session_closed", `Session ${store.id} is closed.`, {
				sessionId: store.id,
				hint: "Start a new session, or fork this one.",
			});
		} else if (Object.keys(aliases).length > 0) {
			await this.#append({ type: "aliases.added", aliases });
		}
	}

	async turn(): Promise<TurnResult> {
		const { question, store } = this.#request;
		const open = openTurn(this.#session)?.turn;
		if (question === undefined && !open) throw nothingToContinue(store.id);
		if (question !== undefined && question.trim() === "")
			throw new UsageError("The question is empty.", 'Ask one: massgen "your question"');
		const same = open && (question === undefined || question.trim() === open.question.trim());
		const resumed = same ? open : undefined;
		if (resumed) this.#compareConfig();
		this.#request.onOpen?.(this.#session, resumed);
		if (open && !same) await this.#drive(open, { type: "cancel", why: "another question was asked" });
		const turn = resumed ? await this.#drive(resumed, await this.#resume()) : await this.#drive(emptyTurn, this.#start(question ?? ""));
		return { session: this.#session, turn, durationMs: this.#session.turns.at(-1)?.drivenMs ?? 0 };
	}

	#start(question: string): Command {
		const { team, random = Math.random, context, maxHistory } = this.#request;
		const number = Math.max(0, ...this.#session.turns.map(({ turn }) => turn.number)) + 1;
		const seed = team.rules.seed ?? Math.floor(random() * 2 ** 32);
		const today = new Date(this.#clock.wall()).toISOString().slice(0, 10);
		return {
			type: "start",
			terms: {
				...termsOf(team, { number, question, agents: agentsOf(team, this.#session.aliases), seed, prompts: promptsVersion, today }),
				...(context === undefined ? {} : { context }),
				...(maxHistory === undefined ? {} : { maxHistory }),
			},
		};
	}

	async #resume(): Promise<Command> {
		const { team, limits, acceptConfig, store } = this.#request;
		const drafts = await store.drafts();
		return {
			type: "resume",
			drafts,
			...(acceptConfig ? { agents: agentsOf(team, this.#session.aliases) } : {}),
			...(limits ? { limits } : {}),
		};
	}

	#compareConfig(): void {
		const { team, acceptConfig, store } = this.#request;
		const changed = differences(this.#session.config, team.stored);
		if (changed.length === 0 || acceptConfig) return;
		throw new SessionError(
			"config_differs",
			`The configuration differs from the one that the open turn of ${store.id} started with: ${changed.join(", ")}.`,
			{
				sessionId: store.id,
				hint: "Go on with the old one (leave out --config), or take the new one with --accept-config.",
			},
		);
	}

	async #drive(turn: Turn, first: Command): Promise<Turn> {
		const { protocol, number, seed } = first.type === "start" ? first.terms : turn;
		const entry = protocolNamed(protocol);
		if (!entry) throw new UsageError(`There is no protocol ${protocol}.`);
		const { onEvent, onDelta = () => {}, onDrive, signal, tickMs } = this.#request;
		const crew = await this.#crew(first.type === "cancel" ? { ...this.#request.team, agents: [] } : this.#request.team, seed);
		const drive = new Drive({
			lease: this.#lease,
			protocol: entry.decide,
			crew,
			past: pastOf(this.#session, number),
			turn,
			events: this.#events.filter((event) => event.turn === number),
			onEvent: (event, state) => {
				this.#see(event);
				onEvent?.(event, state);
			},
			onDelta,
			...(tickMs === undefined ? {} : { tickMs }),
		});
		const interrupt = () => drive.send({ type: "interrupt", by: String(signal?.reason ?? "the caller") });
		drive.send(first);
		onDrive?.((command) => drive.send(command));
		if (signal?.aborted) interrupt();
		signal?.addEventListener("abort", interrupt, { once: true });
		try {
			return await drive.drive();
		} finally {
			signal?.removeEventListener("abort", interrupt);
			await Promise.all(Object.values(crew.members).map(({ backend }) => backend.close?.()));
		}
	}

	#crew(team: Team, seed: number): Promise<Crew> {
		const { env, store, random = Math.random, callLimits = {}, rates = false, toolsOf } = this.#request;
		return crewOf({
			...(toolsOf ? { toolsOf } : {}),
			team,
			seed,
			env,
			clock: this.#clock,
			random,
			callLimits,
			directory: store.directory,
			rates,
		});
	}

	#see(event: Recorded): void {
		this.#session = evolveSession(this.#session, event);
		this.#keep(event);
	}

	#keep(event: Recorded): void {
		if (event.turn === 0) return;
		if (event.turn !== this.#events[0]?.turn) this.#events = [];
		this.#events.push(event);
	}

	async #append(event: SessionEvent): Promise<void> {
		for (const saved of await this.#lease.append([{ at: this.#clock.wall(), turn: 0, attempt: 0, ...event }])) this.#see(saved);
	}
}

function nothingToContinue(id: string): SessionError {
	return new SessionError("nothing_to_continue", `Session ${id} has no turn that is open.`, {
		sessionId: id,
		hint: `Ask something in it: massgen --resume ${id} "your question"`,
	});
}

const letters = "bcdfghjkmnpqrstvwxz23456789";

/** Names for agents that have none yet, under which the others see them. */
function newAliases(team: Team, taken: Readonly<Record<AgentId, string>>, random: () => number): Readonly<Record<AgentId, string>> {
	const used = new Set(Object.values(taken));
	const fresh: Record<AgentId, string> = {};
	for (const { id } of team.agents.filter((agent) => taken[agent.id] === undefined)) {
		let alias = "";
		do alias = `agent-${Array.from({ length: 4 }, () => letters[Math.floor(random() * letters.length)]).join("")}`;
		while (used.has(alias));
		used.add(alias);
		fresh[id] = alias;
	}
	return fresh;
}
