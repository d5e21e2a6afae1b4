import type { Reply, Usage } from "../core/conversation.ts";
import type { Backend, BackendError, BackendSetup, Call, CallResult, Clock } from "./backend.ts";
import type { Dialect } from "./cli-dialect.ts";
import { failure, noDirectory, notInstalled, notRun } from "./cli-errors.ts";
import { tail } from "./cli-lines.ts";
import { listen } from "./cli-listen.ts";
import { lastTrace, nextPrompt, type Prompt, type Trace } from "./cli-prompt.ts";
import { type Heard, unheard } from "./cli-speech.ts";
import { findCommand, isDirectory } from "./cli-which.ts";
import { type Child, launch, launcherExit } from "./launch.ts";
import { callMarker } from "./text-tools.ts";

/**
 * A CLI agent as a backend: one call gives it one prompt, in a process of its own, and goes on with its own session. Its
 * tools, its files and its memory are its business; ours are the prompt, the reply, the session's name and the process.
 */
export function cliAgent(
	dialect: Dialect,
	setup: BackendSetup,
	place: { readonly cwd: string; readonly env: BackendSetup["env"] },
): Backend {
	const running = new Set<Promise<unknown>>();
	const agent: Agent = {
		dialect,
		...place,
		secret: `${setup.seed}:${setup.agent}`,
		clock: setup.clock,
		totals: new Map(),
		full: new Set(),
	};
	return {
		call(call) {
			const work = answer(agent, call);
			running.add(work);
			void work.finally(() => running.delete(work));
			// The group is being ended; its end is waited for in `close`, not by the caller.
			return Promise.race([work, abortion(call.signal)]);
		},
		async close() {
			await Promise.allSettled(running);
		},
	};
}

type Agent = {
	readonly dialect: Dialect;
	readonly cwd: string;
	readonly env: BackendSetup["env"];
	readonly secret: string;
	readonly clock: Clock;
	/** Usage of its sessions so far, for those that count whole sessions. */
	readonly totals: Map<string, Usage>;
	/** Sessions that have grown too long: it starts a new one, with what is left of the conversation. */
	readonly full: Set<string>;
};

const aborted: BackendError = { kind: "aborted", message: "The call was aborted.", retryable: false };

function abortion(signal: AbortSignal): Promise<CallResult> {
	return new Promise((resolve) => {
		const abort = () => resolve({ ok: false, error: aborted });
		if (signal.aborted) abort();
		else signal.addEventListener("abort", abort, { once: true });
	});
}

async function answer(agent: Agent, call: Call): Promise<CallResult> {
	const { dialect, cwd, env } = agent;
	try {
		if (!(await isDirectory(cwd))) return { ok: false, error: noDirectory(dialect, cwd) };
		if (!(await findCommand(dialect.command, env, cwd))) return { ok: false, error: notInstalled(dialect) };
		const tools = { tools: call.request.tools, marker: callMarker(agent.secret) };
		const session = call.bookmark !== undefined && agent.full.has(call.bookmark) ? undefined : call.bookmark;
		const first = await attempt(agent, call, nextPrompt(call.request, tools, session), session);
		if (first !== "lost") return first;
		call.onDelta("progress", `${dialect.title} no longer has session ${call.bookmark}; it is told everything again.`);
		const anew = await attempt(agent, call, nextPrompt(call.request, tools, undefined), undefined);
		return anew === "lost" ? { ok: false, error: failure(dialect, { exitCode: 1, signal: null, stderr: "" }, env) } : anew;
	} catch (error) {
		return { ok: false, error: call.signal.aborted ? aborted : notRun(dialect, error, env) };
	}
}

