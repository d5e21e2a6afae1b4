/** What `massgen doctor` finds out. With `--json` it is printed as it is: names are as in JSON. */
export type Report = {
	/** Some model can be used. */
	readonly ok: boolean;
	readonly massgen: string;
	readonly node: string;
	readonly platform: string;
	readonly store: { readonly driver: string; readonly sqlite: string | null; readonly problem: string | null };
	readonly sessions: { readonly directory: string; readonly writable: boolean; readonly problem: string | null };
	readonly prices: { readonly date: string };
	readonly keys: readonly {
		readonly variable: string;
		readonly masked: string;
		readonly from: string;
		readonly backends: readonly string[];
	}[];
	readonly servers: readonly {
		readonly backend: string;
		readonly title: string;
		readonly base_url: string;
		readonly models: readonly string[];
	}[];
	readonly clis: readonly {
		readonly backend: string;
		readonly title: string;
		readonly path: string | null;
		readonly version: string | null;
		readonly login: "yes" | "no" | "unknown";
		readonly hint: string | null;
	}[];
	readonly team: TeamReport;
	readonly probes: readonly ProbeReport[] | null;
};

/** Who would be asked: by a configuration, or without one by what was found. */
export type TeamReport = {
	/** The file; null if there is none. */
	readonly config: string | null;
	readonly agents: readonly {
		readonly id: string;
		readonly backend: string;
		readonly model: string | null;
		readonly problem: string | null;
	}[];
	/** What is wrong with the configuration. */
	readonly problems: readonly string[];
};

export type ProbeReport = {
	readonly backend: string;
	readonly model: string | null;
	readonly base_url: string | null;
	readonly ok: boolean;
	readonly latency_ms: number;
	/** It called the tool that it was asked to call; null if it did not answer. */
	readonly called_tool: boolean | null;
	readonly input_tokens: number | null;
	readonly output_tokens: number | null;
	readonly cost_usd: number | null;
	/** Dollars per million tokens; null if nobody knows them. */
	readonly price: { readonly input: number; readonly output: number } | null;
	readonly error: string | null;
	readonly hint: string | null;
};
