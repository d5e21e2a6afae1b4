import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../../src/backends/backend.ts";
import type { Lease, SessionStore } from "../../src/checkpoint/log.ts";
import { createMemoryStore } from "../../src/checkpoint/memory.ts";
import type { Recorded } from "../../src/core/events.ts";
import { replay } from "../../src/core/evolve.ts";
import type { Turn } from "../../src/core/types.ts";
import { StoreError } from "../../src/errors.ts";
import { runTurn } from "../../src/massgen.ts";
import { virtualClock } from "../../src/testing.ts";
import type { Tool } from "../../src/tools/tool.ts";
import { Draws } from "./draws.ts";
import type { Mishap, World } from "./world.ts";

/** What came of a world: its log and the state that the last process held. */
export type Story = {
	readonly events: readonly Recorded[];
	readonly turn: Turn;
	readonly processes: number;
	/** How often each tool call was run, by tool and call. */
	readonly runs: ReadonlyMap<string, number>;
};

/** No turn of a simulated world may take longer, in milliseconds: its waits, tries and grace periods are bounded far below. */
const patienceMs = 12 * 3_600_000;

/** Drives the world's turn to its end, through all its mishaps. */
export async function play(world: World, mishaps: readonly Mishap[] = world.mishaps): Promise<Story> {
	const store = createMemoryStore("session");
	const random = new Draws(world.seed ^ 0x5eed).next;
	let wall = 1_700_000_000_000;
	let processes = 0;
	const runs = new Map<string, number>();
	for (;;) {
		const clock = virtualClock(wall);
		const mishap = mishaps[processes];
		processes++;
		await drive(world, mishap, store, clock, random, processes === 1, runs);
		const events = await all(store);
		const turn = replay(events.filter((event) => event.turn === 1));
		if (turn.phase === "ended") return { events, turn, processes, runs };
		if (processes > mishaps.length + world.wishes.length + 1) throw new Error("The turn does not end although nothing disturbs it.");
		// Some time passes before somebody goes on with it; it must not count.
		wall = clock.wall() + 3_600_000;
	}
}

/** One process. What it believes of the turn when it ends must be what its log says. */
async function drive(
	world: World,
	mishap: Mishap | undefined,
	inner: SessionStore,
	clock: Clock,
	random: () => number,
	isFirst: boolean,
	runs: Map<string, number>,
): Promise<void> {
	const over = new AbortController();
	const interrupt = new AbortController();
	const after = (ms: number, act: () => unknown) => void clock.sleep(ms, over.signal).then(() => (over.signal.aborted ? undefined : act()));
	const hasTurn = (await all(inner)).some(({ type }) => type === "turn.started");
	const store = mishap?.kind === "crash" ? mortal(inner, mishap) : inner;
	let stall: (error: Error) => void = () => {};
	const stalled = new Promise<never>((_, reject) => {
		stall = reject;
	});
	stalled.catch(() => {});
	try {
		const running = runTurn({
			store,
			team: world.team,
			...(hasTurn ? {} : { question: "Which is it?" }),
			env: {},
			clock,
			random,
			tickMs: 500,
			toolsOf: () => [tool("dig", false, clock, runs), tool("look", true, clock, runs)],
			callLimits: { idleMs: 30_000, waitMs: 10_000 },
			signal: interrupt.signal,
			// Not before: while a backend is loaded there is nothing else to do, and time would run away.
			onDrive: () => {
				after(patienceMs, () => stall(new Error("The turn stands still.")));
				if (mishap?.kind === "interrupt") after(mishap.ms, () => interrupt.abort("Ctrl+C"));
				if (isFirst) for (const { ms, request } of world.wishes) after(ms, () => inner.request(request));
			},
		});
		const { turn } = await Promise.race([running, stalled]);
		const logged = replay((await all(inner)).filter((event) => event.turn === 1));
		if (!isDeepStrictEqual(turn, logged)) throw new Error("The log does not fold to the state of the process.");
	} catch (error) {
		if (!(error instanceof StoreError && error.message === death)) throw error;
	} finally {
		over.abort();
	}
}

/** Takes its time, and counts how often it is run. */
function tool(name: string, readOnly: boolean, clock: Clock, runs: Map<string, number>): Tool {
	return {
		spec: { name, description: name, inputSchema: { type: "object" } },
		readOnly,
		timeoutMs: 5000,
		run: async (input, { call, signal }) => {
			const key = `${name} ${call}`;
			runs.set(key, (runs.get(key) ?? 0) + 1);
			await clock.sleep(Number(input.ms ?? 100), signal);
			return { output: `${name} is done`, isError: false };
		},
	};
}

const death = "The process has died.";

/** A store whose writer dies with its nth append: nothing that it does later is written. Its lease is free, as a dead process's is. */
function mortal(inner: SessionStore, { append: last, isWritten }: Extract<Mishap, { kind: "crash" }>): SessionStore {
	let appends = 0;
	let isDead = false;
	const alive = () => {
		if (isDead) throw new StoreError(death);
	};
	const wrap = (lease: Lease): Lease => ({
		epoch: lease.epoch,
		lost: lease.lost,
		get seq() {
			return lease.seq;
		},
		append: async (events, drafts) => {
			alive();
			isDead = ++appends === last;
			if (isDead && !isWritten) alive();
			const saved = await lease.append(events, drafts);
			alive();
			return saved;
		},
		addDrafts: async (added) => {
			alive();
			await lease.addDrafts(added);
		},
		requests: async () => {
			alive();
			return lease.requests();
		},
		respond: async (request, answer) => {
			alive();
			await lease.respond(request, answer);
		},
		release: () => lease.release(),
	});
	return { ...inner, acquire: async () => wrap(await inner.acquire()) };
}

async function all(store: SessionStore): Promise<readonly Recorded[]> {
	const events: Recorded[] = [];
	for await (const page of store.read()) events.push(...page);
	return events;
}
