import type { Protocol, Terms } from "../core/types.ts";
import { first } from "./first.ts";
import { vote } from "./vote.ts";

/** A way of deciding that a configuration can name. */
export type ProtocolEntry = {
	readonly name: string;
	readonly title: string;
	readonly decide: Protocol;
	/** Settings that belong to it, whatever the configuration says. */
	readonly terms: Partial<Pick<Terms, "maxAnswers" | "ballot">>;
};

export const protocols: readonly ProtocolEntry[] = [
	{ name: "vote", title: "Draft unseen, then improve or vote in rounds until a majority.", decide: vote, terms: {} },
	{ name: "council", title: "One answer each, then one round of votes.", decide: vote, terms: { maxAnswers: 1 } },
	{ name: "first", title: "The first answer wins; nobody votes.", decide: first, terms: { ballot: false } },
];

export function protocolNamed(name: string): ProtocolEntry | undefined {
	return protocols.find((entry) => entry.name === name);
}
