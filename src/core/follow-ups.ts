import { chain, close, closeAll, retire } from "./chain.ts";
import type { Event } from "./events.ts";
import { candidates, isBusy, isOver, takingPart, versionOf } from "./queries.ts";
import type { Agent, Assignment, Outcome, Protocol, Turn, Work } from "./types.ts";

/** Agents that have failed too often in a row leave the team. */
export function failures(turn: Turn): readonly Event[] {
	if (isOver(turn)) return [];
	return Object.entries(turn.failures)
		.filter(([, failures]) => failures > turn.maxFailures)
		.flatMap(([id, failures]) => retire(turn, id, failures === 1 ? "failed" : `failed ${failures} times in a row`));
}

/** What the protocol wants, compared with what is open. */
export function followUps(turn: Turn, protocol: Protocol): readonly Event[] {
	if (turn.interrupted || isOver(turn)) return [];
	if (turn.hard === "budget" && isBusy(turn)) return turn.open.filter(isIdle).map((a) => close(a, "unneeded"));
	if (turn.phase === "presenting") return present(turn, protocol);

	const next = protocol(turn);
	switch (next.kind) {
		case "work":
			return reconcile(turn, next.work);
		case "next-round":
			return then(turn, protocol, { type: "round.opened", round: turn.round + 1 });
		case "winner":
			return then(turn, protocol, { type: "winner.chosen", decision: next.decision });
		case "none":
			return end(turn, emptyHanded(turn), next.why);
	}
}

/** Nothing is left open across these events; then it goes on from them. */
function then(turn: Turn, protocol: Protocol, ...events: readonly Event[]): readonly Event[] {
	return chain(
		turn,
		(state) => [...closeAll(state), ...events],
		(state) => followUps(state, protocol),
	);
}

/** Starts the work that is wanted and missing, ends the assignments that are open and unwanted. */
function reconcile(turn: Turn, work: readonly Work[]): readonly Event[] {
	const open = new Map(turn.open.map(({ agent, task }) => [agent, task]));
	const wanted = new Map(work.map(({ agent, task }) => [agent, task]));
	const unwanted = turn.open.filter(({ agent, task }) => wanted.get(agent) !== task);
	const missing = work.filter(({ agent, task }) => open.get(agent) !== task);
	return [...unwanted.map((a) => close(a, "unneeded")), ...missing.map((w, index) => begin(turn, w, index))];
}

function begin(turn: Turn, { agent, task }: Work, offset: number): Event {
	return { type: "assignment.started", assignment: `${turn.number}.${turn.assignmentCount + offset + 1}`, agent, task, round: turn.round };
}

/**
 * The winning version stands word for word; before that it may be rewritten by its author, and reviewed. Once a limit
 * is near, no review is asked for and none sends the team back.
 */
function present(turn: Turn, protocol: Protocol): readonly Event[] {
	if (turn.hard !== undefined) return finish(turn);
	const mayRestart = turn.attempt <= turn.maxRestarts && turn.closing === undefined;
	const review = turn.reviews.find(({ attempt }) => attempt === turn.attempt);
	if (mayRestart && review?.verdict === "restart") {
		return then(turn, protocol, { type: "attempt.started", attempt: turn.attempt + 1 }, { type: "round.opened", round: 1 });
	}
	const author = authorOf(turn);
	if (turn.presentation === "rewrite" && turn.rewrite === undefined && author)
		return reconcile(turn, [{ agent: author.id, task: "rewrite" }]);
	const reviewer = takingPart(turn).find(({ id }) => id === turn.reviewer) ?? author;
	if (mayRestart && !review && reviewer) return reconcile(turn, [{ agent: reviewer.id, task: "review" }]);
	return finish(turn);
}

function finish(turn: Turn): readonly Event[] {
	const outcome = turn.hard === "time" ? "timeout" : turn.hard === "budget" ? "budget" : "completed";
	return end(turn, outcome, turn.decision?.rule);
}

/** The winner's first author that still takes part. */
function authorOf(turn: Turn): Agent | undefined {
	const won = candidates(turn).find(({ label }) => label === turn.decision?.label);
	return takingPart(turn).find(({ id }) => won?.authors.includes(id));
}

export function end(turn: Turn, outcome: Outcome, why?: string): readonly Event[] {
	const label = outcome === "cancelled" ? undefined : turn.decision?.label;
	const final = label === undefined ? undefined : (turn.rewrite ?? versionOf(turn, label)?.text);
	return [
		...closeAll(turn),
		{
			type: "turn.ended",
			outcome,
			...(why === undefined ? {} : { why }),
			...(label === undefined ? {} : { label }),
			...(final === undefined ? {} : { final }),
		},
	];
}

/** How a turn without any version ends. */
function emptyHanded(turn: Turn): Outcome {
	if (turn.hard === "time") return "timeout";
	if (turn.hard === "budget") return "budget";
	return Object.values(turn.sitting).includes("out-of-steps") ? "max-steps" : "failed";
}

function isIdle({ step, calls }: Assignment): boolean {
	return step === undefined && calls.length === 0;
}
