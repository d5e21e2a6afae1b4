import type { Reply, ToolCall } from "../core/conversation.ts";
import type { Backend, BackendError, BackendSetup, Call, CallResult, Clock } from "./backend.ts";
import { draw } from "./draw.ts";
import { isRecord, snakeKeys } from "./keys.ts";
import { type Move, type Profile, profileSchema, type Script, scriptSchema } from "./simulated-options.ts";
import { type Act, act, best, type Identity, marked, own, tokens } from "./simulated-profile.ts";
import { type Scene, scenes } from "./simulated-script.ts";
import { type Mark, offers, type View, view } from "./simulated-view.ts";

/**
 * An agent with no model behind it, for trying out, testing and simulation. What it does is a function of its seed, its
 * name, the request and how often it has replied in it, so a turn that is resumed gets the answers it would have got.
 * (One exception, since a failure leaves no trace in the request: `times` of a scripted failure is counted here.)
 */
export function create(setup: BackendSetup): Backend {
	const { script, profile, seed } = parse(setup.options);
	const play = scenes(script);
	const identity: Identity = { seed: seed ?? setup.seed, agent: setup.agent };
	const failures = new Map<Move, number>();

	async function call(call: Call): Promise<CallResult> {
		const seen = view(call.request);
		const stream = new Stream(call, profile, setup.clock);
		await stream.begin();
		if (draw(identity.seed, identity.agent, call.step, "failure") < profile.failure_rate)
			return failed({ kind: "network" }, "The simulated connection broke, as its failure_rate asks.");
		const scene = sceneFor(play, seen);
		if (!scene) {
			await stream.act(act(seen, profile, identity), seen);
			return stream.result(seen.position);
		}
		for (const move of scene.moves) {
			if (call.signal.aborted) break;
			if ("fail" in move) {
				const count = failures.get(move) ?? 0;
				if (count >= (move.fail.times ?? Number.POSITIVE_INFINITY)) continue;
				failures.set(move, count + 1);
				return failed(move.fail, "The script of this simulated agent fails here.");
			}
			await stream.play(move, seen);
		}
		return stream.result(seen.position);
	}
	return { call };
}

function parse(options: Readonly<Record<string, unknown>>): { script: Script; profile: Profile; seed: number | undefined } {
	return {
		script: scriptSchema.parse(options.script ?? []),
		profile: profileSchema.parse(snakeKeys(isRecord(options.profile) ? options.profile : {})),
		seed: typeof options.seed === "number" ? options.seed : undefined,
	};
}

/** The reply that is due, unless it makes no sense here: an answer while reviewing, a verdict while answering. */
function sceneFor(play: readonly Scene[], seen: View): Scene | undefined {
	const isVerdict = (move: Move) => "call" in move && ["submit", "restart_orchestration"].includes(move.call.tool);
	return play.slice(seen.position).find(({ moves }) => {
		if (seen.result) return !moves.some((move) => "answer" in move || "vote" in move) && moves.some(isVerdict) === seen.result.review;
		return !moves.some(isVerdict);
	});
}

function failed(fail: { kind: BackendError["kind"]; message?: string | undefined }, otherwise: string): CallResult {
	const retryable = ["network", "rate-limit", "timeout", "bad-response"].includes(fail.kind);
	return { ok: false, error: { kind: fail.kind, message: marked(fail.message ?? otherwise), retryable } };
}

/** Hands out text at the pace of the profile, on an absolute schedule so that delays do not add up. */
class Stream {
	readonly #call: Call;
	readonly #profile: Profile;
	readonly #clock: Clock;
	readonly #toolCalls: ToolCall[] = [];
	#text = "";
	#reasoning = "";
	#sent = 0;
	#origin: number;

	constructor(call: Call, profile: Profile, clock: Clock) {
		this.#call = call;
		this.#profile = profile;
		this.#clock = clock;
		this.#origin = clock.now();
	}

