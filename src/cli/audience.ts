/** Everybody who is told of a turn: the display on stderr, and the output on stdout. */
import type { Delta, Recorded } from "../core/events.ts";
import type { Turn } from "../core/types.ts";
import type { Display } from "../displays/display.ts";
import { displayNamed, outputNamed } from "../displays/registry.ts";
import type { ResultDocument } from "../displays/result.ts";
import { UsageError } from "../errors.ts";
import type { Io } from "./io.ts";
import type { Settings } from "./settings.ts";

export type Audience = Display & {
	/** Gives back the terminal, and says no more. */
	abandon(): void;
};

export async function audience({ display, output, verbose }: Settings, io: Io): Promise<Audience> {
	const wanted = display ?? (io.stderr.terminal && io.env.TERM !== "dumb" ? "terminal" : "plain");
	const [progress, result] = await Promise.all([named(displayNamed(wanted), wanted), named(outputNamed(output), output)]);
	const members: readonly Display[] = [progress.create({ sink: io.stderr, verbose }), result.create({ sink: io.stdout, verbose })];
	return {
		onEvent(record: Recorded, turn: Turn | undefined) {
			for (const member of members) member.onEvent(record, turn);
		},
		onDelta(delta: Delta) {
			for (const member of members) member.onDelta(delta);
		},
		onNotice(text: string) {
			for (const member of members) member.onNotice(text);
		},
		finish(document: ResultDocument) {
			for (const member of members) member.finish(document);
		},
		abandon() {
			for (const member of members) member.abandon?.();
		},
	};
}

async function named(entry: ReturnType<typeof displayNamed>, name: string) {
	if (!entry) throw new UsageError(`There is no display ${name}.`);
	return await entry.load();
}
