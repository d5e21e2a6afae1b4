import { homedir } from "node:os";
import { processEnvironment } from "../config/environment.ts";
import { type Loaded, type LoadOptions, loadTeam, teamFromTree, treeOfValue } from "../config/load.ts";
import type { Overrides } from "../config/overrides.ts";
import { examplesDirectory } from "../config/package-root.ts";
import { teamFromFlags } from "../config/quick.ts";

/** Who shall answer, and within which limits. */
export type TeamOptions = {
	/** A YAML file, `@examples/NAME`, or what such a file would hold. Without it and without models: the session's own, or the default file. */
	readonly config?: string | Readonly<Record<string, unknown>>;
	/** One agent of this model. The backend follows from the name unless `backend` says it. */
	readonly model?: string;
	/** One agent for each. */
	readonly models?: readonly string[];
	readonly backend?: string;
	readonly baseUrl?: string;
	readonly systemMessage?: string;
	/** How many agents share the models. */
	readonly agents?: number;
	readonly protocol?: string;
	readonly maxAnswers?: number;
	readonly timeoutSeconds?: number;
	readonly maxCostUsd?: number;
	/** Input and output tokens of all agents together. */
	readonly maxTokens?: number;
	readonly maxSteps?: number;
	readonly seed?: number;
	/** Where relative paths, `.env` and sessions are; by default the current directory. */
	readonly directory?: string;
	/** By default the user's home. */
	readonly home?: string;
	/** By default the environment of the process; `.env` files are read in addition. */
	readonly env?: Readonly<Record<string, string | undefined>>;
};

/** The team that the options mean; `stored` is the configuration of the session, for when they name none. */
export function teamFor(options: TeamOptions, stored?: Readonly<Record<string, unknown>>): Loaded {
	const plain = load(options, { stored });
	const overrides = overridesOf(options);
	const team = Object.keys(overrides).length === 0 ? plain.team : load(options, { stored, overrides }).team;
	// Limits are for this call: the session keeps the configuration without them.
	return { ...plain, team: { ...team, stored: plain.team.stored } };
}

/** Do the options name a team, or only limits? */
export function namesTeam({ config, model, models, backend, baseUrl }: TeamOptions): boolean {
	return config !== undefined || model !== undefined || models !== undefined || backend !== undefined || baseUrl !== undefined;
}

export function placesOf({ directory, home }: TeamOptions): { readonly cwd: string; readonly home: string } {
	return { cwd: directory ?? process.cwd(), home: home ?? homedir() };
}

function load(options: TeamOptions, more: Pick<LoadOptions, "stored" | "overrides">): Loaded {
	const { config, model, models, backend, baseUrl, systemMessage, agents } = options;
	const shared: LoadOptions = {
		...placesOf(options),
		env: options.env ?? processEnvironment(),
		examplesDirectory: examplesDirectory(),
		...more,
	};
	if (typeof config === "object") return teamFromTree(treeOfValue(config), undefined, shared);
	if (config !== undefined || !namesTeam(options)) return loadTeam({ ...shared, config });
	const names = [...(model === undefined ? [] : [model]), ...(models ?? [])];
	return teamFromFlags({ backend, baseUrl, systemMessage, agents, models: names }, shared);
}

function overridesOf(options: TeamOptions): Overrides {
	const { protocol, maxAnswers, timeoutSeconds: timeout, maxCostUsd: maxCost, maxTokens, maxSteps, seed } = options;
	const given = { protocol, maxAnswers, timeout, maxCost, maxTokens, maxSteps, seed };
	return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
