import type { Message, Request } from "../core/conversation.ts";

/** What is kept of a message at least, in characters. */
const least = 200;

/**
 * A digest of a conversation that its model calls too long, at about `ratio` of its length: what was said, by whom, in
 * order, the middle of long texts left out and the oldest messages dropped first. It is made without another model call,
 * so that it costs nothing, cannot fail and is the same on every machine. The question stays in full beside it.
 */
export function digest({ messages }: Request, ratio: number): string {
	const lines = messages.flatMap(linesOf).filter(({ text }) => text.trim() !== "");
	const target = Math.max(least, Math.floor(lines.reduce((sum, { text }) => sum + text.length, 0) * ratio));
	const share = Math.max(least, Math.floor(target / Math.max(1, lines.length)));
	const kept: string[] = [];
	let length = 0;
	for (const { who, text } of lines.toReversed()) {
		const line = `${who}: ${shortened(text, share)}`;
		if (kept.length > 0 && length + line.length > target) break;
		kept.unshift(line);
		length += line.length;
	}
	const dropped = lines.length - kept.length;
	const head = "The conversation had become too long for me; this is what I keep of it.";
	return [head, ...(dropped > 0 ? [`(${dropped} earlier messages left out)`] : []), ...kept].join("\n\n");
}

function linesOf(message: Message): { who: string; text: string }[] {
	switch (message.role) {
		case "user":
			return [{ who: "I was told", text: message.text }];
		case "assistant":
			return [{ who: "I said", text: message.text }, ...message.toolCalls.map(({ name, raw }) => ({ who: `I called ${name}`, text: raw }))];
		case "tool":
			return message.results.map(({ name, output }) => ({ who: `${name} returned`, text: output }));
	}
}

/** The two ends of a text, with a note of how much is missing between them. */
function shortened(text: string, length: number): string {
	if (text.length <= length) return text;
	const half = Math.floor(length / 2);
	return `${text.slice(0, half)} [... ${text.length - 2 * half} characters left out ...] ${text.slice(-half)}`;
}
