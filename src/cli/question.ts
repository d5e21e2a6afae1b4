/** Where the question comes from: the command line, or stdin. */
import { isUtf8 } from "node:buffer";
import { UsageError } from "../errors.ts";

const maxBytes = 10_000_000;

type Source = {
	readonly stdin: NodeJS.ReadStream;
	/** False where there is something to do without a question. */
	readonly needed: boolean;
	readonly notice: (text: string) => void;
};

/** `-` means stdin; so does no question where one is needed, unless stdin is a terminal. */
export async function readQuestion(word: string | undefined, { stdin, needed, notice }: Source): Promise<string | undefined> {
	if (word === undefined && !needed) return undefined;
	if (word !== undefined && word !== "-") return filled(word);
	if (word === undefined && stdin.isTTY) throw noQuestion();
	// A pipe that nobody closes looks like a program that hangs.
	const waiting = setTimeout(() => notice("Waiting for the question on stdin. Ctrl+D ends it."), stdin.isTTY ? 0 : 500);
	const given = await readAll(stdin).finally(() => clearTimeout(waiting));
	if (word === undefined && given.trim() === "") throw noQuestion();
	return filled(given);
}

function filled(question: string): string {
	if (question.trim() === "")
		throw new UsageError("The question is empty.", 'Ask one like this: massgen --config team.yaml "Which is faster, and why?"');
	return question;
}

function noQuestion(): UsageError {
	return new UsageError(
		"There is no question.",
		'Ask one like this: massgen --config team.yaml "Which is faster, and why?"\nOr from a file: massgen --config team.yaml - < question.txt\nTo try it without a key: massgen --config @examples/offline/three_agents "What is a monad?"',
	);
}

async function readAll(stdin: NodeJS.ReadStream): Promise<string> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of stdin) {
		chunks.push(Buffer.from(chunk));
		size += chunk.length;
		if (size > maxBytes)
			throw new UsageError(
				`The question on stdin is longer than ${maxBytes / 1_000_000} MB.`,
				"Name the files in the question instead of pasting them.",
			);
	}
	return text(Buffer.concat(chunks));
}

/** A program or a picture would be asked, and paid for, like any other question. */
function text(bytes: Buffer): string {
	if (isUtf8(bytes) && !bytes.includes(0)) return new TextDecoder().decode(bytes);
	throw new UsageError(
		"The question on stdin is not UTF-8 text.",
		"Is it the right file? Text in another encoding can be converted: iconv -f UTF-16 -t UTF-8 question.txt | massgen ... -",
	);
}
