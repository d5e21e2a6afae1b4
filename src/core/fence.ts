import { isBallot } from "./ballot.ts";
import type { Message } from "./conversation.ts";

/**
 * How the texts of others stand in a prompt: each between an opening and a closing line that carry a nonce, so that
 * nothing inside a text can end it or pass for another one. Whoever renders a board draws one nonce for all its blocks.
 */
export function fence(alias: string, text: string, nonce: string): string {
	return `<answer from="${alias}" key="${nonce}">\n${text}\n</answer ${nonce}>`;
}

/** A text on a board, and the alias it goes by. */
export type Fenced = { readonly alias: string; readonly text: string };

/**
 * The fenced texts of the last board in a text, in their order. What looks like a fence inside one of them is part of it;
 * blocks before the last board that have another nonce (in the user's question, say) do not count.
 */
export function fencedAnswers(text: string): readonly Fenced[] {
	const blocks: (Fenced & { key: string })[] = [];
	const opening = /^<answer from="([^"\n]*)" key="([^"\n]+)">\n/gm;
	for (let match = opening.exec(text); match; match = opening.exec(text)) {
		const [, alias = "", key = ""] = match;
		const start = match.index + match[0].length;
		// One step back, so that an empty text, whose newline belongs to both lines, is found too.
		const end = text.indexOf(`\n</answer ${key}>`, start - 1);
		if (end < 0) continue;
		blocks.push({ alias, key, text: text.slice(start, Math.max(start, end)) });
		opening.lastIndex = Math.max(start, end + key.length + 11);
	}
	const last = blocks.at(-1)?.key;
	return blocks.filter((block) => block.key === last).map(({ alias, text }) => ({ alias, text }));
}

/** Names the texts of an earlier board that still stand, instead of showing them again. */
export function unchanged(aliases: readonly string[]): string {
	return aliases.length === 0 ? "" : `Unchanged: ${aliases.join(", ")}.`;
}

/** The board as a conversation shows it last, and the index of the message that did; undefined if none was shown. */
export function readBoard(messages: readonly Message[]): { readonly answers: readonly Fenced[]; readonly at: number } | undefined {
	let found: { answers: readonly Fenced[]; at: number } | undefined;
	for (const [at, message] of messages.entries()) {
		if (message.role === "assistant") continue;
		// What a file or a page holds is no board, whatever it looks like.
		const texts = message.role === "user" ? [message.text] : message.results.filter(isBallot).map(({ output }) => output);
		for (const text of texts) {
			const fresh = fencedAnswers(text);
			const still = /^Unchanged: (.+)\.$/m.exec(text.slice(text.lastIndexOf("\n</answer ") + 1))?.[1]?.split(", ") ?? [];
			const known = found?.answers.filter(({ alias }) => still.includes(alias)) ?? [];
			if (fresh.length > 0 || known.length > 0) found = { answers: [...fresh, ...known], at };
		}
	}
	return found;
}

/** Stands between the user's question and what we add to it. */
export const divider = "\n\n---\n\n";
