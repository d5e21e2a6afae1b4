/**
 * Runs two turns of a team in this process and prints what the second one took, as JSON: started by the other files of
 * this folder, so that every measurement has a process of its own. `bare` makes the same model calls without a team.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import type { LanguageModelV3, LanguageModelV3Prompt } from "@ai-sdk/provider";
import type { Lease, SessionStore } from "../src/checkpoint/log.ts";
import { createSession } from "../src/checkpoint/session-directory.ts";
import type { Team } from "../src/config/team.ts";
import type { Recorded } from "../src/core/events.ts";
import { fence } from "../src/core/fence.ts";
import { runTurn } from "../src/massgen.ts";
import type { Measured, Order } from "./orders.ts";

async function team({ url, models, ttft, rate }: Order): Promise<Measured> {
	const directory = mkdtempSync(join(tmpdir(), "massgen-bench-"));
	const { store, blocked } = timed(await createSession(directory, { home: directory }));
	const config = teamOf(url, models);
	const ask = (question: string, watch: Watch) =>
		runTurn({ store, team: config, question, env: {}, onEvent: watch.onEvent, onDelta: watch.onDelta });
	try {
		await ask("First?", new Watch());
		const watch = new Watch();
		const meter = startMeter();
		blocked.ms = 0;
		blocked.appends = 0;
		await ask("Second?", watch);
		const used = meter();
		return {
			...used,
			ms: watch.endedAt - watch.startedAt,
			idealMs: watch.idealMs(ttft, rate),
			tokens: watch.tokens,
			blockedMs: blocked.ms,
			appends: blocked.appends,
		};
	} finally {
		await store.close();
		rmSync(directory, { recursive: true, force: true });
	}
}

/** One viewer: everything that happens is made into a line of JSON, as for a pipe. */
class Watch {
	startedAt = 0;
	endedAt = 0;
	tokens = 0;
	bytes = 0;
	round = 0;
	readonly #perRound: number[] = [];
	readonly #rounds = new Map<string, number>();

