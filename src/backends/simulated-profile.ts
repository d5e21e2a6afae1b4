import type { Fenced } from "../core/fence.ts";
import { draw } from "./draw.ts";
import type { Profile } from "./simulated-options.ts";
import { offers, type View } from "./simulated-view.ts";

/** One thing that a simulated agent does in a reply. */
export type Act =
	| { readonly kind: "say"; readonly text: string }
	| { readonly kind: "answer"; readonly text: string }
	| { readonly kind: "vote"; readonly alias: string; readonly reason: string }
	| { readonly kind: "call"; readonly tool: string; readonly input: Readonly<Record<string, unknown>> };

/** Who draws: the same seed, question and agent always believe the same. */
export type Identity = { readonly seed: number; readonly agent: string };

/** Everything a simulated agent writes says that it is simulated. */
export function marked(text: string): string {
	if (/simulated/i.test(text)) return text;
	return text.includes("\n") ? `${text}\n\n[simulated]` : `${text} [simulated]`;
}

/** What an agent without a script does: writes while it may and has not, then votes. */
export function act(view: View, profile: Profile, identity: Identity): Act {
	if (view.result?.review) return { kind: "call", tool: "submit", input: { confirmed: true } };
	if (view.result) return { kind: "say", text: marked(view.result.text) };
	if (offers(view, "vote") && wantsToVote(view, profile)) return vote(view, profile, identity);
	return { kind: "answer", text: answer(view, profile, identity) };
}

function wantsToVote(view: View, profile: Profile): boolean {
	if (view.board.length === 0) return false;
	// What was refused is not tried again.
	if (view.votedHere) return view.answeredHere;
	if (view.answeredHere) return true;
	return view.own.length >= profile.answers;
}

function answer(view: View, profile: Profile, identity: Identity): string {
	const option = belief(view, profile, identity);
	return option === undefined ? draft(view, profile, identity) : marked(option);
}

function vote(view: View, profile: Profile, identity: Identity): Act {
	const option = belief(view, profile, identity);
	const agreeing = option === undefined ? undefined : saying(view.board, option);
	if (agreeing) return { kind: "vote", alias: agreeing.alias, reason: marked(`It says ${option}, as I believe`) };
	if (profile.stubborn) return { kind: "vote", alias: own(view) ?? best(view), reason: "A simulated agent that stands by its own answer." };
	return { kind: "vote", alias: best(view), reason: "The highest simulated quality on the board." };
}

/**
 * What the agent privately holds for true in a closed question, drawn once. With probability `correlation` its draw is
 * the one that the whole team shares: so many agents are no better than one.
 */
export function belief(view: View, profile: Profile, { seed, agent }: Identity): string | undefined {
	const options = profile.options ?? (profile.accuracy === undefined ? undefined : ["A", "B"]);
	if (!options) return undefined;
	const truth = profile.truth ?? options[0];
	const shared = draw(seed, view.question, agent, "shared") < profile.correlation;
	const who = shared ? "" : agent;
	if (draw(seed, view.question, who, "right") < (profile.accuracy ?? 0.7)) return truth;
	const wrong = options.filter((option) => option !== truth);
	return wrong[Math.floor(draw(seed, view.question, who, "wrong") * wrong.length)];
}

function saying(board: readonly Fenced[], option: string): Fenced | undefined {
	const exact = board.find(({ text }) => text === marked(option));
	return exact ?? board.find(({ text }) => text.startsWith(option) && !/^[\p{L}\p{N}]/u.test(text.slice(option.length)));
}

function draft(view: View, profile: Profile, { seed, agent }: Identity): string {
	const version = view.own.length + 1;
	const first = profile.quality ?? draw(seed, view.question, agent, "quality");
	// Each version closes a third of the gap to 1.
	const quality = 1 - (1 - first) * (2 / 3) ** (version - 1);
	const asked = view.question.length > 80 ? `${view.question.slice(0, 80)}…` : view.question;
	const id = Math.floor(draw(seed, view.question, agent, version) * 0xffffff).toString(16);
	const sentences = [
		`Simulated answer ${id} to “${asked}”, simulated quality ${quality.toFixed(3)}.`,
		"No model was asked: this text stands where a model's would.",
	];
	let length = tokens(sentences.join(" "));
	for (let number = 1; length < profile.length; number++) {
		const filler = `Simulated sentence ${number} only gives this text its length.`;
		sentences.push(filler);
		length += tokens(filler);
	}
	return sentences.join(" ");
}

/** The candidate with the highest simulated quality; without any, the longest. It depends on the texts alone. */
export function best(view: View): string {
	const ranked = [...view.board].sort((a, b) => quality(b) - quality(a) || b.text.length - a.text.length || (a.text < b.text ? -1 : 1));
	return ranked[0]?.alias ?? view.aliases[0] ?? "";
}

/** The alias under which its own newest answer is on the board. */
export function own(view: View): string | undefined {
	const newest = view.own.at(-1)?.trim();
	return view.board.find(({ text }) => text.trim() === newest)?.alias;
}

function quality(fenced: Fenced): number {
	return Number(/simulated quality ([01]\.\d+)/.exec(fenced.text)?.[1] ?? -1);
}

/** About as many tokens as a model would count. */
export function tokens(text: string): number {
	return Math.ceil(Buffer.byteLength(text) / 4);
}
