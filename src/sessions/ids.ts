import { createHash } from "node:crypto";
import { SessionError } from "../errors.ts";

const longest = 200;
/** Half of what common file systems allow, so that suffixes and temporary names fit. */
const longestFileName = 128;

/** Refuses what cannot name a session: any text of 1 to 200 characters can, except `.` and `..`. */
export function checkSessionId(id: unknown): string {
	const hint = "Use any text of 1 to 200 characters, for example: support_ticket_789";
	if (typeof id !== "string")
		throw new SessionError("invalid_request", `A session id is a text, not ${id === null ? "null" : typeof id}.`, { hint });
	if (id.trim() === "") throw new SessionError("invalid_request", "The session id is empty.", { hint });
	if (id.length > longest)
		throw new SessionError("invalid_request", `The session id has ${id.length} characters; ${longest} are allowed.`, { hint });
	if (id === "." || id === "..")
		throw new SessionError("invalid_request", `"${id}" cannot be a session id: it is the name of a directory.`, { hint });
	if (/\p{Cs}/u.test(id)) throw new SessionError("invalid_request", "The session id holds half a character (a lone surrogate).", { hint });
	return id;
}

/**
 * The id as one part of a path or a URL: letters, digits, `_`, `-` and inner dots stand for themselves, all else is
 * percent-encoded. One that would be too long for a file system is cut and ends in `%~` and a hash.
 */
export function encodeSessionId(id: string): string {
	const encoded = encodeURIComponent(checkSessionId(id))
		.replace(/[!'()*~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
		.replace(/^\./, "%2E");
	if (encoded.length <= longestFileName) return encoded;
	const hash = createHash("sha256").update(id).digest("hex").slice(0, 24);
	return `${encoded.slice(0, longestFileName - hash.length - 2)}%~${hash}`;
}

/** The id that a name stands for, or undefined if the name does not tell (it was cut, or is not ours). */
export function decodeSessionId(name: string): string | undefined {
	if (name.includes("%~")) return undefined;
	try {
		const id = decodeURIComponent(name);
		return encodeSessionId(id) === name ? id : undefined;
	} catch {
		return undefined;
	}
}
