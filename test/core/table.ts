import type { Reply, ToolCall } from "../../src/core/conversation.ts";
import { decide } from "../../src/core/decide.ts";
import type { Command, Event } from "../../src/core/events.ts";
import { emptyTurn, evolve } from "../../src/core/evolve.ts";
import type { Assignment, Estimate, Terms, Turn } from "../../src/core/types.ts";
import { protocolNamed } from "../../src/protocols/registry.ts";

const aliases = ["fox", "owl", "elk", "hen", "cod", "bee", "yak", "ant", "cat"];

/** Terms with as little in them as can be: two rounds of answers, one failure forgiven. */
export function terms(ids: readonly string[], more: Partial<Terms> = {}): Terms {
	return {
		number: 1,
		question: "Why?",
		protocol: "vote",
		agents: ids.map((id, index) => ({ id, alias: aliases[index] ?? `n${index}z`, backend: "simulated" })),
		maxAnswers: 2,
		maxFailures: 1,
		maxSteps: 50,
		stop: "majority",
		presentation: "verbatim",
		maxRestarts: 0,
		ballot: true,
		seed: 7,
		limits: { onLimit: "wrap_up", graceMs: 0 },
		prompts: 1,
		...more,
	};
}

export function call(name: string, input?: Readonly<Record<string, unknown>>, id = name): ToolCall {
	return { id, name, raw: JSON.stringify(input ?? "?"), ...(input ? { input } : {}) };
}

export function reply(text: string, ...toolCalls: readonly ToolCall[]): Reply {
	return { text, reasoning: "", toolCalls, finish: toolCalls.length > 0 ? "tool-calls" : "stop" };
}

export const boom = { kind: "server", message: "boom" };

/** A turn driven by hand: every agent's word goes through the commands that a model's would. */
export class Table {
	readonly events: Event[] = [];
	turn: Turn = emptyTurn;
	readonly #terms: Terms;

	constructor(ids: readonly string[], more: Partial<Terms> = {}) {
		const entry = protocolNamed(more.protocol ?? "vote");
		this.#terms = { ...terms(ids), ...entry?.terms, ...more };
		this.send({ type: "start", terms: this.#terms });
	}

	/** What the command has brought. */
	send(command: Command): readonly Event[] {
		const protocol = protocolNamed(this.#terms.protocol);
		if (!protocol) throw new Error(`no protocol ${this.#terms.protocol}`);
		const events = decide(this.turn, command, protocol.decide);
		this.events.push(...events);
		this.turn = events.reduce(evolve, this.turn);
		return events;
	}

	held(agent: string): Assignment {
		const assignment = this.turn.open.find((one) => one.agent === agent);
		if (!assignment) throw new Error(`${agent} is not at work`);
		return assignment;
	}

	begin(agent: string, estimate: Estimate = { tokens: 0, costUsd: 0 }): readonly Event[] {
		return this.send({ type: "begin-step", assignment: this.held(agent).id, hash: "", estimate });
	}

	/** The step that the agent is in; one is begun if there is none. */
	step(agent: string): string {
		if (!this.held(agent).step) this.begin(agent);
		return this.held(agent).step?.id ?? "none";
	}

	reply(agent: string, given: Reply, more: { readonly readOnly?: readonly string[]; readonly costUsd?: number } = {}): readonly Event[] {
		return this.send({ type: "complete-step", step: this.step(agent), reply: given, ...more });
	}

	answer(agent: string, text: string): readonly Event[] {
		return this.reply(agent, reply("", call("new_answer", { content: text })));
	}

	vote(agent: string, name: string, reason = ""): readonly Event[] {
		return this.reply(agent, reply("", call("vote", { agent_id: name, reason })));
	}

	/** A tool that the agent called has run. */
	result(agent: string, id: string, output = "", isError = false): readonly Event[] {
		return this.send({ type: "complete-call", assignment: this.held(agent).id, call: id, output, isError });
	}

	/** Everybody answers, or votes for the same. */
	all(act: "answer" | "vote", by: (agent: string) => string): void {
		for (const { id } of this.turn.agents) if (this.turn.open.some(({ agent }) => agent === id)) this[act](id, by(id));
	}

	fail(agent: string, retryAt?: number): readonly Event[] {
		return this.send({
			type: "fail-step",
			step: this.step(agent),
			failure: boom,
			...(retryAt === undefined ? {} : { retryAt, waitMs: 10 }),
		});
	}

	/** A wrong reply, as often as it takes to fail. */
	fumble(agent: string): void {
		for (let tries = 0; tries < 3; tries++) this.reply(agent, reply("hm"));
	}

	limit(kind: "time" | "budget" | "user", hard = false): readonly Event[] {
		return this.send({ type: "reach-limit", kind, hard });
	}

	interrupt(): readonly Event[] {
		return this.send({ type: "interrupt", by: "SIGINT" });
	}

	resume(more: Omit<Extract<Command, { type: "resume" }>, "type"> = {}): readonly Event[] {
		return this.send({ type: "resume", ...more });
	}

	/** The process is gone without a word, and another takes over. */
	crash(): readonly Event[] {
		return this.resume();
	}

	working(): readonly string[] {
		return this.turn.open.map(({ agent, task }) => `${agent} ${task}`);
	}

	count(type: Event["type"]): number {
		return this.events.filter((event) => event.type === type).length;
	}

	last<T extends Event["type"]>(type: T): Extract<Event, { type: T }> | undefined {
		return this.events.findLast((event): event is Extract<Event, { type: T }> => event.type === type);
	}
}
