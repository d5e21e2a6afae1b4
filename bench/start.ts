import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const rounds = 15;
const bin = join(import.meta.dirname, "../bin/massgen.js");

/**
 * How long the program takes to start, over what a Node that does nothing takes: median of interleaved runs of the built
 * program. The first request is timed until the server has it; the session is on disk by then.
 */
export async function bench(print: (line: string) => void, { nodes = [] }: { nodes?: readonly string[] } = {}): Promise<void> {
	const place = mkdtempSync(join(tmpdir(), "massgen-bench-"));
	const server = await modelServer();
	try {
		mkdirSync(join(place, "home"));
		writeFileSync(join(place, "broken.yaml"), "agents:\n  - id: a\n    backnd: { type: simulated }\n");
		const { port } = server.http.address() as AddressInfo;
		const backend = `{ type: chatcompletion, model: m, base_url: "http://127.0.0.1:${port}/v1", api_key: "\${KEY}" }`;
		writeFileSync(join(place, "team.yaml"), `agents:\n  - id: a\n    backend: ${backend}\n`);
		print(`| Node, ${rounds} runs | floor ms | --version | --help | config error | bare fetch | first request |`);
		print("|---|---|---|---|---|---|---|");
		for (const node of [process.execPath, ...nodes]) for (const line of await rows(node, { place, server, port })) print(line);
		print("| goal | | + 10 | + 35 | + 80 | | + 140 |");
	} finally {
		server.http.close();
		server.http.closeAllConnections();
		rmSync(place, { recursive: true, force: true });
	}
}

type Surroundings = { readonly place: string; readonly server: ModelServer; readonly port: number };

/** The median, and the best: on a machine that does other things too, the best is nearer to the truth. */
async function rows(node: string, { place, server, port }: Surroundings): Promise<readonly string[]> {
	const fetching = `fetch("http://127.0.0.1:${port}/v1", { method: "POST", body: "{}" })`;
	const cases: readonly (() => Promise<number>)[] = [
		() => untilExit(node, ["-e", "0"], place),
		() => untilExit(node, [bin, "--version"], place),
		() => untilExit(node, [bin, "--help"], place),
		() => untilExit(node, [bin, "--config", "broken.yaml", "q"], place),
		() => untilRequest(node, ["-e", fetching], { place, server }),
		() => untilRequest(node, [bin, "--config", "team.yaml", "--quiet", "q"], { place, server }),
	];
	const times = cases.map((): number[] => []);
	// The first round fills the file cache.
	for (let round = 0; round <= rounds; round++) {
		for (const [index, measure] of cases.entries()) {
			const ms = await measure();
			if (round > 0) times[index]?.push(ms);
		}
	}
	const version = spawnSync(node, ["--version"], { encoding: "utf8" }).stdout.trim();
	return [
		line(`${version}, median`, times.map(median)),
		line(
			`${version}, best`,
			times.map((values) => Math.min(...values)),
		),
	];
}

function line(title: string, [floor = 0, ...rest]: readonly number[]): string {
	const over = rest.map((ms) => `+ ${Math.max(0, ms - floor).toFixed(0)}`);
	return `| ${[title, floor.toFixed(0), ...over].join(" | ")} |`;
}

function start(node: string, words: readonly string[], place: string): ChildProcess {
	const env = { PATH: process.env.PATH, HOME: join(place, "home"), KEY: "k" };
	return spawn(node, words, { cwd: place, env, stdio: "ignore" });
}

function untilExit(node: string, words: readonly string[], place: string): Promise<number> {
	const began = performance.now();
	return new Promise((resolve) => start(node, words, place).on("exit", () => resolve(performance.now() - began)));
}

async function untilRequest(
	node: string,
	words: readonly string[],
	{ place, server }: Pick<Surroundings, "place" | "server">,
): Promise<number> {
	const arrived = server.next();
	const began = performance.now();
	const child = start(node, words, place);
	const gone = new Promise<never>((_, reject) =>
		child.on("exit", (code) => reject(new Error(`It ended with ${code} before it asked anything.`))),
	);
	const at = await Promise.race([arrived, gone]);
	gone.catch(() => {});
	child.kill("SIGKILL");
	await gone.catch(() => {});
	return at - began;
}

type ModelServer = { readonly http: Server; next(): Promise<number> };

/** Never answers: whoever asks is killed. */
async function modelServer(): Promise<ModelServer> {
	let arrived: ((at: number) => void) | undefined;
	const http = createServer(() => arrived?.(performance.now()));
	await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
	return {
		http,
		next: () =>
			new Promise((resolve) => {
				arrived = resolve;
			}),
	};
}

function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
