/** Colours, or none. */
export type Paint = (color: keyof typeof codes, text: string) => string;

const codes = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;

export function paint(colors: boolean): Paint {
	if (!colors) return (_, text) => text;
	return (color, text) => `\u001b[${codes[color][0]}m${text}\u001b[${codes[color][1]}m`;
}
