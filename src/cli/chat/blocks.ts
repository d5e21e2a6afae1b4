/**
 * Several lines as one input: a line that begins with three double or three single quotes opens a block, the same three
 * close it, in the same line or in a later one. What follows them in their line is dropped.
 */
export type Blocks = {
	/** The input that this line completes, or undefined while a block is open. */
	take(line: string): string | undefined;
	isOpen(): boolean;
	/** Forgets an open block. */
	drop(): void;
};

const delimiters = ['"""', "'''"] as const;

export function createBlocks(): Blocks {
	let open: { readonly delimiter: string; readonly lines: string[] } | undefined;
	return {
		take(line) {
			const delimiter = open?.delimiter ?? delimiters.find((quotes) => line.trimStart().startsWith(quotes));
			if (delimiter === undefined) return line;
			const text = open ? line : line.trimStart().slice(delimiter.length);
			const end = text.indexOf(delimiter);
			const lines = [...(open?.lines ?? []), end === -1 ? text : text.slice(0, end)];
			open = end === -1 ? { delimiter, lines } : undefined;
			return open ? undefined : lines.join("\n").trim();
		},
		isOpen: () => open !== undefined,
		drop() {
			open = undefined;
		},
	};
}
