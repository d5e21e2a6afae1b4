/**
 * What the user sees of a turn: a fold over its events and the live text, and nothing else. A display
 * - must not keep the agents waiting: it writes into a sink that never blocks, and leaves live text out while the sink is
 *   behind (see `Sink.waiting`). Events are never left out;
 * - must not throw, and must not write to stdout and stderr itself;
 * - may be given the events of a turn again from the beginning (resume, replay).
 */
import type { Delta, Recorded } from "../core/events.ts";
import type { Turn } from "../core/types.ts";
import type { ResultDocument } from "./result.ts";

export type Display = {
	/** `turn` is the fold of everything up to and with this event; undefined for what belongs to the session. */
	onEvent(record: Recorded, turn: Turn | undefined): void;
	onDelta(delta: Delta): void;
	/** Something the program has to say that is no event. */
	onNotice(text: string): void;
	/** The last call: the turn has ended or was interrupted, or did not come about. Gives back the terminal. */
	finish(document: ResultDocument): void;
	/** In place of `finish`, where the process ends at once: gives back the terminal and says nothing. */
	abandon?(): void;
};

/** Where a display writes. */
export type Sink = {
	/** Never blocks and never throws. */
	write(text: string): void;
	/** Bytes written that the reader has not taken yet. */
	waiting(): number;
	/** The terminal behind it, if it is one. */
	readonly terminal: NodeJS.WriteStream | undefined;
	readonly colors: boolean;
	columns(): number;
};

export type DisplaySetup = {
	readonly sink: Sink;
	readonly verbose: boolean;
	/** What the user is typing meanwhile, in a conversation: shown where there is a line for it. */
	readonly typed?: (() => string) | undefined;
};

/** A row of the table of displays. It imports no implementation. */
export type DisplayEntry = {
	/** What `ui.display` and `--display` say. */
	readonly name: string;
	readonly title: string;
	load(): Promise<{ create(setup: DisplaySetup): Display }>;
};