/** One process. `lost`: it does not have the session that it should go on with, and has done nothing. */
async function attempt(agent: Agent, call: Call, prompt: Prompt, session: string | undefined): Promise<CallResult | "lost"> {
	const { dialect, cwd, env } = agent;
	const { args, stdin, env: extra } = dialect.invocation(prompt.text, session);
	const child = await launch({
		command: dialect.command,
		args,
		cwd,
		env: { ...env, ...extra },
		signal: call.signal,
		...(stdin === undefined ? {} : { stdin }),
		onStarted: async (pid, startedAt) => call.onProcess?.({ pid, startedAt, command: dialect.command }),
	});
	const stderr = tail(child.stderr);
	const tools = { tools: call.request.tools, marker: callMarker(agent.secret) };
	const heard = unheard(session);
	const listening = listen({ dialect, child, call, tools, clock: agent.clock }, heard).finally(() => child.stdout.destroy());
	// Nobody listens any more: its session could not be noted, say.
	listening.catch(() => child.end());
	const exit = await ended(child, call);
	call.onProcessEnd?.(child.pid, exit.code);
	await Promise.all([listening, stderr.ended]);
	if (call.signal.aborted) return { ok: false, error: aborted };
	const spending = spent(agent, call, heard, session);
	const isComplete = dialect.completeOn === "line" ? heard.isDone : exit.code === 0;
	if (isComplete && heard.problem === undefined) return success(heard, prompt, spending);
	if (session !== undefined && heard.text === "" && dialect.sessionLost?.test(`${heard.problem ?? ""}\n${stderr.text()}`)) return "lost";
	if (exit.code === launcherExit.notFound && heard.problem === undefined) return { ok: false, error: notInstalled(dialect) };
	const trouble = {
		exitCode: exit.code,
		signal: exit.signal,
		stderr: stderr.text(),
		...(heard.problem === undefined ? {} : { problem: heard.problem }),
	};
	const { usage, costUsd } = spending;
	const error = failure(dialect, trouble, env);
	if (error.kind === "context-too-long" && heard.session !== undefined) agent.full.add(heard.session);
	return { ok: false, error, ...(usage ? { usage } : {}), ...(costUsd === undefined ? {} : { costUsd }) };
}

/** Its exit. Whatever left its group and holds its output open is not waited for. */
async function ended(child: Child, call: Call) {
	const exit = await child.exit;
	const close = () => [child.stdout, child.stderr].map((stream) => stream.destroy());
	setTimeout(close, call.signal.aborted ? 0 : 250).unref();
	return exit;
}

function success(heard: Heard, prompt: Prompt, spending: Spent): CallResult {
	const { text, toolCalls } = heard;
	const { totals, usage, costUsd } = spending;
	const trace: Trace | undefined =
		heard.session === undefined ? undefined : { session: heard.session, told: prompt.told, ...(totals ? { totals } : {}) };
	const reply: Reply = {
		text,
		reasoning: heard.thoughts,
		toolCalls,
		finish: heard.isTruncated ? "length" : toolCalls.length > 0 ? "tool-calls" : "stop",
		...(usage ? { usage } : {}),
		...(trace ? { opaque: trace } : {}),
	};
	return { ok: true, reply, ...(costUsd === undefined ? {} : { costUsd }) };
}

type Spent = { readonly usage?: Usage; readonly totals?: Usage; readonly costUsd?: number };

/** What this call has cost: for those that count their whole session, what it has grown by. */
function spent(agent: Agent, call: Call, heard: Heard, session: string | undefined): Spent {
	const { usage: now, costUsd } = heard;
	// Some say 0 where they know no price.
	const cost = costUsd === undefined || (costUsd === 0 && now && now.input + now.output > 0) ? {} : { costUsd };
	if (!now || !agent.dialect.countsSession || heard.session === undefined) return { ...cost, ...(now ? { usage: now } : {}) };
	const trace = lastTrace(call.request);
	const recorded = trace?.session === session ? trace?.totals : undefined;
	const before = session === undefined ? undefined : (agent.totals.get(session) ?? recorded);
	agent.totals.set(heard.session, now);
	return { ...cost, totals: now, usage: before ? grown(now, before) : now };
}

function grown(now: Usage, before: Usage): Usage {
	const by = (key: "input" | "output" | "cached" | "reasoning") => Math.max(0, now[key] - before[key]);
	return { input: by("input"), output: by("output"), cached: by("cached"), reasoning: by("reasoning") };
}
