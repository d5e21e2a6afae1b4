import type { CallLimits, Member } from "../../src/agents/member.ts";
import { defaultCallLimits } from "../../src/agents/member.ts";
import { virtualClock } from "../../src/agents/virtual-clock.ts";
import type { BackendError, Call, CallResult, Clock } from "../../src/backends/backend.ts";
import type { SessionRequest, SessionStore } from "../../src/checkpoint/log.ts";
import { createMemoryStore } from "../../src/checkpoint/memory.ts";
import type { Reply, Request, ToolCall, Usage } from "../../src/core/conversation.ts";
import type { Command, Delta, Recorded } from "../../src/core/events.ts";
import { emptyTurn, replay } from "../../src/core/evolve.ts";
import type { Limits, Terms, Turn } from "../../src/core/types.ts";
import { Drive } from "../../src/orchestrator/run.ts";
import { vote } from "../../src/protocols/vote.ts";

/** What an agent does in one model call. */
export type Move = (call: Call, clock: Clock) => Promise<CallResult>;

export const aliases = ["fox", "owl", "elk", "bee", "cat", "yak"];

type Settings = {
	readonly terms?: Partial<Terms>;
	readonly limits?: Partial<Limits>;
	readonly callLimits?: Partial<CallLimits>;
	readonly member?: Partial<Member>;
	readonly store?: SessionStore;
	readonly onEvent?: (event: Recorded, turn: Turn) => void;
};

/** A session in memory, on a virtual clock, whose agents play moves: the nth call of an agent is its nth move, the last one for ever. */
export class Stage {
	readonly clock = virtualClock();
	readonly store: SessionStore;
	readonly calls: { readonly agent: string; readonly step: string; readonly request: Request; readonly at: number; aborted?: number }[] =
		[];
	readonly deltas: Delta[] = [];
	readonly #moves: Readonly<Record<string, readonly Move[]>>;
	readonly #settings: Settings;
	#drive: Drive | undefined;
	/** How many moves each agent has played, in all drives together. */
	readonly #played: Record<string, number> = {};
	readonly #after: { readonly ms: number; readonly act: () => unknown }[] = [];

	constructor(moves: Readonly<Record<string, readonly Move[]>>, settings: Settings = {}) {
		this.#moves = moves;
		this.#settings = settings;
		this.store = settings.store ?? createMemoryStore("session");
	}

	/** Does something when so much time of the next drive has passed. */
	after(ms: number, act: () => unknown): this {
		this.#after.push({ ms, act });
		return this;
	}

	send(command: Command): void {
		this.#drive?.send(command);
	}

	ask(request: SessionRequest): Promise<number> {
		return this.store.request(request);
	}

	async events(): Promise<readonly Recorded[]> {
		const all: Recorded[] = [];
		for await (const page of this.store.read()) all.push(...page);
		return all;
	}

	async of<T extends Recorded["type"]>(type: T): Promise<readonly Extract<Recorded, { type: T }>[]> {
		return (await this.events()).filter((event): event is Extract<Recorded, { type: T }> => event.type === type);
	}

	start(): Promise<Turn> {
		const { terms, limits } = this.#settings;
		const agents = Object.keys(this.#moves).map((id, index) => ({ id, alias: aliases[index] ?? id, backend: "stage" }));
		return this.#run(emptyTurn, {
			type: "start",
			terms: {
				number: 1,
				question: "Which?",
				protocol: "vote",
				agents,
				maxAnswers: 2,
				maxFailures: 1,
				maxSteps: 10,
				stop: "majority",
				presentation: "verbatim",
				maxRestarts: 0,
				ballot: true,
				seed: 1,
				prompts: 1,
				...terms,
				limits: { onLimit: "wrap_up", graceMs: 60_000, ...limits },
			},
		});
	}

	/** Goes on with what the log holds, as another process would. */
	async resume(limits?: Limits): Promise<Turn> {
		const events = await this.events();
		return this.#run(replay(events), { type: "resume", drafts: await this.store.drafts(), ...(limits ? { limits } : {}) }, events);
	}

	async #run(turn: Turn, first: Command, events: readonly Recorded[] = []): Promise<Turn> {
		const { callLimits, onEvent = () => {} } = this.#settings;
		const lease = await this.store.acquire();
		const drive = new Drive({
			lease,
			protocol: vote,
			crew: {
				members: Object.fromEntries(Object.keys(this.#moves).map((id) => [id, this.#member(id)])),
				clock: this.clock,
				limits: { ...defaultCallLimits, ...callLimits },
				random: () => 1,
			},
			past: [],
			turn,
			events,
			onEvent,
			onDelta: (delta) => this.deltas.push(delta),
		});
		this.#drive = drive;
		for (const { ms, act } of this.#after.splice(0)) void this.clock.sleep(ms).then(act);
		drive.send(first);
		try {
			return await drive.drive();
		} finally {
			await lease.release();
		}
	}

	#member(id: string): Member {
		const moves = this.#moves[id] ?? [];
		return {
			tools: [],
			estimate: () => ({ tokens: 100 }),
			cost: () => undefined,
			...this.#settings.member,
			backend: {
				call: async (call) => {
					const record: Stage["calls"][number] = { agent: id, step: call.step, request: call.request, at: this.clock.now() };
					this.calls.push(record);
					call.signal.addEventListener("abort", () => {
						record.aborted = this.clock.now();
					});
					const played = this.#played[id] ?? 0;
					this.#played[id] = played + 1;
					const move = moves[Math.min(played, moves.length - 1)];
					return move ? move(call, this.clock) : failure({ kind: "bad-request", retryable: false });
				},
			},
		};
	}
}

export function reply(part: Partial<Reply>): CallResult {
	return { ok: true, reply: { text: "", reasoning: "", toolCalls: [], finish: "stop", ...part } };
}

export function failure(error: Partial<BackendError>): CallResult {
	return { ok: false, error: { kind: "network", message: "The line is dead.", retryable: true, ...error } };
}

/** Takes its time, then does it; a call that is aborted stops at once. */
export function after(ms: number, result: CallResult): Move {
	return async ({ signal }, clock) => {
		await clock.sleep(ms, signal);
		return signal.aborted ? failure({ kind: "aborted", retryable: false }) : result;
	};
}

export function uses(name: string, input: Readonly<Record<string, unknown>>, id = `${name}-1`): ToolCall {
	return { id, name, input, raw: JSON.stringify(input) };
}

export function answers(content: string, ms = 100, usage?: Usage): Move {
	return after(ms, reply({ toolCalls: [uses("new_answer", { content })], finish: "tool-calls", ...(usage ? { usage } : {}) }));
}

export function votes(alias: string, ms = 100): Move {
	return after(ms, reply({ toolCalls: [uses("vote", { agent_id: alias, reason: "It is right." })], finish: "tool-calls" }));
}

export function fails(error: Partial<BackendError> = {}, ms = 100): Move {
	return after(ms, failure(error));
}

/** Gives no sign of life until it is aborted. */
export const hangs: Move = after(1e12, failure({}));

/** Streams a text at ten characters every 100 ms, then answers with it. */
export function streams(text: string): Move {
	return async ({ signal, onDelta }, clock) => {
		for (let at = 0; at < text.length; at += 10) {
			await clock.sleep(100, signal);
			if (signal.aborted) return failure({ kind: "aborted", retryable: false });
			onDelta("answer", text.slice(at, at + 10));
		}
		return reply({ toolCalls: [uses("new_answer", { content: text })] });
	};
}