	readonly onEvent = (event: Recorded): void => {
		this.bytes += JSON.stringify(event).length;
		if (event.type === "turn.started") this.startedAt = performance.now();
		if (event.type === "turn.ended") this.endedAt = performance.now();
		if (event.type === "assignment.started") this.#rounds.set(event.assignment, event.round);
		if (event.type !== "step.completed") return;
		const output = event.reply.usage?.output ?? 0;
		const round = (this.#rounds.get(event.assignment) ?? 1) - 1;
		this.#perRound[round] = Math.max(this.#perRound[round] ?? 0, output);
		this.tokens += output;
	};

	readonly onDelta = (delta: object): void => {
		this.bytes += JSON.stringify(delta).length;
	};

	/** Per round the slowest agent's first token, and its other tokens at its rate. */
	idealMs(ttft: number, rate: number): number {
		return this.#perRound.reduce((sum, tokens) => sum + ttft + ((tokens - 1) * 1000) / rate, 0);
	}
}

/** The same streams at the same time, through the same provider package, and nothing else: all answer, then all vote. */
async function bare({ url, models, ttft, rate }: Order): Promise<Measured> {
	const provider = createOpenAICompatible({ name: "bench", baseURL: url, apiKey: "none", includeUsage: true });
	const turn = async () => {
		const question = { role: "user" as const, content: [{ type: "text" as const, text: "Second?" }] };
		const round = (prompts: readonly LanguageModelV3Prompt[]) =>
			Promise.all(models.map((model, index) => stream(provider(model), prompts[index] ?? [question])));
		const drafts = await round([]);
		const board = drafts.map(({ text }, index) => fence(`agent-${index}`, text, "bench")).join("\n");
		const votes = await round(
			drafts.map(({ input }) => [
				question,
				{ role: "assistant", content: [{ type: "tool-call", toolCallId: "call_0", toolName: "new_answer", input }] },
				{
					role: "tool",
					content: [{ type: "tool-result", toolCallId: "call_0", toolName: "new_answer", output: { type: "text", value: board } }],
				},
			]),
		);
		const ideal = [drafts, votes].map((replies) => ttft + (Math.max(...replies.map(({ tokens }) => tokens)) - 1) * (1000 / rate));
		return { tokens: [...drafts, ...votes].reduce((sum, { tokens }) => sum + tokens, 0), idealMs: ideal.reduce((sum, ms) => sum + ms, 0) };
	};
	await turn();
	const meter = startMeter();
	const start = performance.now();
	const { tokens, idealMs } = await turn();
	const ms = performance.now() - start;
	return { ...meter(), ms, idealMs, tokens, blockedMs: 0, appends: 0 };
}

const tools = [
	{ name: "new_answer", parameters: ["content"] },
	{ name: "vote", parameters: ["agent_id", "reason"] },
].map(({ name, parameters }) => ({
	type: "function" as const,
	name,
	description: name,
	inputSchema: {
		type: "object" as const,
		properties: Object.fromEntries(parameters.map((parameter) => [parameter, { type: "string" as const }])),
		required: parameters,
	},
}));

async function stream(model: LanguageModelV3, prompt: LanguageModelV3Prompt) {
	const { stream: parts } = await model.doStream({ prompt, tools });
	let [tokens, input] = [0, ""];
	for await (const part of parts) {
		if (part.type === "tool-call") input = part.input;
		if (part.type === "finish") tokens = part.usage.outputTokens.total ?? 0;
	}
	const call: unknown = JSON.parse(input);
	const text = typeof call === "object" && call !== null && "content" in call ? String(call.content) : "";
	return { tokens, text, input: call };
}

function startMeter() {
	const before = process.cpuUsage();
	const lag = monitorEventLoopDelay({ resolution: 5 });
	let peak = process.memoryUsage.rss();
	const sampling = setInterval(() => {
		peak = Math.max(peak, process.memoryUsage.rss());
	}, 50);
	lag.enable();
	return () => {
		clearInterval(sampling);
		lag.disable();
		const { user, system } = process.cpuUsage(before);
		return { cpuMs: (user + system) / 1000, peakMb: peak / 1e6, lagP99Ms: lag.percentile(99) / 1e6 };
	};
}

/** The store, with a watch on how long its writes hold up everything else: they are synchronous. */
function timed(store: SessionStore): { store: SessionStore; blocked: { ms: number; appends: number } } {
	const blocked = { ms: 0, appends: 0 };
	const clocked = <T>(write: () => Promise<T>): Promise<T> => {
		const start = performance.now();
		const written = write();
		blocked.ms += performance.now() - start;
		blocked.appends++;
		return written;
	};
	const wrap = (lease: Lease): Lease => ({
		epoch: lease.epoch,
		lost: lease.lost,
		get seq() {
			return lease.seq;
		},
		append: (events, drafts) => clocked(() => lease.append(events, drafts)),
		addDrafts: (added) => clocked(() => lease.addDrafts(added)),
		requests: () => lease.requests(),
		respond: (request, answer) => lease.respond(request, answer),
		release: () => lease.release(),
	});
	return { store: { ...store, acquire: async () => wrap(await store.acquire()) }, blocked };
}

function teamOf(url: string, models: readonly string[]): Team {
	return {
		agents: models.map((model, index) => {
			const options = { baseUrl: url, apiKey: "none" };
			return { id: `agent${index + 1}`, backend: "chatcompletion", model, options, secretOptions: options };
		}),
		rules: {
			protocol: "council",
			maxAnswers: 1,
			maxFailures: 1,
			maxSteps: 50,
			stop: "majority",
			presentation: "verbatim",
			maxRestarts: 0,
			date: false,
		},
		limits: { onLimit: "wrap_up", graceMs: 120_000 },
		ui: { logging: false },
		stored: {},
		more: {},
	};
}

const order: Order = JSON.parse(process.argv[2] ?? "{}");
const measured = order.kind === "bare" ? await bare(order) : await team(order);
process.stdout.write(`${JSON.stringify(measured)}\n`, () => process.exit(0));
