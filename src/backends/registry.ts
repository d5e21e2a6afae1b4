import { chatCompletionOptions } from "./api-options.ts";
import type { BackendEntry } from "./backend.ts";
import { cliEntries } from "./cli-entries.ts";
import { chatServers, type Server, serverNamed } from "./servers.ts";
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
	family("openai", () => import("./openai.ts")),
	family("claude", () => import("./claude.ts")),
	family("gemini", () => import("./gemini.ts")),
	family("grok", () => import("./grok.ts")),
	family("azure_openai", () => import("./azure-openai.ts")),
	family("mistral", () => import("./mistral.ts")),
	family("groq", () => import("./groq.ts")),
	...chatServers.map((server) =>
		entry(server, async () => {
			const { createFor } = await import("./chatcompletion.ts");
			return { create: (setup) => createFor(server, setup) };
		}),
	),
	...cliEntries,
];

function family(name: string, load: BackendEntry["load"]): BackendEntry {
	return entry(serverNamed(name), load);
}

function entry(server: Server, load: BackendEntry["load"]): BackendEntry {
	return { ...server, options: server.options ?? chatCompletionOptions, load };
}

export function backendEntry(name: string): BackendEntry | undefined {
	return backends.find((entry) => entry.name === name);
}
