/** The flags of `massgen "question"`. One table feeds parsing, help and the docs. */
import { displays, outputs } from "../displays/registry.ts";
import { protocols } from "../protocols/registry.ts";
import type { Spec } from "./command.ts";
import { firstOptions } from "./first-options.ts";
import { massgenFlags } from "./massgen-flags.ts";

const names = (entries: readonly { readonly name: string }[]) => entries.map(({ name }) => name);

export const askSpec = {
	name: "massgen",
	usage: 'massgen "question" --config PATH',
	about: "A team of LLM agents works on one question in parallel, sees each other's answers, improves or votes, and ends with one answer.",
	words: { max: 1, hint: 'Put the question in quotes: massgen "What is a monad?"' },
	options: {
		config: { kind: "text", value: "PATH", group: "Team", describe: "The team: a YAML file, or @examples/NAME." },
		model: { kind: "list", value: "NAME", group: "Team", describe: "A team without a file: of this model; several times for several." },
		backend: { kind: "text", value: "NAME", group: "Team", describe: "Where the model is, if its name does not tell." },
		"base-url": { kind: "text", value: "URL", group: "Team", describe: "Another server than the usual one." },
		"system-message": { kind: "text", value: "TEXT", group: "Team", describe: "Instructions for the agents of --model." },
		agents: { kind: "text", value: "N", group: "Team", describe: "How many agents; the models are dealt out in turn." },
		simulate: { kind: "flag", group: "Team", describe: "The same team with simulated agents: no model, no key, no cost." },

		...firstOptions,

		protocol: { kind: "text", value: "NAME", group: "Rules", choices: names(protocols), describe: "How it decides." },
		"max-answers": { kind: "text", value: "N", group: "Rules", describe: "Answers that each agent may give before only votes count." },
		stop: {
			kind: "text",
			value: "WHEN",
			group: "Rules",
			choices: ["majority", "all"],
			describe: "Decide once a majority agrees, or hear all.",
		},
		"max-restarts": { kind: "text", value: "N", group: "Rules", describe: "How often a review may send the team back." },
		seed: { kind: "text", value: "N", group: "Rules", describe: "Fixes every draw: the order of boards, the last rung of a tie." },

		continue: { kind: "flag", alias: "c", group: "Session", describe: "Go on with the newest session of this directory." },
		resume: {
			kind: "optional",
			alias: "r",
			value: "ID",
			group: "Session",
			describe: "Go on with a session: its id, the beginning of it, its name or number, or last. Without ID: choose.",
		},
		session: { kind: "text", alias: "s", value: "ID", group: "Session", describe: "Go on with this session, or open it if there is none." },
		"session-id": { kind: "text", value: "ID", group: "Session", describe: "Go on with this session, which must exist." },
		fork: { kind: "flag", group: "Session", describe: "Go on in a copy of that session; it stays as it is." },
		"accept-config": { kind: "flag", group: "Session", describe: "Let an interrupted turn go on with a changed configuration." },
		"list-sessions": { kind: "flag", group: "Session", describe: "The sessions of this directory; with --all everywhere." },
		all: { kind: "flag", group: "Session", describe: "With --list-sessions: everywhere, and all of them." },
		"no-session": { kind: "flag", group: "Session", describe: "Keep nothing: the session lives in memory only." },

		timeout: {
			kind: "text",
			value: "SECONDS",
			group: "Limits",
			describe: "For the whole turn; 0 for none. At 80 % the agents are asked to finish.",
		},
		"max-cost": { kind: "text", value: "USD", group: "Limits", describe: "Stop before more than this is spent." },
		"on-limit": {
			kind: "text",
			value: "HOW",
			group: "Limits",
			choices: ["wrap_up", "stop"],
			describe: "At 80 %: finish early, or go on to the end.",
		},
		"rate-limit": { kind: "flag", group: "Limits", describe: "Keep the rates of configs/rate_limits.yaml too." },
		"max-tokens": {
			kind: "text",
			value: "N",
			group: "Limits",
			describe: "Stop before more than these are used, input and output together.",
		},

		"output-format": { kind: "text", value: "FORMAT", group: "Output", choices: names(outputs), describe: "What is printed on stdout." },
		json: { kind: "flag", group: "Output", describe: "Short for --output-format json." },
		"output-file": {
			kind: "text",
			alias: "o",
			value: "PATH",
			group: "Output",
			describe: "Write the answer there too (or the JSON document).",
		},
		display: { kind: "text", value: "NAME", group: "Output", choices: names(displays), describe: "How progress is shown on stderr." },
		quiet: { kind: "flag", alias: "q", group: "Output", describe: "No progress." },
		verbose: { kind: "flag", group: "Output", describe: "Every step, and stacks of errors." },
		automation: { kind: "flag", group: "Output", describe: "For scripts: plain progress, no questions, exit code 4 when interrupted." },
		"no-color": { kind: "flag", group: "Output", describe: "No colours (also: NO_COLOR=1, TERM=dumb)." },

		version: { kind: "flag", group: "Other", describe: "The version." },
		help: { kind: "flag", alias: "h", group: "Other", describe: "This text." },
	},
	foreign: massgenFlags,
	examples: [
		['massgen --config @examples/offline/three_agents "What is a monad?"', "three simulated agents, no key"],
		['massgen --config team.yaml --json "..." > result.json', "everything as one document"],
		["massgen --config team.yaml - < question.txt", "the question from a file"],
		["massgen --continue", "go on where it stopped"],
	],
	epilogue:
		"The answer is printed on stdout, everything else on stderr. Exit codes: 0 answer, 1 wrong use, 2 no answer, 3 time limit, 5 budget, 130 interrupted, 70 a bug, 74 cannot write. A question that is the name of a command comes after --.",
} as const satisfies Spec;
