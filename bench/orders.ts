import { execFile } from "node:child_process";
import { compiled } from "../test/fixtures/compiled.ts";
import { paced } from "../test/fixtures/start-model-server.ts";

/** What a measured process is to do. */
export type Order = {
	readonly kind: "team" | "bare";
	readonly url: string;
	readonly models: readonly string[];
	/** Of the model server: milliseconds to the first token, tokens per second. */
	readonly ttft: number;
	readonly rate: number;
};

/** What its second turn took; times in milliseconds. */
export type Measured = {
	readonly ms: number;
	readonly idealMs: number;
	readonly tokens: number;
	readonly cpuMs: number;
	readonly peakMb: number;
	readonly lagP99Ms: number;
	/** In writes to the log, which are synchronous. */
	readonly blockedMs: number;
	readonly appends: number;
};

/** So many streams of a pace. */
export function order(kind: Order["kind"], url: string, agents: number, pace: { ttft: number; rate: number; tokens: number }): Order {
	const models = Array.from({ length: agents }, (_, index) => paced({ name: `agent${index + 1}`, ...pace }));
	return { kind, url, models, ttft: pace.ttft, rate: pace.rate };
}

let program: string | undefined;

/** Carries out an order in a process of its own. */
export async function carryOut(given: Order): Promise<Measured> {
	program ??= compiled("bench/measured-turn.ts");
	const words = [program, JSON.stringify(given)];
	return await new Promise((resolve, reject) =>
		execFile(process.execPath, words, { maxBuffer: 1e8 }, (error, stdout) => (error ? reject(error) : resolve(JSON.parse(stdout)))),
	);
}

export function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
