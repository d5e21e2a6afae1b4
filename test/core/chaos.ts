import type { Reply, ToolCall } from "../../src/core/conversation.ts";
import { decide } from "../../src/core/decide.ts";
import type { Command, Event } from "../../src/core/events.ts";
import { emptyTurn, evolve } from "../../src/core/evolve.ts";
import { board, due, isOver } from "../../src/core/queries.ts";
import type { Agent, Protocol, Task, Terms, Turn } from "../../src/core/types.ts";
import { protocols } from "../../src/protocols/registry.ts";
import { boom, call, reply, terms } from "./table.ts";

/** Numbers in 0 .. 1, the same for the same seed. */
function random(seed: number): () => number {
	let state = seed * 2654435761;
	return () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state / 2 ** 32;
	};
}

export type Dice = { chance: (odds: number) => boolean; below: (limit: number) => number; pick: <T>(items: readonly T[]) => T | undefined };

export function dice(seed: number): Dice {
	const next = random(seed);
	const below = (limit: number) => Math.floor(next() * limit);
	return { chance: (odds) => next() < odds, below, pick: (items) => items[below(items.length)] };
}

/** A turn in which everything happens that can happen, in random order; every report may come late or twice. */
export class Chaos {
	readonly events: Event[] = [];
	/** How long the log was after each append, and the state then. */
	readonly appends: { readonly length: number; readonly turn: Turn }[] = [];
	turn: Turn = emptyTurn;
	readonly dice: Dice;
	readonly terms: Terms;
	readonly protocol: Protocol;
	/** How often something came from outside that may start work anew. */
	outside = 0;

	constructor(seed: number) {
		this.dice = dice(seed);
		const { chance, below, pick } = this.dice;
		const entry = pick(protocols);
		if (!entry) throw new Error("no protocols");
		const ids = Array.from({ length: 1 + below(5) }, (_, index) => `x${index}`);
		this.protocol = entry.decide;
		this.terms = terms(ids, {
			protocol: entry.name,
			maxAnswers: 1 + below(3),
			maxFailures: below(3),
			maxSteps: 1 + below(6),
			stop: chance(0.5) ? "majority" : "all",
			presentation: chance(0.3) ? "rewrite" : "verbatim",
			maxRestarts: chance(0.3) ? 1 + below(2) : 0,
			seed,
			limits: { onLimit: chance(0.5) ? "wrap_up" : "stop", graceMs: 0, ...(chance(0.3) ? { tokens: 200 + below(2000) } : {}) },
			...entry.terms,
		});
		this.send({ type: "start", terms: this.terms });
	}

	/** To the end; what is wrong on the way is for `check` to say. */
	play(check: (chaos: Chaos) => void = () => {}): this {
		for (let steps = 0; !isOver(this.turn); steps++) {
			if (steps > 3000) throw new Error("does not end");
			this.step();
			check(this);
		}
		return this;
	}

	send(command: Command): void {
		const events = decide(this.turn, command, this.protocol);
		this.events.push(...events);
		this.turn = events.reduce(evolve, this.turn);
		this.appends.push({ length: this.events.length, turn: this.turn });
	}

	/** One thing that happens. */
	step(): void {
		this.send(this.#next());
	}

	#next(): Command {
		const { chance, below, pick } = this.dice;
		if (this.turn.interrupted) return chance(0.8) ? { type: "resume" } : this.#report();
		if (chance(0.06)) return this.#outside();
		const ready = pick(due(this.turn));
		if (!ready || chance(0.5)) return this.#report();
		return { type: "begin-step", assignment: ready.id, hash: "", estimate: { tokens: below(40), costUsd: 0 } };
	}

