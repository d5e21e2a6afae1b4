import type { ConfigProblem } from "../errors.ts";

/** A stretch of a file: `from` and `to` are offsets into its text. */
export type Place = { readonly file: string; readonly text: string; readonly from: number; readonly to: number };

/** Line and column of an offset, both from 1. Columns count UTF-16 units, as editors do. */
export function position(text: string, offset: number): { line: number; column: number } {
	const end = Math.min(offset, text.length);
	const before = text.slice(0, end);
	const lineStart = before.lastIndexOf("\n") + 1;
	return { line: before.split("\n").length, column: end - lineStart + 1 };
}

/** The line of the place and the one before it, with carets under the place. */
export function frame(place: Place): string {
	const { line, column } = position(place.text, place.from);
	const lines = place.text.split("\n").map((text) => withoutKeys(text.replace(/\r$/, "")));
	const width = String(line).length;
	const shown = [line - 1, line]
		.filter((number) => number > 0 && (number === line || lines[number - 1]?.trim() !== ""))
		.map((number) => `${String(number).padStart(width)} | ${cut(lines[number - 1] ?? "", number === line ? column : 1)}`);
	const source = lines[line - 1] ?? "";
	const length = Math.max(1, Math.min(place.to - place.from, source.length - column + 1, 60));
	const shift = column > 100 ? column - 40 : 1;
	const blanks = source.slice(shift - 1, column - 1).replace(/[^\t]/g, " ");
	return [
		...shown.map((text) => text.replaceAll(/\ue000+/g, "…")),
		`${" ".repeat(width)} | ${column > 100 ? "  " : ""}${blanks}${"^".repeat(length)}`,
	].join("\n");
}

/** Stands for each character of a key, so that a line can still be cut by its columns. */
const hidden = "\ue000";

/** A frame may be pasted into a bug report: keys that stand beside the mistake are not shown. */
function withoutKeys(line: string): string {
	const dots = (text: string) => hidden.repeat(text.length);
	return line
		.replace(/\b(sk-|sk_|xai-|gsk_|AIza|ghp_|github_pat_|glpat-|hf_|pplx-|r8_|nvapi-|csk-|tgp_|fw_)[A-Za-z0-9_-]{12,}/g, dots)
		.replace(
			/((?:api[_-]?key|token|secret|password|authorization)["']?\s*:\s*["']?)(?!\$\{|Bearer \$\{)([^\s"',}][^"',}]{11,})/gi,
			(_, name: string, value: string) => name + dots(value),
		);
}

/** Very long lines are shown around the column that matters. */
function cut(line: string, column: number): string {
	if (column > 100) return `… ${line.slice(column - 41, column + 60)}`;
	return line.length > 160 ? `${line.slice(0, 160)} …` : line;
}

/** A problem at a place. */
export function problemAt(
	place: Place | undefined,
	details: { code: string; message: string; hint?: string | undefined; path?: string | undefined; severity?: "error" | "warning" },
): ConfigProblem {
	const { code, message, hint, path, severity = "error" } = details;
	return {
		code,
		message,
		severity,
		...(hint === undefined ? {} : { hint }),
		...(path === undefined ? {} : { path }),
		...(place === undefined ? {} : { file: place.file, ...position(place.text, place.from), frame: frame(place) }),
	};
}

/** Errors and warnings in the order in which a reader meets them in the file. */
export function inOrder(problems: readonly ConfigProblem[]): ConfigProblem[] {
	return [...problems].sort(
		(a, b) =>
			(a.file ?? "").localeCompare(b.file ?? "") ||
			(a.line ?? 0) - (b.line ?? 0) ||
			(a.column ?? 0) - (b.column ?? 0) ||
			a.message.localeCompare(b.message),
	);
}

/** The candidate that a typing mistake away from `word`, or undefined if none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
	const wanted = plain(word);
	let best: string | undefined;
	let bestDistance = Number.POSITIVE_INFINITY;
	for (const candidate of candidates) {
		const other = plain(candidate);
		const distance = other === wanted ? 0 : edits(wanted, other);
		if (distance < bestDistance) {
			best = candidate;
			bestDistance = distance;
		}
	}
	const allowed = Math.max(1, Math.floor(Math.max(wanted.length, 3) / 3));
	return bestDistance <= allowed ? best : undefined;
}

function plain(word: string): string {
	return word.toLowerCase().replaceAll(/[-_\s.]/g, "");
}

/** Edit distance in which swapping two neighbours counts once. */
function edits(a: string, b: string): number {
	if (Math.abs(a.length - b.length) > 12 || a.length > 80) return Number.POSITIVE_INFINITY;
	let beforeLast: number[] = [];
	let last = Array.from({ length: b.length + 1 }, (_, column) => column);
	for (let row = 1; row <= a.length; row++) {
		const current = [row];
		for (let column = 1; column <= b.length; column++) {
			const same = a[row - 1] === b[column - 1];
			let cost = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + (same ? 0 : 1));
			if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
				cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
			}
			current.push(cost);
		}
		beforeLast = last;
		last = current;
	}
	return last[b.length] ?? Number.POSITIVE_INFINITY;
}
