/** Where the lines of a conversation come from: a terminal with editing, or anything else. */

export type Input =
	| { readonly kind: "line"; readonly text: string }
	/** What came cannot be used: why. */
	| { readonly kind: "unusable"; readonly problem: string }
	/** Ctrl+C; `line` is what stood there. */
	| { readonly kind: "interrupt"; readonly line: string }
	| { readonly kind: "end" };

/** What the user does while the team works. */
export type Listener = {
	/** False: it came too late for the team, and is the next input. */
	line(text: string): boolean;
	stop(): void;
};

export type Reader = {
	/** The next line. Only one call at a time. */
	read(prompt: string): Promise<Input>;
	/** Until the function that is returned is called, what the user types goes to the listener. */
	listen(listener: Listener): () => void;
	/** What the user has typed and not sent yet while the team works. */
	typed(): string;
	/** Asks something that is no part of the conversation. */
	ask(question: string): Promise<string | undefined>;
	/** Remembers an input for later sessions. */
	remember(text: string): void;
	/** Gives the terminal to another program while it runs. */
	lend<T>(work: () => Promise<T>): Promise<T>;
	close(): void;
	/** Somebody sits in front of it. */
	readonly isLive: boolean;
};

export const longestInput = 10_000_000;

export const tooLong = `That is longer than ${longestInput / 1_000_000} MB. Put it into files and name them in the question: @path`;
