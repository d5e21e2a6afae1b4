/** Flags of the first minute: they make, find and check configurations, and ask nobody. */
import type { Spec } from "./command.ts";

export const firstOptions = {
	init: { kind: "flag", group: "First steps", describe: "Asks what you have and want, and writes a configuration." },
	quickstart: { kind: "flag", group: "First steps", describe: "The same as --init." },
	setup: { kind: "flag", group: "First steps", describe: "Stores keys, for you alone, in ~/.config/massgen/.env." },
	select: { kind: "flag", group: "First steps", describe: "Choose one of the teams that are shipped." },
	"list-examples": { kind: "flag", group: "First steps", describe: "The teams that are shipped." },
	example: { kind: "text", value: "NAME", group: "First steps", describe: "Print one of them, to start from." },
	"generate-config": { kind: "text", value: "PATH", group: "First steps", describe: "Write a configuration without asking, for scripts." },
	"config-agents": { kind: "text", value: "N", group: "First steps", describe: "With --generate-config: how many agents." },
	"config-backend": { kind: "list", value: "NAME", group: "First steps", describe: "Their backend; several are dealt out." },
	"config-model": { kind: "list", value: "NAME", group: "First steps", describe: "Their model; several are dealt out." },
	"config-context-path": { kind: "text", value: "PATH", group: "First steps", describe: "A file or folder they may read." },

	validate: { kind: "optional", value: "PATH", group: "Checks", describe: "Check configurations (files, folders, patterns); call nobody." },
	strict: { kind: "flag", group: "Checks", describe: "With --validate: warnings fail too." },
	"strict-validation": { kind: "flag", group: "Checks", describe: "Ask nobody if there is as much as a warning." },
	"allow-unknown": { kind: "flag", group: "Checks", describe: "Keys that nobody knows are warnings." },
	"skip-validation": { kind: "flag", group: "Checks", describe: "Run in spite of what is wrong, as far as that is possible." },
	"dry-run": { kind: "flag", group: "Checks", describe: "Print every setting and where it comes from; call nobody." },
	"show-schema": { kind: "flag", group: "Checks", describe: "What a configuration may hold, as JSON Schema: massgen schema." },
	"schema-backend": { kind: "text", value: "NAME", group: "Checks", describe: "With --show-schema: of one backend." },
} as const satisfies Spec["options"];
