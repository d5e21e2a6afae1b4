import { startModelServer } from "../test/fixtures/start-model-server.ts";
import { carryOut, type Measured, median, order } from "./orders.ts";

/** Streams of 100 tokens a second, six seconds each. */
const pace = { ttft: 200, rate: 100, tokens: 600 };
const sizes = [1, 3, 10, 100, 500] as const;
const rounds = 3;

/** What a turn takes beside what it waits for: time, processor, memory, and the log's share. The control is the bare provider. */
export async function bench(print: (line: string) => void): Promise<void> {
	const server = await startModelServer();
	try {
		print(`Each agent streams ${pace.tokens} tokens, ${pace.rate} a second, after ${pace.ttft} ms; medians of ${rounds} runs, in turn.`);
		print("");
		print(
			"| agents | turn, over the ideal path | bare provider, over its ideal | loop lag p99 ms | processor us per token | bare us per token | ratio | peak memory MB | blocked by the log |",
		);
		print("|---|---|---|---|---|---|---|---|---|");
		for (const agents of sizes) print(await row(server.url, agents));
		print("| goal | 1.01 to 10, 1.03 at 100, 1.12 at 500 | | 50 at 100 | | | 1.6 | 150 at 100, 320 at 500 | 3 % at 100 |");
	} finally {
		server.stop();
	}
}

async function row(url: string, agents: number): Promise<string> {
	const teams: Measured[] = [];
	const bare: Measured[] = [];
	for (let round = 0; round < rounds; round++) {
		teams.push(await carryOut(order("team", url, agents, pace)));
		bare.push(await carryOut(order("bare", url, agents, pace)));
	}
	const of = (all: readonly Measured[], figure: (one: Measured) => number) => median(all.map(figure));
	const perToken = (one: Measured) => (one.cpuMs * 1000) / one.tokens;
	const over = (one: Measured) => one.ms / one.idealMs;
	return `| ${[
		agents,
		of(teams, over).toFixed(3),
		of(bare, over).toFixed(3),
		of(teams, ({ lagP99Ms }) => lagP99Ms).toFixed(0),
		of(teams, perToken).toFixed(0),
		of(bare, perToken).toFixed(0),
		(of(teams, perToken) / of(bare, perToken)).toFixed(2),
		of(teams, ({ peakMb }) => peakMb).toFixed(0),
		`${(of(teams, ({ blockedMs, ms }) => blockedMs / ms) * 100).toFixed(2)} %`,
	].join(" | ")} |`;
}
