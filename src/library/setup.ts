import type { Loaded } from "../config/load.ts";
import { checkKeys, checkPrices } from "../crew.ts";
import { SessionError } from "../errors.ts";
import { agentTeam, changedTeam } from "./agent-team.ts";
import type { SessionDocument } from "./documents.ts";
import { placesOf, type TeamOptions } from "./team.ts";
import type { LibraryTool } from "./tools.ts";

export type SetupOptions = TeamOptions & {
	/** The name under which its sessions are found again. */
	readonly id?: string;
	readonly tools?: readonly LibraryTool[];
	/** Told of every run that has ended, or was interrupted: for logs and alarms. What it throws is not caught. */
	readonly onRunEnd?: (document: SessionDocument) => void | Promise<void>;
};

/** What an agent is made from: a team, its tools, and the name it goes by. */
export class Setup {
	readonly id: string;
	readonly options: SetupOptions;
	readonly tools: LibraryTool[];
	readonly places: { readonly cwd: string; readonly home: string };
	#team: Promise<Loaded> | undefined;

	constructor(options: SetupOptions) {
		const { id = "default", tools = [] } = options;
		if (typeof id !== "string" || id.trim() === "")
			throw new SessionError("invalid_request", "The id of the agent is empty.", { hint: 'For example: new Agent({ id: "writer" })' });
		this.id = id;
		this.options = options;
		this.tools = [...tools];
		this.places = placesOf(options);
	}

	/** The team, looked up once; changed for one call. Throws if it cannot be used, before anything is called or written. */
	async team(changes: { readonly model?: string; readonly systemMessage?: string } = {}): Promise<Loaded> {
		this.#team ??= agentTeam(this.options);
		const team = this.#team;
		team.catch(() => {
			// Whatever was missing may be there the next time.
			if (this.#team === team) this.#team = undefined;
		});
		const loaded = changedTeam(await team, changes, this.options);
		checkKeys(loaded.team, loaded.variables.env);
		await checkPrices(loaded.team);
		return loaded;
	}
}
