import type { SessionStore } from "../checkpoint/log.ts";
import { openSession } from "../checkpoint/session-directory.ts";
import { SessionError } from "../errors.ts";
import { sessionWithId } from "../sessions/locate.ts";
import type { Setup } from "./setup.ts";
import { placesOf, type TeamOptions } from "./team.ts";

/** The agents that a client knows, and where its sessions are. */
export class Registry {
	readonly #setups: readonly Setup[];
	readonly places: { readonly cwd: string; readonly home: string };

	constructor(setups: readonly Setup[], options: TeamOptions) {
		const twice = setups.find(({ id }, index) => setups.findIndex((other) => other.id === id) !== index);
		if (twice)
			throw new SessionError("invalid_request", `Two agents are called ${twice.id}.`, {
				hint: 'Give each an id: new Agent({ id: "..." })',
			});
		this.#setups = setups;
		this.places = options.directory === undefined && options.home === undefined ? (setups[0]?.places ?? placesOf({})) : placesOf(options);
	}

	/** The agent of this id, or the first one. */
	agent(id: string | undefined): Setup {
		const found = id === undefined ? this.#setups[0] : this.#setups.find((setup) => setup.id === id);
		if (found) return found;
		throw new SessionError("not_found", `There is no agent ${id}.`, {
			hint: `There are: ${this.#setups.map((setup) => setup.id).join(", ")}.`,
		});
	}

	/** The session of this id; it must be closed by the caller. */
	async open(id: string): Promise<SessionStore> {
		const { cwd, home } = this.places;
		const place = typeof id === "string" ? sessionWithId(id, { here: cwd, home }) : undefined;
		if (place) return openSession(place.directory);
		throw new SessionError("not_found", `There is no session ${String(id)}.`, {
			sessionId: String(id),
			hint: "list() tells which there are.",
		});
	}

	async within<T>(id: string, work: (store: SessionStore) => Promise<T>): Promise<T> {
		const store = await this.open(id);
		try {
			return await work(store);
		} finally {
			await store.close();
		}
	}
}
