import type { Lease, SessionRequest } from "../checkpoint/log.ts";
import type { Command } from "../core/events.ts";
import { takingPart } from "../core/queries.ts";
import type { Limits, Turn } from "../core/types.ts";

/** A request as a command, and what to do once its consequences are in the log. */
export type Asked = { readonly command: Command; readonly safe: () => void };

/** What other processes ask of the session that is driven here. Every request is answered once. */
export class Requests {
	readonly #lease: Lease;
	readonly #taken = new Set<number>();

	constructor(lease: Lease) {
		this.#lease = lease;
	}

	/** New requests as commands; each is answered as soon as its consequences are in the log, or refused at once. */
	async items(turn: Turn): Promise<readonly Asked[]> {
		const fresh = (await this.#lease.requests()).filter(({ number }) => !this.#taken.has(number));
		let state = turn;
		return fresh.flatMap(({ number, request }) => {
			this.#taken.add(number);
			const command = commandFor(state, request);
			if ("refused" in command) {
				this.#respond(number, command.refused);
				return [];
			}
			// Two extensions that arrive together both count.
			if (command.type === "change-limits") state = { ...state, limits: command.limits };
			return [{ command, safe: () => this.#respond(number, "done") }];
		});
	}

	/** Answers what came too late, so that it does not befall the next turn. */
	async close(turn: Turn): Promise<void> {
		for (const { number, request } of await this.#lease.requests()) {
			const isDone = turn.interrupted && request.type === "interrupt";
			await this.#lease.respond(
				number,
				isDone ? "done" : `Turn ${turn.number} ${turn.interrupted ? "was interrupted" : "had ended"} before.`,
			);
		}
	}

	/** Whoever asked sees no answer if the lease is gone, and asks the next holder. */
	#respond(number: number, answer: string): void {
		this.#lease.respond(number, answer).catch(() => {});
	}
}

/** The command that a request means, or why it means none. */
export function commandFor(turn: Turn, request: SessionRequest): Command | { readonly refused: string } {
	switch (request.type) {
		case "interrupt":
			return { type: "interrupt", by: request.by };
		case "cancel":
			return { type: "cancel", ...(request.why === undefined ? {} : { why: request.why }) };
		case "say": {
			const stranger = request.to?.find((id) => !isTakingPart(turn, id));
			if (stranger !== undefined) return unknownAgent(turn, stranger);
			if (request.text.trim() === "") return { refused: "There is nothing in the message." };
			return { type: "say", text: request.text, ...(request.to === undefined ? {} : { to: request.to }) };
		}
		case "extend":
			return extension(turn.limits, request);
		case "drop":
			return isTakingPart(turn, request.agent)
				? { type: "retire", agent: request.agent, why: "dropped by the user" }
				: unknownAgent(turn, request.agent);
		case "finish-now":
			return { type: "reach-limit", kind: "user", hard: false };
	}
}

function isTakingPart(turn: Turn, agent: string): boolean {
	return takingPart(turn).some(({ id }) => id === agent);
}

function unknownAgent(turn: Turn, agent: string): { readonly refused: string } {
	const names = takingPart(turn).map(({ id }) => id);
	return { refused: `No agent ${agent} takes part. ${names.length > 0 ? `Taking part: ${names.join(", ")}.` : "Nobody does any more."}` };
}

/** Only a limit that there is can be extended. */
function extension(
	limits: Limits,
	{ ms, costUsd, tokens }: Extract<SessionRequest, { type: "extend" }>,
): Command | { readonly refused: string } {
	const more = {
		...(ms === undefined || limits.timeMs === undefined ? {} : { timeMs: limits.timeMs + ms }),
		...(costUsd === undefined || limits.costUsd === undefined ? {} : { costUsd: limits.costUsd + costUsd }),
		...(tokens === undefined || limits.tokens === undefined ? {} : { tokens: limits.tokens + tokens }),
	};
	if (Object.keys(more).length === 0) return { refused: "This turn has no such limit to extend." };
	return { type: "change-limits", limits: { ...limits, ...more } };
}
