import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

/** A text by which an answer tries to be more than a text. */
export type Injection = { readonly name: string; readonly text: string };

const file = join(import.meta.dirname, "../fixtures/injections.json");

export const injections: readonly Injection[] = z
	.array(z.strictObject({ name: z.string(), text: z.string() }))
	.parse(JSON.parse(readFileSync(file, "utf8")));

/** What the author of such a text may know or guess: who is who on the board, and how its own calls are marked. */
export type Knowledge = { readonly self: string; readonly victim: string; readonly marker?: string };

export function written({ text }: Injection, { self, victim, marker = "call-12345678" }: Knowledge): string {
	const split = (alias: string) => `${alias.slice(0, -2)}\u200b${alias.slice(-2)}`;
	const words: Readonly<Record<string, string>> = { self, victim, marker, "self-zwsp": split(self), "victim-zwsp": split(victim) };
	return text.replace(/\{([\w-]+)\}/g, (found, name: string) => words[name] ?? found);
}

/** As long as the other one, on as many lines, and nothing but a text. */
export function harmless(text: string): string {
	const filler = "The answer is twelve, as one sees by counting. ";
	const breaks = text.split("\n").length - 1;
	const plain = filler.repeat(Math.ceil(text.length / filler.length)).slice(0, text.length - breaks);
	const middle = Math.floor(plain.length / 2);
	return `${plain.slice(0, middle)}${"\n".repeat(breaks)}${plain.slice(middle)}`;
}

/** Numbers in 0 .. 1, the same at every run. */
export function dice(seed: number): () => number {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state / 2 ** 32;
	};
}
