import { CorruptSessionError } from "../errors.ts";
import { type MetricName, type Metrics, metrics, periodMs } from "../sessions/metrics.ts";
import { readSession } from "../sessions/reading.ts";
import { runsOf } from "./documents.ts";
import type { Registry } from "./registry.ts";
import { summariesIn } from "./session-list.ts";

export type MetricsOptions<Name extends MetricName> = {
	readonly agentId?: string;
	/** A whole number and m, h, d or w, or `all`; `7d` if not given. */
	readonly period?: string;
	/** All if not given. */
	readonly metrics?: readonly Name[];
};

export class ClientMetrics {
	readonly #registry: Registry;

	constructor(registry: Registry) {
		this.#registry = registry;
	}

	/** The numbers of the runs of this directory's sessions. What is damaged is left out. */
	async get<Name extends MetricName = MetricName>(options: MetricsOptions<Name> = {}): Promise<Pick<Metrics, Name>> {
		const now = Date.now();
		const query = { ...options, now };
		// What is asked wrongly is refused before anything is read.
		metrics([], query);
		const since = now - periodMs(options.period ?? "7d");
		const runs = [];
		for (const { id, lastActivityAt = 0, status } of summariesIn(this.#registry.places)) {
			if (lastActivityAt < since || status === "damaged") continue;
			runs.push(...(await this.#runs(id)));
		}
		return metrics(runs, query);
	}

	async #runs(id: string) {
		try {
			return await this.#registry.within(id, async (store) => runsOf(await readSession(store), (await store.holder()) !== undefined));
		} catch (error) {
			// Its damage is told by `get` and `list`; it must not hide the numbers of the others.
			if (error instanceof CorruptSessionError) return [];
			throw error;
		}
	}
}
