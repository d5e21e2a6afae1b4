import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSession } from "../src/checkpoint/session-directory.ts";
import type { Recorded } from "../src/core/events.ts";
import { runTurn } from "../src/massgen.ts";
import { simulatedTeam } from "../src/testing.ts";
import { type JournalCall, type ModelServerProcess, paced, startModelServer } from "../test/fixtures/start-model-server.ts";

const rounds = 100;
const fast = { ttft: 5, rate: 1000, tokens: 30 };
/** These still think when the others have answered, or voted. */
const slow = { ...fast, ttft: 60_000 };
const undecided = { ...fast, vote: 60_000 };

/**
 * How long the team takes to react, as the model server sees it: from the end of the last answer or vote that was
 * needed to the next request, and to the end of the request that is needed no more. All times are the server's.
 */
export async function bench(print: (line: string) => void): Promise<void> {
	const directory = mkdtempSync(join(tmpdir(), "massgen-bench-"));
	const server = await startModelServer(join(directory, "journal.jsonl"));
	try {
		const sets: Record<"commit" | "next" | "win" | "interrupt", number[]> = { commit: [], next: [], win: [], interrupt: [] };
		for (let round = 0; round < rounds; round++) {
			const { calls, commits } = await play(server, directory, ["a", "b", "c"]);
			sets.commit.push(...commits);
			const second = calls.filter(({ at }) => at > Math.max(...calls.slice(0, 3).map(({ sent = 0 }) => sent)));
			sets.next.push((second[0]?.at ?? Number.NaN) - Math.max(...calls.slice(0, 3).map(({ sent = 0 }) => sent)));
			sets.win.push(...(await won(server, directory)));
			sets.interrupt.push(...(await interrupted(server, directory)));
		}
		print(`| ${rounds} times, as the model server sees it | p50 ms | p99 ms | goal p99 |`);
		print("|---|---|---|---|");
		const line = (title: string, times: readonly number[], goal: string) =>
			print(`| ${title} | ${quantile(times, 0.5)} | ${quantile(times, 0.99)} | ${goal} |`);
		line("one commit to the log, in the same runs", sets.commit, "");
		line("last answer sent, to the next round's first request", sets.next, "5 + one commit");
		line("last needed vote sent, to the abort of a call that is needed no more", sets.win, "5 + one commit");
		line("interruption, to the abort of the last call", sets.interrupt, "10");
	} finally {
		server.stop();
		rmSync(directory, { recursive: true, force: true });
	}
}

type Played = { readonly calls: readonly JournalCall[]; readonly commits: readonly number[]; readonly events: readonly Recorded[] };

/** One turn; what the server noted of it, and how long each append took. */
async function play(
	server: ModelServerProcess,
	directory: string,
	names: readonly string[],
	signal?: AbortSignal,
	onEvent?: (event: Recorded) => void,
): Promise<Played> {
	const from = server.journal().length;
	const store = await createSession(directory, { home: directory });
	const commits: number[] = [];
	const events: Recorded[] = [];
	const timed = {
		...store,
		acquire: async () => {
			const lease = await store.acquire();
			const append: typeof lease.append = async (events, drafts) => {
				const start = performance.now();
				const saved = await lease.append(events, drafts);
				commits.push(performance.now() - start);
				return saved;
			};
			return Object.create(lease, { append: { value: append } });
		},
	};
	const base = simulatedTeam(names.length, { rules: { protocol: "council" } });
	const agents = base.agents.map((agent, index) => {
		const name = names[index] ?? "";
		const options = { baseUrl: server.url, apiKey: "none" };
		return {
			...agent,
			backend: "chatcompletion",
			model: paced({ name, ...(name === "slow" ? slow : name === "undecided" ? undecided : fast) }),
			options,
			secretOptions: options,
		};
	});
	await runTurn({
		store: timed,
		team: { ...base, agents },
		question: "Which?",
		env: {},
		...(signal ? { signal } : {}),
		onEvent: (event) => {
			events.push(event);
			onEvent?.(event);
		},
	});
	await store.close();
	// The server notices an abort when the socket closes: a moment later.
	await new Promise((resolve) => setTimeout(resolve, 20));
	return { calls: server.journal().slice(from), commits, events };
}

/** Two of three votes decide, while the third agent still waits for its model. */
async function won(server: ModelServerProcess, directory: string): Promise<readonly number[]> {
	const { calls } = await play(server, directory, ["a", "b", "undecided"]);
	const last = Math.max(...calls.flatMap(({ sent }) => sent ?? []));
	return calls.flatMap(({ aborted }) => (aborted === undefined ? [] : [aborted - last]));
}

async function interrupted(server: ModelServerProcess, directory: string): Promise<readonly number[]> {
	const stop = new AbortController();
	let at = Number.NaN;
	const { calls } = await play(server, directory, ["slow", "slow", "slow"], stop.signal, (event) => {
		if (event.type !== "step.started" || !event.step.startsWith("1.3.")) return;
		setTimeout(() => {
			at = performance.timeOrigin + performance.now();
			stop.abort("bench");
		}, 30);
	});
	return [Math.max(...calls.flatMap(({ aborted }) => aborted ?? [])) - at];
}

function quantile(times: readonly number[], share: number): string {
	const sorted = times.filter(Number.isFinite).sort((a, b) => a - b);
	return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(2);
}
