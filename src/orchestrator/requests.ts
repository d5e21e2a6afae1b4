import type { Lease, SessionRequest } from "../checkpoint/log.ts";
import type { Command } from "../core/events.ts";
import type { Limits, Turn } from "../core/types.ts";

/** What other processes ask of the session that is driven here. Every request is answered once. */
export class Requests {
	readonly #lease: Lease;
	readonly #taken = new Set<number>();

	constructor(lease: Lease) {
		this.#lease = lease;
	}

	/** New requests as commands; each is answered as soon as its consequences are in the log, or refused at once. */
	async items(turn: Turn): Promise<readonly { readonly command: Command; readonly safe: () => void }[]> {
		const fresh = (await this.#lease.requests()).filter(({ number }) => !this.#taken.has(number));
		return fresh.flatMap(({ number, request }) => {
			this.#taken.add(number);
			const command = commandFor(turn, request);
			if ("refused" in command) {
				void this.#lease.respond(number, command.refused);
				return [];
			}
			return [{ command, safe: () => void this.#lease.respond(number, "done") }];
		});
	}
}

/** The command that a request means, or why it means none. */
export function commandFor(turn: Turn, request: SessionRequest): Command | { readonly refused: string } {
	switch (request.type) {
		case "interrupt":
			return { type: "interrupt", by: request.by };
		case "cancel":
			return { type: "cancel", ...(request.why === undefined ? {} : { why: request.why }) };
		case "say":
			return { type: "say", text: request.text, ...(request.to === undefined ? {} : { to: request.to }) };
		case "extend":
			return { type: "change-limits", limits: extended(turn.limits, request) };
		case "drop":
			return turn.agents.some(({ id }) => id === request.agent)
				? { type: "retire", agent: request.agent, why: "dropped by the user" }
				: { refused: `There is no agent ${request.agent}. The team: ${turn.agents.map(({ id }) => id).join(", ")}.` };
		case "finish-now":
			return { type: "reach-limit", kind: "user", hard: false };
	}
}

function extended(limits: Limits, more: Extract<SessionRequest, { type: "extend" }>): Limits {
	return {
		...limits,
		...(more.ms === undefined || limits.timeMs === undefined ? {} : { timeMs: limits.timeMs + more.ms }),
		...(more.costUsd === undefined || limits.costUsd === undefined ? {} : { costUsd: limits.costUsd + more.costUsd }),
		...(more.tokens === undefined || limits.tokens === undefined ? {} : { tokens: limits.tokens + more.tokens }),
	};
}
