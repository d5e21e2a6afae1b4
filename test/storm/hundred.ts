import { defaultCallLimits, type Member } from "../../src/agents/member.ts";
import { virtualClock } from "../../src/agents/virtual-clock.ts";
import type { Backend, Call, CallResult, Clock } from "../../src/backends/backend.ts";
import { guards } from "../../src/backends/guard.ts";
import { createMemoryStore } from "../../src/checkpoint/memory.ts";
import type { Recorded } from "../../src/core/events.ts";
import { emptyTurn } from "../../src/core/evolve.ts";
import { readBoard } from "../../src/core/fence.ts";
import { Drive } from "../../src/orchestrator/run.ts";
import { vote } from "../../src/protocols/vote.ts";
import { failure, reply, uses } from "../orchestrator/stage.ts";
import { dice } from "../security/injections.ts";

/** How a server behaves: it refuses everything until `endsAt`, and may say for how long. */
export type Weather = { readonly endsAt: number; readonly retryAfterMs?: number };

/** One call as its server saw it. */
export type Seen = { readonly agent: string; readonly server: string; readonly from: number; to: number; refused: boolean };

export const callMs = 200;

/** A server on a virtual clock: each call takes a fifth of a second, then is refused or answered. */
class Server {
	readonly #clock: Clock;
	readonly #weather: Weather;
	readonly #name: string;
	readonly seen: Seen[];
	now = 0;
	most = 0;

	constructor(name: string, clock: Clock, weather: Weather, seen: Seen[]) {
		this.#name = name;
		this.#clock = clock;
		this.#weather = weather;
		this.seen = seen;
	}

	readonly backend: Backend = { call: (call) => this.#call(call) };

	async #call({ agent, request, signal }: Call): Promise<CallResult> {
		const call: Seen = { agent, server: this.#name, from: this.#clock.now(), to: Number.POSITIVE_INFINITY, refused: false };
		this.seen.push(call);
		this.most = Math.max(this.most, ++this.now);
		await this.#clock.sleep(callMs, signal);
		this.now--;
		call.to = this.#clock.now();
		if (signal.aborted) return failure({ kind: "aborted", retryable: false });
		const { endsAt, retryAfterMs } = this.#weather;
		call.refused = call.from < endsAt;
		if (call.refused)
			return failure({ kind: "rate-limit", message: "Too many requests.", ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
		const [alias] =
			readBoard(request.messages)
				?.answers.map((answer) => answer.alias)
				.sort() ?? [];
		const ballot =
			alias === undefined ? uses("new_answer", { content: `I am ${agent}.` }) : uses("vote", { agent_id: alias, reason: "The first." });
		return reply({ toolCalls: [ballot], finish: "tool-calls" });
	}
}

/** A turn of a hundred agents, dealt out to these servers, eight calls at a time each. */
export async function storm(weather: Readonly<Record<string, Weather>>) {
	const clock = virtualClock();
	const seen: Seen[] = [];
	const names = Object.keys(weather);
	const servers = new Map(Object.entries(weather).map(([name, how]) => [name, new Server(name, clock, how, seen)]));
	const guard = guards({ clock, limits: { default: { concurrent: 8 } } });
	const agents = Array.from({ length: 100 }, (_, index) => ({
		id: `a${index + 1}`,
		alias: `alias${index + 1}`,
		backend: names[index % names.length] ?? "",
	}));
	const members = agents.flatMap(({ id, backend: name }): [string, Member][] => {
		const server = servers.get(name);
		if (!server) return [];
		const backend = guard(server.backend, { backend: name, baseUrl: `https://${name}.example/v1`, tokens: () => 100 });
		return [[id, { backend, tools: [], estimate: () => ({ tokens: 100 }), cost: () => undefined }]];
	});
	const store = createMemoryStore("storm");
	const lease = await store.acquire();
	const events: Recorded[] = [];
	const drive = new Drive({
		lease,
		protocol: vote,
		crew: { members: Object.fromEntries(members), clock, limits: defaultCallLimits, random: dice(5) },
		past: [],
		turn: emptyTurn,
		events: [],
		onEvent: (event) => events.push(event),
		onDelta: () => {},
	});
	drive.send({
		type: "start",
		terms: {
			number: 1,
			question: "Which?",
			protocol: "vote",
			agents,
			maxAnswers: 1,
			maxFailures: 1,
			maxSteps: 10,
			stop: "all",
			presentation: "verbatim",
			maxRestarts: 0,
			ballot: true,
			seed: 1,
			prompts: 1,
			limits: { onLimit: "wrap_up", graceMs: 60_000 },
		},
	});
	const turn = await drive.drive();
	await lease.release();
	return { turn, events, seen, endedAt: clock.now(), most: new Map([...servers].map(([name, server]) => [name, server.most])) };
}
