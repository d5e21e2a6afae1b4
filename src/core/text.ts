import type { Agent } from "./types.ts";

/** Equal for texts that differ only in Unicode form, line ends or outer blanks, and that belong to the same files. */
export function identity(text: string, snapshot?: string): string {
	const normal = text.normalize("NFC").replace(/\r\n?/g, "\n").trim();
	return snapshot === undefined ? normal : `${normal}\n\u0000${snapshot}`;
}

/** A text in which no author can be told: every alias that stands in it as a word of its own becomes a neutral one. */
export function anonymous(text: string, agents: readonly Agent[]): string {
	const isWordPart = (character: string | undefined) => character !== undefined && /[\p{L}\p{N}]/u.test(character);
	return text.replace(anyAlias(agents), (found, offset: number) =>
		isWordPart(text[offset - 1]) || isWordPart(text[offset + found.length]) ? found : "another agent",
	);
}

/** Made once for a team: with hundreds of agents it takes longer to make than to use. */
const patterns = new WeakMap<readonly Agent[], RegExp>();

function anyAlias(agents: readonly Agent[]): RegExp {
	const made = patterns.get(agents);
	if (made) return made;
	const aliases = agents.map(({ alias }) => alias).filter((alias) => alias !== "");
	const longestFirst = aliases.sort((a, b) => b.length - a.length).map((alias) => alias.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
	const pattern = aliases.length === 0 ? /(?!)/g : new RegExp(longestFirst.join("|"), "gi");
	patterns.set(agents, pattern);
	return pattern;
}

/**
 * A uniform number in 0 .. 2^32 - 1, the same for the same seed and name (FNV-1a, then murmur3's 32-bit finaliser).
 */
export function draw(seed: number, name: string): number {
	let hash = 2166136261 ^ seed;
	for (const char of name) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16777619);
	hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
	hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
	return (hash ^ (hash >>> 16)) >>> 0;
}
