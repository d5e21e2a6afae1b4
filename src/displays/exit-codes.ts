/** What the exit code says. `docs/exit-codes.md` holds the same table. */
import type { Turn } from "../core/types.ts";

export const exitCodes = {
	ok: 0,
	usage: 1,
	noAnswer: 2,
	timeLimit: 3,
	interruptedAutomation: 4,
	budget: 5,
	bug: 70,
	cannotWrite: 74,
	hangup: 129,
	interrupted: 130,
	terminated: 143,
} as const;

/** `SIGINT` and what is no signal at all (Esc, another process) count as Ctrl+C. */
export function signalCode(by: string): number {
	if (by === "SIGTERM") return exitCodes.terminated;
	return by === "SIGHUP" ? exitCodes.hangup : exitCodes.interrupted;
}

export function exitCode(turn: Turn, { by, automation }: { by?: string; automation: boolean }): number {
	const { outcome } = turn;
	if (outcome === undefined || outcome === "cancelled") return automation ? exitCodes.interruptedAutomation : signalCode(by ?? "SIGINT");
	switch (outcome) {
		case "completed":
			return exitCodes.ok;
		case "failed":
		case "max-steps":
			return exitCodes.noAnswer;
		case "timeout":
			return exitCodes.timeLimit;
		case "budget":
			return exitCodes.budget;
	}
}
