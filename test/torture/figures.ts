import type { Recorded } from "../../src/core/events.ts";
import type { JournalCall } from "../fixtures/start-model-server.ts";
import type { Told } from "./run.ts";

/** What goal R1 counts, over all interruptions of a kind. */
export type Figures = {
	points: number;
	interruptions: number;
	/** Events that somebody had been told of and that are not in the log as they were told. */
	eventsLost: number;
	/** Model calls made again although the log had their reply. */
	completedRepeated: number;
	/** Model calls made again that were in flight, and the most of them per agent and interruption. */
	inFlightRepeated: number;
	mostPerAgent: number;
	otherWinner: number;
	notFinished: number;
};

export function noFigures(): Figures {
	return {
		points: 0,
		interruptions: 0,
		eventsLost: 0,
		completedRepeated: 0,
		inFlightRepeated: 0,
		mostPerAgent: 0,
		otherWinner: 0,
		notFinished: 0,
	};
}

/** What one turn that was interrupted so many times adds to the figures. */
export type Case = {
	readonly events: readonly Recorded[];
	/** Everything that its processes told, in order. */
	readonly told: readonly Told[];
	readonly calls: readonly JournalCall[];
	readonly interruptions: number;
	readonly winner: string;
};

export function count(figures: Figures, { events, told, calls, interruptions, winner }: Case): void {
	figures.points++;
	figures.interruptions += interruptions;
	figures.eventsLost += lost(events, told);
	const repeated = repeats(events);
	figures.completedRepeated += repeated;
	const perAgent = again(calls);
	const inFlight = [...perAgent.values()].reduce((sum, times) => sum + times, 0) - repeated;
	figures.inFlightRepeated += inFlight;
	figures.mostPerAgent = Math.max(figures.mostPerAgent, ...[...perAgent.values()].map((times) => times / Math.max(1, interruptions)));
	const end = events.findLast((event) => event.type === "turn.ended");
	if (end === undefined) figures.notFinished++;
	else if (winnerOf(events) !== winner) figures.otherWinner++;
}

/** Label and text of the answer. */
export function winnerOf(events: readonly Recorded[]): string {
	const end = events.findLast((event) => event.type === "turn.ended");
	return end?.type === "turn.ended" ? `${end.label}: ${end.final}` : "none";
}

/** Events are numbered without gaps, and every one that was told is there word for word. */
function lost(events: readonly Recorded[], told: readonly Told[]): number {
	const gaps = events.filter(({ seq }, index) => seq !== index + 1).length;
	const missing = told.filter((record) => typeof record.seq === "number" && !isSame(events[record.seq - 1], record));
	return gaps + missing.length;
}

function isSame(event: Recorded | undefined, record: Told): boolean {
	return event !== undefined && event.type === record.type && event.at === record.at && event.epoch === record.epoch;
}

/** Steps that began although the same request of the same agent had its reply in the log. */
function repeats(events: readonly Recorded[]): number {
	const requests = new Map<string, string>();
	const paid = new Set<string>();
	let times = 0;
	for (const event of events) {
		if (event.type === "step.started") {
			const request = `${event.agent} ${event.hash}`;
			requests.set(event.step, request);
			if (paid.has(request)) times++;
		}
		if (event.type === "step.completed") paid.add(requests.get(event.step) ?? "");
	}
	return times;
}

/** By agent: how many calls the server got more than once, word for word. */
function again(calls: readonly JournalCall[]): ReadonlyMap<string, number> {
	const seen = new Set<string>();
	const times = new Map<string, number>();
	for (const { name, request } of calls) {
		if (seen.has(request)) times.set(name, (times.get(name) ?? 0) + 1);
		seen.add(request);
	}
	return times;
}

export function table(title: string, { points, interruptions, ...rest }: Figures): string {
	return [
		`| ${title} | ${points} runs, ${interruptions} interruptions |`,
		"|---|---|",
		`| events lost | ${rest.eventsLost} |`,
		`| completed calls made again | ${rest.completedRepeated} |`,
		`| calls in flight made again | ${rest.inFlightRepeated} (at most ${rest.mostPerAgent} per agent and interruption) |`,
		`| another winner | ${rest.otherWinner} |`,
		`| not finished | ${rest.notFinished} |`,
	].join("\n");
}
