import { complaints } from "./check.ts";
import { play, type Story } from "./play.ts";
import { worldOf } from "./world.ts";

/** What was seen over many seeds, to show that the worlds are not all alike. */
export type Sight = { turns: number; processes: number; events: number; compared: number; outcomes: Record<string, number> };

/** Plays the world of a seed and returns what is wrong with it. */
export async function simulate(seed: number, sight: Sight): Promise<readonly string[]> {
	const world = worldOf(seed);
	try {
		const story = await play(world);
		see(sight, story);
		const found = complaints(story);
		if (found.length > 0 || !world.isCalm || world.mishaps.length === 0) return found;
		const smooth = await play(world, []);
		if (hasFailures(smooth) || hasFailures(story)) return complaints(smooth);
		sight.compared++;
		return [...complaints(smooth), ...differences(smooth, story)];
	} catch (error) {
		return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
	}
}

export function newSight(): Sight {
	return { turns: 0, processes: 0, events: 0, compared: 0, outcomes: {} };
}

function see(sight: Sight, { events, turn, processes }: Story): void {
	sight.turns++;
	sight.processes += processes;
	sight.events += events.length;
	const outcome = turn.outcome ?? "none";
	sight.outcomes[outcome] = (sight.outcomes[outcome] ?? 0) + 1;
}

function hasFailures({ events }: Story): boolean {
	return events.some((event) => event.type === "agent.retired" || (event.type === "assignment.ended" && event.reason === "failed"));
}

/** Agents whose replies depend on what they are asked alone decide the same, however often they are interrupted. */
function differences(smooth: Story, disturbed: Story): readonly string[] {
	const [a, b] = [smooth, disturbed].map(({ turn }) => ({ label: turn.decision?.label, final: turn.final, outcome: turn.outcome }));
	return JSON.stringify(a) === JSON.stringify(b)
		? []
		: [`Without interruption it ends with ${JSON.stringify(a)}, with interruptions with ${JSON.stringify(b)}`];
}
