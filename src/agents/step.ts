import { createHash } from "node:crypto";
import type { BackendError, CallResult } from "../backends/backend.ts";
import type { Reply, Request } from "../core/conversation.ts";
import type { Command, Delta } from "../core/events.ts";
import { seatOf } from "../core/queries.ts";
import type { Past } from "../core/session.ts";
import type { Assignment, Estimate, Turn } from "../core/types.ts";
import { digest } from "../prompts/compaction.ts";
import { requestFor } from "../prompts/request.ts";
import type { Crew, Member } from "./member.ts";
import { retryDelay } from "./retry.ts";

/** A model call that is about to be made. */
export type Prepared = {
	readonly request: Request;
	readonly hash: string;
	readonly estimate: Estimate;
	/** Nothing was left out of the conversation yet. */
	readonly isWhole: boolean;
};

export function prepare(turn: Turn, { agent }: Assignment, past: readonly Past[], member: Member): Prepared {
	const specs = member.tools.map(({ spec }) => spec);
	const request = requestFor(turn, agent, past, specs);
	const hash = createHash("sha256").update(JSON.stringify(request)).digest("hex");
	const isWhole = !seatOf(turn, agent).conversation.some(({ kind }) => kind === "compaction");
	return { request, hash, estimate: member.estimate(request), isWhole };
}

export type StepPorts = {
	readonly crew: Crew;
	readonly signal: AbortSignal;
	readonly onDelta: (delta: Delta) => void;
	/** Resolves once the bookmark is in the log. */
	readonly onBookmark: (bookmark: string) => Promise<void>;
	readonly onProcess: (process: { pid: number; startedAt: string; command: string }) => Promise<void>;
	readonly onProcessEnd: (pid: number, exitCode: number | null) => void;
};

/** What is kept as a draft if the call does not complete: what the agent was writing, not how it came to it. */
export function isWriting(kind: Delta["kind"]): boolean {
	return kind === "text" || kind === "answer";
}

/** Makes one model call and says what came of it. Undefined if it was called off: then nobody waits for it. */
export async function runStep(member: Member, assignment: Assignment, prepared: Prepared, ports: StepPorts): Promise<Command | undefined> {
	const step = assignment.step?.id ?? "";
	const { crew, signal } = ports;
	let draft = "";
	const guarded = new Watchdog(crew, signal);
	const result = await guarded.watch((guard) =>
		member.backend.call({
			agent: assignment.agent,
			step,
			request: prepared.request,
			signal: guard,
			onDelta: (kind, text) => {
				guarded.sign();
				if (isWriting(kind)) draft += text;
				ports.onDelta({ agent: assignment.agent, step, kind, text });
			},
			onBookmark: ports.onBookmark,
			onProcess: ports.onProcess,
			onProcessEnd: ports.onProcessEnd,
			...(assignment.bookmark === undefined ? {} : { bookmark: assignment.bookmark }),
		}),
	);
	if (signal.aborted) return undefined;
	if (!result.ok) return { ...failed(step, assignment, result, draft, crew, member), ...shorter(result.error, prepared, crew) };

	const reply = { ...result.reply, toolCalls: distinct(result.reply.toolCalls) };
	const costUsd = result.costUsd ?? (reply.usage && member.cost(reply.usage));
	const readOnly = reply.toolCalls
		.filter((call) => member.tools.some((tool) => tool.spec.name === call.name && tool.readOnly))
		.map(({ id }) => id);
	return { type: "complete-step", step, reply, readOnly, ...(costUsd === undefined ? {} : { costUsd }) };
}

/** Some servers give every call of a reply the same id; a result must belong to one of them. */
function distinct(calls: Reply["toolCalls"]): Reply["toolCalls"] {
	const ids = calls.map(({ id }) => id);
	return calls.map((call, index) => (ids.indexOf(call.id) === index && call.id !== "" ? call : { ...call, id: `${call.id}_${index + 1}` }));
}

function failed(
	step: string,
	assignment: Assignment,
	{ error, usage, costUsd }: Extract<CallResult, { ok: false }>,
	draft: string,
	crew: Crew,
	member: Member,
): Extract<Command, { type: "fail-step" }> {
	const { kind, message, hint, status } = error;
	const waitMs = retryDelay(error, assignment, crew.limits.waitMs, crew.random);
	const paid = costUsd ?? (usage && member.cost(usage));
	return {
		type: "fail-step",
		step,
		failure: { kind, message, ...(hint === undefined ? {} : { hint }), ...(status === undefined ? {} : { status }) },
		...(waitMs === undefined ? {} : { waitMs }),
		...(usage ? { usage } : {}),
		...(paid === undefined ? {} : { costUsd: paid }),
		...(draft === "" ? {} : { draft }),
	};
}

/** A conversation that is too long for the model is summed up, once, and the call made again at once. */
function shorter({ kind }: BackendError, { request, isWhole }: Prepared, crew: Crew): { summary: string; waitMs: number } | undefined {
	return kind === "context-too-long" && isWhole ? { summary: digest(request, crew.limits.compactionRatio), waitMs: 0 } : undefined;
}

/** Ends a call that gives no sign of life, or takes too long, whatever its backend does. */
class Watchdog {
	readonly #crew: Crew;
	readonly #signal: AbortSignal;
	#signedAt: number;

	constructor(crew: Crew, signal: AbortSignal) {
		this.#crew = crew;
		this.#signal = signal;
		this.#signedAt = crew.clock.now();
	}

	sign(): void {
		this.#signedAt = this.#crew.clock.now();
	}

	async watch(call: (signal: AbortSignal) => Promise<CallResult>): Promise<CallResult> {
		const guard = new AbortController();
		const settled = new AbortController();
		const abort = () => guard.abort(this.#signal.reason);
		if (this.#signal.aborted) abort();
		else this.#signal.addEventListener("abort", abort, { once: true });
		const silence = this.#silence(settled.signal).then((error): CallResult | Promise<CallResult> => {
			if (!error) return new Promise(() => {});
			guard.abort(error);
			return { ok: false, error };
		});
		try {
			return await Promise.race([call(guard.signal), silence]);
		} catch (error) {
			// A backend that breaks its contract costs its agent this call, and nobody else anything.
			return { ok: false, error: { kind: "bad-response", message: `The backend failed: ${messageOf(error)}`, retryable: false } };
		} finally {
			settled.abort("settled");
			this.#signal.removeEventListener("abort", abort);
		}
	}

	/** Resolves with the error once a limit is passed, or with nothing once the call has settled. */
	async #silence(settled: AbortSignal): Promise<BackendError | undefined> {
		const { clock, limits } = this.#crew;
		const start = clock.now();
		while (!settled.aborted) {
			const idle = this.#signedAt + limits.idleMs - clock.now();
			const total = start + limits.callMs - clock.now();
			if (total <= 0) return { kind: "timeout", message: `The call took longer than ${limits.callMs / 1000} s.`, retryable: false };
			if (idle <= 0) return { kind: "timeout", message: `No sign of life for ${limits.idleMs / 1000} s.`, retryable: true };
			await clock.sleep(Math.min(idle, total), settled);
		}
		return undefined;
	}
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
