import type { Recorded } from "../core/events.ts";
import type { Outcome } from "../core/types.ts";

/** What a list shows of a session, as far as it follows from its events: a fold that goes on where it stopped. */
export type Summary = {
	/** Number of the last event that is in here. */
	readonly seq: number;
	readonly startedAt?: number;
	readonly lastActivityAt?: number;
	readonly name?: string;
	readonly configPath?: string;
	readonly parent?: string;
	/** What the program that made it wants to know of it again. */
	readonly metadata?: Readonly<Record<string, unknown>>;
	readonly turns: number;
	/** Of the last turn, shortened. */
	readonly question?: string;
	/** Of the last turn; absent while it is open. */
	readonly outcome?: Outcome;
	readonly isClosed?: true;
};

export const emptySummary: Summary = { seq: 0, turns: 0 };

/** How the types begin that `summarise` looks at: so that only these are read from the file. */
export const summarisedTypes = ["session.opened", "session.renamed", "session.closed", "turn.started", "turn.ended"] as const;

const longestQuestion = 300;

export function summarise(summary: Summary, event: Recorded): Summary {
	switch (event.type) {
		case "session.opened": {
			const { configPath, parent, metadata } = event;
			return {
				...summary,
				...(configPath === undefined ? {} : { configPath }),
				...(parent === undefined ? {} : { parent }),
				...(metadata === undefined ? {} : { metadata }),
			};
		}
		case "session.renamed":
			return { ...summary, name: event.name };
		case "session.closed":
			return { ...summary, isClosed: true };
		case "turn.started": {
			const { outcome: _, ...rest } = summary;
			return { ...rest, turns: summary.turns + 1, question: event.terms.question.slice(0, longestQuestion) };
		}
		case "turn.ended":
			return { ...summary, outcome: event.outcome };
		default:
			return summary;
	}
}
