import * as z from "zod";
import type { BackendEntry, Capability } from "../backends/backend.ts";
import { apiParameters, massgenBackendKeys, ownBackendKeys } from "./keys/backend.ts";
import { accepted, acceptedKeys, notNegative, open, positive, refused, whole, works } from "./keys/fate.ts";
import { losses } from "./keys/losses.ts";
import { memoryKeys, nlipKeys } from "./keys/memory.ts";
import { orchestratorKeys, timeoutSettings } from "./keys/orchestrator.ts";
import { hookKeys } from "./keys/tools.ts";

/** What can be chosen in a configuration: the tables the schema is composed from. */
export type Registries = { readonly backends: readonly BackendEntry[]; readonly protocols: readonly string[] };

export const displays = [
	"rich_terminal",
	"textual_terminal",
	"simple",
	"silent",
	"none",
	"web",
	"terminal",
	"plain",
	"json",
	"quiet",
] as const;

const display = z.strictObject({
	display_type: works(z.enum(displays), "How the run is shown."),
	type: works(z.string(), "Another spelling of display_type; a word it does not know is passed over, as in MassGen."),
	logging_enabled: works(z.boolean(), "Write log files. Default true."),
	...acceptedKeys(losses.display, "A detail of MassGen's display.", [
		"theme",
		"display_kwargs",
		"use_orchestrator_for_single_agent",
		"skip_agent_selector",
		"automation_mode",
		"debug",
		"vim_mode",
	]),
});

const price = z.strictObject({
	input: works(notNegative, "US dollars per million tokens read."),
	output: works(notNegative, "US dollars per million tokens written."),
	cached_input: works(notNegative, "US dollars per million tokens read from the provider's cache."),
	cache_write: works(notNegative, "US dollars per million tokens written into the provider's cache."),
});

const perTime = (what: string) => works(positive, `${what}, by all agents of a process together.`);

const rate = z.strictObject({
	concurrent: works(whole, "Calls at the same time."),
	requests_per_minute: perTime("Calls in a minute"),
	requests_per_day: perTime("Calls in a day"),
	tokens_per_minute: perTime("Tokens in a minute"),
	tokens_per_day: perTime("Tokens in a day"),
	rpm: perTime("Short for requests_per_minute"),
	rpd: perTime("Short for requests_per_day"),
	tpm: perTime("Short for tokens_per_minute"),
	tpd: perTime("Short for tokens_per_day"),
});

export const firstFormatKeys = [
	"models",
	"model_configs",
	"num_agents",
	"max_rounds",
	"consensus_threshold",
	"voting_enabled",
	"enable_voting",
];

const teams = new WeakMap<Registries, ReturnType<typeof composeTeam>>();

/** The schema of a team, composed once for each set of tables. */
export function teamSchema(registries: Registries): ReturnType<typeof composeTeam> {
	const schema = teams.get(registries) ?? composeTeam(registries);
	teams.set(registries, schema);
	return schema;
}

