import type { AgentId } from "../core/types.ts";
import { Inbox } from "../orchestrator/inbox.ts";
import { type RunEvent, runEventsOf } from "../sessions/run-events.ts";
import type { Execution } from "./execution.ts";

/** Live text, for those who ask for it: what is being written now, which may still be thrown away. */
export type DeltaEvent = {
	readonly type: "delta";
	readonly agent_id: AgentId;
	readonly kind: "text" | "reasoning" | "answer" | "progress" | "waiting";
	readonly content: string;
};

/**
 * What a run tells while it happens. It ends with `done`, or with the error `interrupted`. Whoever stops reading
 * interrupts the run.
 */
export async function* eventStream(
	prepare: () => Promise<Execution>,
	options: { readonly signal?: AbortSignal | undefined; readonly deltas: boolean },
): AsyncGenerator<RunEvent | DeltaEvent, void, undefined> {
	const execution = await prepare();
	const events = new Inbox<RunEvent | DeltaEvent>();
	const left = new AbortController();
	const told = runEventsOf();
	let isOver = false;
	const work = execution
		.run({
			signal: options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal,
			onEvent(event) {
				for (const each of told(event)) events.push(each);
			},
			...(options.deltas
				? { onDelta: ({ agent, kind, text }) => events.push({ type: "delta", agent_id: agent, kind, content: text }) }
				: {}),
		})
		.finally(() => {
			isOver = true;
			events.ring();
		});
	// Awaited below; until then a rejection must not count as unhandled.
	work.catch(() => {});
	try {
		while (!isOver) yield* await events.take();
		yield* events.drain();
		await work;
	} finally {
		left.abort("the reader");
		await work.catch(() => {});
	}
}
