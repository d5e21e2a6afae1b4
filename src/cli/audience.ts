/** Everybody who is told of a turn: the output on stdout, and the display on stderr once it is known which. */
import type { Delta, Recorded } from "../core/events.ts";
import type { Turn } from "../core/types.ts";
import { clean } from "../displays/clean.ts";
import type { Display, DisplayEntry } from "../displays/display.ts";
import { displayNamed, outputNamed } from "../displays/registry.ts";
import type { ResultDocument } from "../displays/result.ts";
import { warningLine } from "../displays/summary.ts";
import { UsageError } from "../errors.ts";
import type { Io } from "./io.ts";
import type { Settings } from "./settings.ts";

export type Audience = Display & {
	/** Shows progress from now on; `configured` is what the configuration says. */
	begin(configured: string | undefined): Promise<void>;
	/** What should be known before anything is paid for. It is not said again at the end. */
	warn(text: string): void;
	/** Gives back the terminal, and says no more. */
	abandon(): void;
};

export async function audience(settings: Settings, io: Io): Promise<Audience> {
	const { verbose } = settings;
	const result = await named(outputNamed(settings.output), settings.output);
	const records = result.create({ sink: io.stdout, verbose });
	const members: Display[] = [records];
	const told = new Set<string>();
	return {
		async begin(configured) {
			members.unshift(await progressDisplay(settings, io, configured));
		},
		warn(text: string) {
			told.add(text);
			for (const member of members) member.onNotice(warningLine(text));
		},
		onEvent(record: Recorded, turn: Turn | undefined) {
			for (const member of members) member.onEvent(record, turn);
		},
		onDelta(delta: Delta) {
			for (const member of members) member.onDelta(delta);
		},
		onNotice(text: string) {
			if (members.length === 1) io.stderr.write(`${clean(text)}\n`);
			for (const member of members) member.onNotice(text);
		},
		finish(document: ResultDocument) {
			const rest = { ...document, warnings: document.warnings.filter((text) => !told.has(text)) };
			for (const member of members) member.finish(member === records ? document : rest);
		},
		abandon() {
			for (const member of members) member.abandon?.();
		},
	};
}

/** The display on stderr. `typed` is what the user is typing meanwhile. */
export async function progressDisplay(settings: Settings, io: Io, configured: string | undefined, typed?: () => string): Promise<Display> {
	const name = displayFor(settings, io, configured);
	const { create } = await named(displayNamed(name), name);
	return create({ sink: io.stderr, verbose: settings.verbose, typed });
}

/** The flag, then the configuration, then what the terminal can do. A display of a configuration that is not ours means the usual one. */
function displayFor({ display }: Settings, { stderr, env }: Io, configured: string | undefined): string {
	const able = stderr.terminal !== undefined && env.TERM !== "dumb";
	const wanted = display ?? (configured !== undefined && displayNamed(configured) ? configured : "terminal");
	return wanted === "terminal" && !able ? "plain" : wanted;
}

async function named(entry: DisplayEntry | undefined, name: string) {
	if (!entry) throw new UsageError(`There is no display ${name}.`);
	return await entry.load();
}
