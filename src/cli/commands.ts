import type { Command } from "./command.ts";

/** Commands by the first word of the command line. Everything else is a question. */
export const commands: readonly Command[] = [
	{ name: "chat", summary: "Talk with a team, turn by turn.", load: () => import("./commands/chat.ts") },
	{ name: "sessions", summary: "List, show, export, change and repair stored sessions.", load: () => import("./commands/sessions.ts") },
	{ name: "validate", summary: "Check configurations without running them.", load: () => import("./commands/validate-files.ts") },
	{ name: "doctor", summary: "What there is to make a team of, and what is missing.", load: () => import("./commands/doctor.ts") },
	{ name: "schema", summary: "The JSON Schema of a configuration.", load: () => import("./commands/schema.ts") },
];

export const ask: Command = { name: "massgen", summary: "Ask a team of agents.", load: () => import("./commands/ask.ts") };
