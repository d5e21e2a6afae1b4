/**
 * Reads one string argument of a tool call while its JSON is still arriving, so that an answer can be shown as it is
 * written. `push` takes the next piece of JSON and returns what it adds to the argument.
 */
export function streamedArgument(name: string): { push(piece: string): string } {
	const opening = new RegExp(`^\\s*\\{\\s*"${name}"\\s*:\\s*"`);
	let held = "";
	let state: "before" | "inside" | "after" = "before";
	return {
		push(piece) {
			if (state === "after") return "";
			held += piece;
			if (state === "before") {
				const match = opening.exec(held);
				if (!match) {
					// Another argument comes first: not worth a parser, the complete call arrives anyway.
					if (held.length > 200) state = "after";
					return "";
				}
				held = held.slice(match[0].length);
				state = "inside";
			}
			const end = closingQuote(held);
			const safe = end >= 0 ? end : lengthWithoutOpenEscape(held);
			const text = unescaped(held.slice(0, safe));
			held = held.slice(safe);
			if (end >= 0) state = "after";
			return text;
		},
	};
}

function closingQuote(text: string): number {
	for (let at = 0; at < text.length; at++) {
		if (text[at] === "\\") at++;
		else if (text[at] === '"') return at;
	}
	return -1;
}

/** An escape that is cut, or the first half of a pair of surrogates, waits for the rest. */
function lengthWithoutOpenEscape(text: string): number {
	const open =
		/(?:^|[^\\])(?:\\\\)*(\\(?:u[0-9a-fA-F]{0,3})?|\\u[dD][89abAB][0-9a-fA-F]{2}(?:\\(?:u[0-9a-fA-F]{0,3})?)?|[\uD800-\uDBFF])$/.exec(text);
	return text.length - (open?.[1]?.length ?? 0);
}

function unescaped(json: string): string {
	try {
		const value: unknown = JSON.parse(`"${json.replace(/[\n\r\t]/g, (character) => JSON.stringify(character).slice(1, -1))}"`);
		return typeof value === "string" ? value : "";
	} catch {
		return "";
	}
}

/** How much a model writes into a call between two signs of life. */
const stretch = 4000;

/**
 * What to show of a call while its arguments arrive: the text of an answer, nothing of a vote, and of any other tool that
 * it is being called, again and again, so that a long call does not look like a silence.
 */
export function callInProgress(tool: string): {
	push(piece: string): { readonly kind: "answer" | "progress"; readonly text: string } | undefined;
} {
	const answer = tool === "new_answer" ? streamedArgument("content") : undefined;
	let length = 0;
	let told = 0;
	return {
		push(piece) {
			if (answer) {
				const text = answer.push(piece);
				return text === "" ? undefined : { kind: "answer", text };
			}
			length += piece.length;
			if (tool === "vote" || length < told) return undefined;
			const soFar = told === 0 ? "" : `, ${told} characters so far`;
			told += stretch;
			return { kind: "progress", text: `Writes a call of ${tool}${soFar}.` };
		},
	};
}
