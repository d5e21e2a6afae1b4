/** What a command is: its options, its help, and what it does. Each is loaded only when it is called. */
import type { Io } from "./io.ts";

export type Option = {
	/** `flag` is there or not; `text` needs a value; `optional` may have one (empty if not); `list` may be given several times. */
	readonly kind: "flag" | "text" | "optional" | "list";
	readonly alias?: string;
	/** How help calls the value: `PATH`. */
	readonly value?: string;
	readonly describe: string;
	readonly choices?: readonly string[];
	readonly group: string;
};

export type Spec = {
	/** Words after `massgen`, as in `sessions list`. */
	readonly name: string;
	readonly usage: string;
	readonly about: string;
	readonly options: Readonly<Record<string, Option>>;
	/** How many words it takes besides options, and what they are called in messages. */
	readonly words: { readonly max: number; readonly hint: string };
	readonly examples: readonly (readonly [string, string])[];
	readonly epilogue?: string;
	/** Flags of other programs that people try, and what to do instead. */
	readonly foreign?: Readonly<Record<string, string>>;
};

export type Values<S extends Spec> = {
	readonly [K in keyof S["options"]]: S["options"][K]["kind"] extends "flag"
		? boolean
		: S["options"][K]["kind"] extends "list"
			? readonly string[]
			: string | undefined;
};

export type Parsed<S extends Spec> = { readonly values: Values<S>; readonly words: readonly string[] };

/** A row of the table of commands. `run` resolves with the exit code. */
export type Command = {
	readonly name: string;
	readonly summary: string;
	readonly load: () => Promise<{
		/** Of it and of all that it consists of, for the help. */
		readonly specs: readonly Spec[] | (() => Promise<readonly Spec[]>);
		run(words: readonly string[], io: Io): Promise<number>;
	}>;
};
