import type { Loss } from "./fate.ts";

/** What does not happen yet, said once for all the keys that ask for it. */
export const losses = {
	files: {
		lost: "agents have no folder of files of their own; they answer in text",
		instead: "Put what they must read into the question.",
	},
	commands: { lost: "agents cannot run commands" },
	mcp: { lost: "MCP servers are not started, so their tools are missing" },
	pythonTools: {
		lost: "tools written as Python functions are not loaded",
		never: true,
		instead: "A program can give its own tools to the library instead.",
	},
	toolControl: { lost: "there are no tools yet that this setting could limit" },
	media: { lost: "pictures, sound, video and files are neither read nor made" },
	hooks: { lost: "hooks are not run" },
	nlip: { lost: "messages are not translated to NLIP" },
	memory: { lost: "nothing is remembered from one session to another", instead: "Within a session every turn sees the former ones." },
	planning: { lost: "there is no planning phase; agents answer at once", instead: "Ask for a plan in the question." },
	tasks: { lost: "agents keep no task lists" },
	broadcast: { lost: "agents cannot ask each other or you while they work" },
	skills: { lost: "skills are not loaded" },
	subagents: { lost: "agents cannot start agents of their own" },
	personas: { lost: "no personas are made up for the agents", instead: "Give each agent a system_message of its own." },
	dspy: { lost: "every agent gets the question in your words, not in a paraphrase" },
	voting: {
		lost: "how strictly agents judge cannot be set; they are asked for the best answer",
		instead: "Say in system_message what a good answer must have.",
	},
	debugging: { lost: "this aid for debugging does nothing" },
	display: { lost: "this detail of the display cannot be set" },
	unread: { lost: "nothing reads it, here or in MassGen", never: true },
	injected: { lost: "the program sets this itself; the value of the file is not used", never: true },
	parameter: {
		lost: "this backend does not send these parameters to its model",
		instead: "Put them into provider_options if the backend has it.",
	},
	ag2: { lost: "AG2 agents cannot run in this program", never: true },
	providerTools: { lost: "this backend does not offer its provider's own tools" },
	compression: { lost: "when older parts of a conversation are summarised cannot be set" },
} as const satisfies Record<string, Loss>;
