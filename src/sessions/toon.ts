import { decode, encode, ToonDecodeError } from "@toon-format/toon";
import { CorruptSessionError } from "../errors.ts";
import { sameJson } from "./json.ts";

/** Reading TOON takes a tenth of a second for each million characters, and nobody looks through so many. */
const longestToon = 1_000_000;

/**
 * A value of plain JSON as TOON (Token-Oriented Object Notation), if it is not too long and comes back from it as it was;
 * else as JSON, which `parseDocument` reads too. Half a character (a lone surrogate) does not come back: UTF-8 has none.
 */
export function documentText(value: unknown, format: "toon" | "json" = "toon"): string {
	const json = `${JSON.stringify(value, null, 2)}\n`;
	const toon = format === "toon" && json.length <= longestToon ? faithfulToon(value) : undefined;
	return toon === undefined ? json : `${toon}\n`;
}

/** The reverse: JSON if it looks so and is, else TOON. Throws `CorruptSessionError` with the line. */
export function parseDocument(
	bytes: Uint8Array,
	path: string,
	options: { readonly isLenient?: boolean } = {},
): { value: unknown; format: "toon" | "json" } {
	const text = decodeUtf8(bytes, path);
	let jsonError: unknown;
	if (/^\s*[{[]/.test(text)) {
		try {
			return { value: JSON.parse(text), format: "json" };
		} catch (error) {
			jsonError = error;
		}
	}
	try {
		return { value: decode(text, { strict: options.isLenient !== true }), format: "toon" };
	} catch (error) {
		// What starts with a brace was meant as JSON: say where its JSON ends to make sense.
		throw jsonError === undefined ? toonFailure(error, path) : jsonFailure(jsonError, text, path);
	}
}

/** The value as TOON, or undefined if reading that would give another value. */
function faithfulToon(value: unknown): string | undefined {
	try {
		const text = encode(value);
		return sameJson(decode(text), value) ? text : undefined;
	} catch {
		return undefined;
	}
}

function decodeUtf8(bytes: Uint8Array, path: string): string {
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch (cause) {
		// The decoder does not say where. The lenient one puts a replacement character there, unless one was in the text.
		const readable = new TextDecoder().decode(bytes);
		throw damage(path, "it is not valid UTF-8", lineAt(readable, readable.indexOf("\uFFFD")), cause);
	}
}

function toonFailure(error: unknown, path: string): unknown {
	if (!(error instanceof SyntaxError) && !(error instanceof RangeError) && !(error instanceof TypeError)) return error;
	const line = error instanceof ToonDecodeError ? error.line : undefined;
	return damage(path, error.message.replace(/^Line \d+: /, ""), line, error);
}

function jsonFailure(error: unknown, text: string, path: string): CorruptSessionError {
	const problem = error instanceof Error ? error.message : String(error);
	const position = /position (\d+)/.exec(problem)?.[1];
	return damage(
		path,
		problem.replace(/ in JSON at position.*$/, ""),
		lineAt(text, position === undefined ? text.length : Number(position)),
		error,
	);
}

function damage(path: string, problem: string, line: number | undefined, cause: unknown): CorruptSessionError {
	return new CorruptSessionError(path, /[.!?]$/.test(problem) ? problem : `${problem}.`, {
		...(line === undefined ? {} : { line }),
		hint: wayOut,
		cause,
	});
}

export const wayOut =
	"Mend that line by hand, or delete the session and start it anew. Saving under the same id sets the damaged file aside first.";

function lineAt(text: string, position: number): number {
	return text.slice(0, Math.max(position, 0)).split("\n").length;
}
