/** A line of the tale of a turn. `detail` is for those who asked for it, `problem` and `decision` stand out. */
export type Line = { readonly kind: "fact" | "detail" | "problem" | "decision"; readonly text: string };

export function fact(text: string): Line {
	return { kind: "fact", text };
}

export function detail(text: string): Line {
	return { kind: "detail", text };
}

export function problem(text: string): Line {
	return { kind: "problem", text };
}
