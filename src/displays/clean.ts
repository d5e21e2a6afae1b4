/**
 * Text of models on its way to a terminal. An answer may hold escape sequences that move the cursor, rename the window or
 * write to the clipboard: they are taken out, line ends and tabs stay.
 */
export function clean(text: string): string {
	return text.replace(/\r\n?/g, "\n").replace(escapes, "").replace(controls, "");
}

/** The same, on one line and not too long. */
export function oneLine(text: string, length = 200): string {
	const line = clean(text.slice(0, length * 4))
		.replace(/\s+/g, " ")
		.trim();
	const characters = [...line];
	return characters.length > length ? `${characters.slice(0, length - 3).join("")}...` : line;
}

/**
 * JSON in which no character can act on a terminal, or end a line for a reader that knows more ends of lines than JSON:
 * such characters are written as escapes, so the value is the same.
 */
export function jsonText(value: unknown, indent?: number): string {
	return JSON.stringify(value, null, indent).replace(
		/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
	);
}

/** Control sequences (CSI), and commands to the terminal (OSC, DCS, PM, APC, SOS) with all they carry. */
const escapes = new RegExp(
	[
		"(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]",
		"(?:\\u001b[\\]PX^_]|[\\u0090\\u0098\\u009d-\\u009f])[^\\u0007\\u001b\\u009c]*(?:\\u0007|\\u001b\\\\|\\u009c)?",
		"\\u001b[ -/]*[0-~]?",
	].join("|"),
	"g",
);

/** What is left of them, and characters that turn the direction of what follows. */
const controls = /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;