	async begin(): Promise<void> {
		await this.#wait(this.#profile.time_to_first_token_ms);
		this.#origin = this.#clock.now();
	}

	async play(move: Move, seen: View): Promise<void> {
		if ("think" in move) await this.#write("reasoning", move.think);
		else if ("say" in move) await this.#write("text", marked(move.say));
		else if ("wait" in move) {
			await this.#wait(move.wait);
			this.#origin += move.wait;
		} else if ("call" in move) await this.act({ kind: "call", tool: move.call.tool, input: move.call.input }, seen);
		else if ("answer" in move) await this.act({ kind: "answer", text: marked(move.answer) }, seen);
		else if ("vote" in move)
			await this.act({ kind: "vote", alias: target(move.vote, seen), reason: marked(move.reason ?? "As its script says") }, seen);
	}

	async act(act: Act, seen: View): Promise<void> {
		switch (act.kind) {
			case "say":
				return this.#write("text", act.text);
			case "answer":
				if (!offers(seen, "new_answer")) return this.#write("text", act.text);
				await this.#write("answer", act.text);
				return this.#ask("new_answer", { content: act.text });
			case "vote":
				return this.#ask("vote", { agent_id: act.alias, reason: act.reason });
			case "call":
				return this.#ask(act.tool, act.input);
		}
	}

	result(position: number): CallResult {
		if (this.#call.signal.aborted) return { ok: false, error: { kind: "aborted", message: "The call was aborted.", retryable: false } };
		const output =
			tokens(this.#text) + tokens(this.#reasoning) + this.#toolCalls.reduce((sum, { name, raw }) => sum + tokens(name + raw), 0);
		const reply: Reply = {
			text: this.#text,
			reasoning: this.#reasoning,
			toolCalls: this.#toolCalls,
			finish: this.#toolCalls.length > 0 ? "tool-calls" : "stop",
			usage: { input: tokens(JSON.stringify(this.#call.request)), output, cached: 0, reasoning: tokens(this.#reasoning) },
			opaque: { simulated: position } satisfies Mark,
		};
		return { ok: true, reply };
	}

	#ask(name: string, input: Readonly<Record<string, unknown>>): void {
		this.#toolCalls.push({ id: `${this.#call.step}-${this.#toolCalls.length}`, name, input, raw: JSON.stringify(input) });
	}

	/** A token is four characters; as many as are due within 20 ms go out together. */
	async #write(kind: "text" | "reasoning" | "answer", text: string): Promise<void> {
		const rate = this.#profile.tokens_per_second;
		const size = 4 * Math.max(1, Math.round(rate / 50));
		for (let at = 0, end = 0; at < text.length && !this.#call.signal.aborted; at = end) {
			end = at + size;
			// A character outside the basic plane is two units: never cut between them.
			if (/[\uD800-\uDBFF]/.test(text.charAt(end - 1))) end++;
			const piece = text.slice(at, end);
			this.#sent += piece.length / 4;
			await this.#wait(this.#origin + (this.#sent / rate) * 1000 - this.#clock.now());
			if (this.#call.signal.aborted) return;
			if (kind === "text") this.#text += piece;
			if (kind === "reasoning") this.#reasoning += piece;
			this.#call.onDelta(kind, piece);
		}
	}

	async #wait(ms: number): Promise<void> {
		if (ms > 0 && !this.#call.signal.aborted) await this.#clock.sleep(ms, this.#call.signal);
	}
}

/** Whom a scripted vote means: best, first, own, an alias, or an agent by its number in the config. */
function target(vote: string | number, seen: View): string {
	if (typeof vote === "string" && seen.aliases.includes(vote)) return vote;
	if (vote === "best") return best(seen);
	if (vote === "first") return seen.board[0]?.alias ?? seen.aliases[0] ?? "";
	if (vote === "own") return own(seen) ?? best(seen);
	const number = /^(?:agent)?(\d+)$/.exec(String(vote))?.[1];
	return (number === undefined ? undefined : seen.aliases[Number(number) - 1]) ?? String(vote);
}
