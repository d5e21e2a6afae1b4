import { chatCompletionOptions } from "./api-options.ts";
import type { BackendEntry } from "./backend.ts";
import { cliEntries } from "./cli-entries.ts";
import { chatServers } from "./servers.ts";
import { simulatedOptions } from "./simulated-options.ts";

/**
 * Every backend, one row each. A row says all that can be known without loading it; only `load` imports what makes the
 * calls. Validation, `--help`, the docs and the editor's JSON Schema are derived from this table.
 */
export const backends: readonly BackendEntry[] = [
	{
		name: "simulated",
		title: "Simulated agents: no model, no key, no network",
		kind: "simulated",
		capabilities: ["tools", "reasoning"],
		options: simulatedOptions,
		load: () => import("./simulated.ts"),
	},
	...chatServers.map(
		(server): BackendEntry => ({
			...server,
			options: server.options ?? chatCompletionOptions,
			load: async () => {
				const { createFor } = await import("./chatcompletion.ts");
				return { create: (setup) => createFor(server, setup) };
			},
		}),
	),
	...cliEntries,
];

export function backendEntry(name: string): BackendEntry | undefined {
	return backends.find((entry) => entry.name === name);
}
