/**
 * What is pasted, told from what is typed by the marks that a terminal puts around it. Many lines stay one input: in the
 * line that is edited they stand as a short name, and are put in its place when the line is sent.
 */
export type Pastes = {
	/** Takes what the terminal sent, gives what the line editor is to see. */
	filter(data: string): string;
	/** A name for a text that is too long for one line. */
	name(text: string): string;
	/** The line with all names replaced; undefined if it is longer than can be. */
	expand(line: string, limit: number): string | undefined;
};

export const startPaste = "\u001b[200~";
export const endPaste = "\u001b[201~";
const longestShown = 400;

export function createPastes(limit: number): Pastes {
	const texts = new Map<string, string>();
	let held = "";
	let pasted: string | undefined;

	const name = (text: string): string => {
		const known = [...texts].find(([, other]) => other === text);
		if (known) return known[0];
		const lines = text.split("\n").length;
		const label = `[${lines > 1 ? `${lines} lines` : `${text.length} characters`} #${texts.size + 1}]`;
		texts.set(label, text);
		return label;
	};
	const shown = (text: string): string => {
		const plain = text.replace(/\r\n?/g, "\n").replace(controls, "");
		return /[\n\t]/.test(plain) || plain.length > longestShown ? name(plain) : plain;
	};
	return {
		name,
		filter(data) {
			let rest = held + data;
			held = "";
			let out = "";
			for (;;) {
				const mark = pasted === undefined ? startPaste : endPaste;
				const at = rest.indexOf(mark);
				// An Escape that comes alone, outside a paste, is a key.
				const upTo = at === -1 ? rest.length - (pasted === undefined && rest.length === 1 ? 0 : partOf(mark, rest)) : at;
				const text = rest.slice(0, upTo);
				if (pasted === undefined) out += text;
				// One character more than can be sent is enough to know that it is too long.
				else pasted = (pasted + text).slice(0, limit + 1);
				if (at === -1) {
					held = rest.slice(upTo);
					return out;
				}
				if (pasted !== undefined) out += shown(pasted);
				pasted = pasted === undefined ? "" : undefined;
				rest = rest.slice(at + mark.length);
			}
		},
		expand(line, most) {
			let text = line;
			for (const [label, whole] of texts) text = text.split(label).join(whole);
			return text.length > most ? undefined : text;
		},
	};
}

const controls = /(?![\n\t])\p{Cc}/gu;

/** Length of the beginning of `mark` that `text` ends with. */
function partOf(mark: string, text: string): number {
	for (let length = Math.min(mark.length - 1, text.length); length > 0; length--) if (text.endsWith(mark.slice(0, length))) return length;
	return 0;
}