	/** What a worker reports: mostly of work that is open. */
	#report(): Command {
		const { chance, below, pick } = this.dice;
		const assignment = pick(this.turn.open);
		const open = pick(assignment?.calls ?? []);
		if (assignment && open) return { type: "complete-call", assignment: assignment.id, call: open.id, output: "", isError: chance(0.2) };
		const started = this.events.flatMap((event) => (event.type === "step.started" ? [event.step] : []));
		const step = (chance(0.9) ? assignment?.step?.id : pick(started)) ?? "none";
		if (chance(0.03)) return { type: "fail-step", step, failure: boom, retryAt: 1, summary: "so far" };
		if (chance(0.12)) return { type: "fail-step", step, failure: boom, ...(chance(0.5) ? { retryAt: 1, waitMs: 1 } : {}) };
		const usage = { input: below(30), output: below(30), cached: 0, reasoning: 0 };
		const said = assignment && chance(0.8) ? this.#sense(assignment.task) : this.#nonsense();
		return { type: "complete-step", step, reply: { ...said, ...(chance(0.8) ? { usage } : {}) }, costUsd: 0.001 };
	}

	/** A reply as it was asked for. */
	#sense(task: Task): Reply {
		const { chance, below, pick } = this.dice;
		const text = `text ${below(12)}`;
		if (chance(0.15)) return reply("", call("read", {}, `c${below(1e9)}`));
		if (task === "rewrite" || !this.terms.ballot) return reply(text);
		if (task === "review") return reply("", call("restart_orchestration", { reason: "r", instructions: "i" }));
		if (task === "answer" || (task === "answer-or-vote" && chance(0.3))) return reply("", call("new_answer", { content: text }));
		return reply("", call("vote", { agent_id: pick(board(this.turn))?.label ?? "", reason: "" }));
	}

	#nonsense(): Reply {
		const { chance, below, pick } = this.dice;
		const calls: ToolCall[] = [];
		if (chance(0.15)) calls.push(call("read", {}, `c${below(1e9)}`));
		if (chance(0.4)) calls.push(call("new_answer", { content: `text ${below(12)}` }, `c${below(1e9)}`));
		if (chance(0.4)) calls.push(call("vote", { agent_id: pick(this.turn.agents)?.alias ?? "", reason: "" }, `c${below(1e9)}`));
		if (chance(0.05)) calls.push(call("submit", {}, `c${below(1e9)}`));
		if (chance(0.2)) calls.push(call("restart_orchestration", { reason: "r", instructions: "i" }, `c${below(1e9)}`));
		return reply(chance(0.5) ? `word ${below(12)}` : "", ...calls);
	}

	#outside(): Command {
		const { chance, below, pick } = this.dice;
		const agent = pick(this.turn.agents)?.id ?? "";
		const assignment = pick(this.turn.open)?.id ?? "none";
		this.outside += 1;
		const commands: readonly Command[] = [
			{ type: "interrupt", by: "SIGINT", drafts: [{ step: "s", agent, text: "half" }] },
			{ type: "interrupt", by: "SIGTERM" },
			{ type: "resume" },
			{ type: "resume" },
			{ type: "resume", agents: this.#otherTeam() },
			{ type: "say", text: "hear me" },
			{ type: "reach-limit", kind: pick(["time", "budget", "user"] as const) ?? "time", hard: chance(0.2) },
			{ type: "change-limits", limits: { onLimit: "wrap_up", graceMs: 1 } },
			{ type: "time-out", assignment },
			{ type: "urge", assignment },
			chance(0.3) ? { type: "retire", agent, why: "dropped by the user" } : { type: "bookmark", assignment, bookmark: "b" },
			chance(0.03) ? { type: "cancel" } : { type: "say", text: "and me", to: [agent] },
		];
		return commands[below(commands.length)] ?? { type: "resume" };
	}

	#otherTeam(): readonly Agent[] {
		const { chance, below } = this.dice;
		const kept = this.turn.agents.filter(() => chance(0.9)).map((agent) => (chance(0.1) ? { ...agent, model: `m${below(3)}` } : agent));
		const isNew = chance(0.3) && this.turn.agents.length < 7;
		return isNew ? [...kept, { id: `y${this.turn.agents.length}`, alias: `new${this.turn.agents.length}`, backend: "s" }] : kept;
	}
}

/** Plays many seeds; a failure says which one it was, and `new Chaos(seed).play()` plays it again. */
export function each(seeds: number, play: (seed: number) => void): void {
	for (let seed = 1; seed <= seeds; seed++) {
		try {
			play(seed);
		} catch (error) {
			throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
		}
	}
}
