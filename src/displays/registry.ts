import type { DisplayEntry } from "./display.ts";

/** Ways of showing the progress of a turn, on stderr. */
export const displays: readonly DisplayEntry[] = [
	{
		name: "terminal",
		title: "One line per agent, kept up to date. The default where there is a terminal.",
		load: () => import("./terminal.ts"),
	},
	{ name: "plain", title: "One line per event, without colour. The default where there is no terminal.", load: () => import("./plain.ts") },
	{ name: "quiet", title: "Only problems that need you.", load: () => import("./quiet.ts") },
];

/** Ways of giving the result, on stdout. */
export const outputs: readonly DisplayEntry[] = [
	{ name: "text", title: "The answer alone.", load: () => import("./answer.ts") },
	{ name: "json", title: "One document with the answer, the votes, the usage and the reasons.", load: () => import("./json.ts") },
	{
		name: "stream-json",
		title: "One record per line as things happen, and the document at the end.",
		load: () => import("./stream-json.ts"),
	},
];

export function displayNamed(name: string): DisplayEntry | undefined {
	return displays.find((entry) => entry.name === name);
}

export function outputNamed(name: string): DisplayEntry | undefined {
	return outputs.find((entry) => entry.name === name);
}
