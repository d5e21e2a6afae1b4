import { SessionError } from "../errors.ts";

/** Names that Windows keeps for devices, whatever follows the first dot. */
const reserved = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

const longestId = 200;
/** File systems allow 255 bytes; some room is left for what is written beside the directory. */
const longestName = 240;

/** `session_YYYYMMDD_HHMMSS` in local time, as a person would look for it. */
export function defaultId(now: Date): string {
	const two = (part: number) => String(part).padStart(2, "0");
	const date = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
	return `session_${date}_${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
}

/** The name of a session's directory: the id with everything percent-encoded that some file system does not take. */
export function directoryName(id: string): string {
	const normal = id.normalize("NFC");
	if (normal.trim() === "") {
		throw unusable(id, "it is empty");
	}
	if (normal === "." || normal === "..") {
		throw unusable(id, "it means a directory that exists already");
	}
	if (/\p{Surrogate}/u.test(normal)) {
		throw unusable(id, "it is not valid text");
	}
	const encoded = encodeURIComponent(normal)
		.replace(/[!'()*~]/g, percent)
		.replace(/\.$/, percent);
	const name = reserved.test(encoded) ? encoded.replace(/^./, percent) : encoded;
	if ([...normal].length > longestId || name.length > longestName) {
		throw unusable(id, `it is too long: at most ${longestId} characters, fewer if they are not plain letters`);
	}
	return name;
}

/** The id that a directory stands for, or undefined if no session of ours would be called that. */
export function idOf(name: string): string | undefined {
	// Nearly all are of this kind, and lists are long.
	if (/^session_\w{1,100}$/.test(name)) {
		return name;
	}
	try {
		const id = decodeURIComponent(name);
		return directoryName(id) === name ? id : undefined;
	} catch {
		return undefined;
	}
}

function percent(character: string): string {
	return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

function unusable(id: string, why: string): SessionError {
	const shown = id.length > 60 ? `${id.slice(0, 60)}…` : id;
	return new SessionError("session_id_invalid", `"${shown}" cannot be the id of a session: ${why}.`, {
		sessionId: id,
		hint: "Use letters, digits, dots, dashes and underscores.",
	});
}