/** The team without the options of its backends, which depend on `type`. */
function composeTeam(registries: Registries) {
	const agent = z.strictObject({
		id: works(z.string().min(1), "Its name. Missing: agent1, agent2, ..."),
		backend: works(open, "Where it gets its answers from."),
		system_message: works(z.string(), "Your own instructions for this agent."),
		append_system_prompt: works(z.string(), "More instructions, put after system_message."),
		count: works(whole.max(1000), "So many agents like this one, named id1, id2, ..."),
		memory: accepted(losses.memory, "Memory of this agent.", memoryKeys),
		enable_nlip: accepted(losses.nlip, "Switches NLIP on.", z.unknown()),
		nlip: accepted(losses.nlip, "NLIP.", nlipKeys),
	});
	return z.strictObject({
		$schema: works(z.string(), "Where an editor finds the JSON Schema of this file."),
		include: works(z.union([z.string(), z.array(z.string())]), "Files whose keys are taken over where this file does not set them."),
		agents: works(z.array(agent).min(1), "The team: a list of agents."),
		orchestrator: works(orchestratorKeys(registries.protocols), "How they work together."),
		timeout_settings: works(timeoutSettings, "Time limits."),
		ui: works(display, "What you see."),
		display: works(z.union([z.string(), display]), "Another spelling of ui."),
		prompt: works(z.string(), "The question, if none is given on the command line."),
		session_id: works(z.string(), "The session to go on with."),
		prices: works(
			z.record(z.string(), price),
			"Prices by model, or by backend/model, in US dollars per million tokens; they replace the shipped ones.",
		),
		rate_limits: works(
			z.record(z.string(), rate),
			"How fast each backend may be asked, by its name, or default for the others; replaces the shipped rows.",
		),
		memory: accepted(losses.memory, "What is remembered.", memoryKeys),
		hooks: accepted(losses.hooks, "Programs that are run around tool calls.", hookKeys),
		nlip: accepted(losses.nlip, "NLIP.", nlipKeys),
		enable_nlip: accepted(losses.nlip, "Switches NLIP on.", z.unknown()),
		filesystem_memory: accepted(losses.unread, "MassGen does not read it.", z.unknown()),
		task: accepted(
			{ lost: "nothing reads it, here or in MassGen; the question is prompt", never: true },
			"MassGen does not read it.",
			z.unknown(),
		),
		timeout: accepted(
			{ lost: "nothing reads it, here or in MassGen; time limits are timeout_settings", never: true },
			"MassGen does not read it.",
			z.unknown(),
		),
		...Object.fromEntries(
			firstFormatKeys.map((key) => [key, refused("It belongs to the first format of MassGen. The error shows the file in today's.")]),
		),
	});
}

const ofBackends = new WeakMap<BackendEntry, z.ZodObject>();
const ofAnyBackend = z.strictObject({ ...massgenBackendKeys, ...apiParameters, ...ownBackendKeys });

/** What `backend:` may hold for one type: its own options, and what MassGen knows besides. */
export function backendSchema(entry: BackendEntry | undefined, backends: readonly BackendEntry[]): z.ZodObject {
	if (entry === undefined) return ofAnyBackend;
	const schema = ofBackends.get(entry) ?? composeBackend(entry, backends);
	ofBackends.set(entry, schema);
	return schema;
}

/** Every key that some backend knows. */
export function keysOfBackends(backends: readonly BackendEntry[]): ReadonlySet<string> {
	return new Set([...Object.keys(ofAnyBackend.shape), ...backends.flatMap((entry) => Object.keys(entry.options.shape))]);
}

function composeBackend(entry: BackendEntry, backends: readonly BackendEntry[]): z.ZodObject {
	const own = { ...lackingKeys(entry, backends), ...entry.options.shape, ...ownBackendKeys };
	return z.strictObject({ ...massgenBackendKeys, ...apiParameters, ...own });
}

const features: readonly (readonly [key: string, capability: Capability, words: string])[] = [
	["enable_web_search", "web-search", "web search"],
	["web_search", "web-search", "web search"],
	["enable_code_interpreter", "code-execution", "code execution"],
	["enable_code_execution", "code-execution", "code execution"],
	["reasoning", "reasoning", "settings for reasoning"],
];

/** Features that this backend lacks, told with the backends that have them. */
function lackingKeys(entry: BackendEntry, backends: readonly BackendEntry[]): Record<string, z.ZodType> {
	const rows = features.filter(([key]) => !Object.hasOwn(entry.options.shape, key));
	return Object.fromEntries(
		rows.map(([key, capability, words]) => {
			const able = backends.filter((other) => other.capabilities.includes(capability) && Object.hasOwn(other.options.shape, key));
			const lost = `a ${entry.name} agent has no ${words} that could be switched on here`;
			const instead = able.length === 0 ? {} : { instead: `Backends that have it: ${able.map((other) => other.name).join(", ")}.` };
			return [key, accepted({ lost, ...instead }, `Needs a backend with ${words}.`, z.unknown())];
		}),
	);
}

/** Mappings whose content is somebody else's: no key in them is ours to judge or to rename. */
export const foreign: ReadonlySet<string> = new Set(["extra_body", "provider_options"]);

/** YAML has `snake_case`, the program `camelCase`. What the values hold is left alone: some of it goes to providers as it is. */
export function camelCase(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
	return Object.fromEntries(Object.entries(options).map(([key, value]) => [camelWord(key), value]));
}

function camelWord(key: string): string {
	return key.replace(/(?<=[a-z0-9])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
