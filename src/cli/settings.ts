/** The flags of a turn, checked against each other. */
import type { Overrides } from "../config/overrides.ts";
import type { QuickFlags } from "../config/quick.ts";
import { UsageError } from "../errors.ts";
import type { askSpec } from "./ask-options.ts";
import type { Values } from "./command.ts";
import { numberOf } from "./parse.ts";

export type Settings = {
	readonly question: string | undefined;
	readonly config: string | undefined;
	/** A team without a file. */
	readonly quick: QuickFlags;
	readonly simulate: boolean;
	/** Keep the shipped rates per minute and day, not only how many calls at a time. */
	readonly rates: boolean;
	/** How the session is chosen. `open`: go on with it, or make it. */
	readonly session:
		| { readonly kind: "new" }
		| { readonly kind: "memory" }
		| { readonly kind: "newest" }
		/** `own`: with the team that it was opened with, whatever else was given. */
		| { readonly kind: "named"; readonly id: string; readonly own?: boolean }
		| { readonly kind: "open"; readonly id: string }
		/** The same, in this directory only. */
		| { readonly kind: "here"; readonly id: string };
	/** How strictly the configuration is taken. */
	readonly checks: { readonly allowUnknown: boolean; readonly skipValidation: boolean; readonly strictValidation: boolean };
	readonly acceptConfig: boolean;
	readonly overrides: Overrides;
	/** Were limits given? They replace those of a turn that goes on. */
	readonly limitsGiven: boolean;
	readonly output: string;
	readonly outputFile: string | undefined;
	readonly display: string | undefined;
	readonly verbose: boolean;
	readonly automation: boolean;
};

type Flags = Values<typeof askSpec>;

export function settingsOf(flags: Flags, question: string | undefined): Settings {
	const overrides: Overrides = {
		protocol: flags.protocol,
		maxAnswers: numberOf("max-answers", flags["max-answers"], { min: 1, whole: true }),
		seed: numberOf("seed", flags.seed, { min: 0, whole: true }),
		stop: flags.stop,
		maxRestarts: numberOf("max-restarts", flags["max-restarts"], { min: 0, whole: true }),
		onLimit: flags["on-limit"],
		timeout: numberOf("timeout", flags.timeout, { min: 0, whole: false }),
		maxCost: numberOf("max-cost", flags["max-cost"], { min: 0, whole: false }),
		maxTokens: numberOf("max-tokens", flags["max-tokens"], { min: 1, whole: true }),
	};
	const quick: QuickFlags = {
		backend: flags.backend,
		models: flags.model,
		baseUrl: flags["base-url"],
		systemMessage: flags["system-message"],
		agents: numberOf("agents", flags.agents, { min: 1, whole: true }),
	};
	const isQuick = flags.backend !== undefined || flags.model.length > 0 || flags["base-url"] !== undefined;
	const alone = (["system-message", "agents"] as const).find((name) => flags[name] !== undefined);
	if (alone && !isQuick)
		throw new UsageError(`--${alone} goes with --model or --backend.`, "In a configuration it is written for each agent.");
	if (isQuick && flags.config !== undefined)
		throw new UsageError("--config and --model or --backend exclude each other.", "A team comes from a file or from flags.");
	if (flags.quiet && flags.verbose) throw new UsageError("--quiet and --verbose exclude each other.");
	if (flags.json && flags["output-format"] !== undefined && flags["output-format"] !== "json") {
		throw new UsageError(`--json and --output-format ${flags["output-format"]} exclude each other.`);
	}
	if (flags.all && !flags["list-sessions"]) throw new UsageError("--all goes with --list-sessions.");
	return {
		question,
		config: flags.config,
		quick,
		simulate: flags.simulate,
		rates: flags["rate-limit"],
		session: sessionOf(flags),
		checks: checksOf(flags),
		acceptConfig: flags["accept-config"],
		overrides: Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined)),
		limitsGiven: [flags.timeout, flags["max-cost"], flags["max-tokens"]].some((value) => value !== undefined),
		output: flags.json ? "json" : (flags["output-format"] ?? "text"),
		outputFile: flags["output-file"],
		display: flags.quiet ? "quiet" : (flags.display ?? (flags.automation ? "plain" : undefined)),
		verbose: flags.verbose,
		automation: flags.automation,
	};
}

function checksOf(flags: Flags): Settings["checks"] {
	if (flags["skip-validation"] && flags["strict-validation"])
		throw new UsageError("--skip-validation and --strict-validation exclude each other.");
	return {
		allowUnknown: flags["allow-unknown"],
		skipValidation: flags["skip-validation"],
		strictValidation: flags["strict-validation"],
	};
}

function sessionOf(flags: Flags): Settings["session"] {
	const given = (["continue", "resume", "session", "session-id", "no-session"] as const).filter(
		(name) => flags[name] !== undefined && flags[name] !== false,
	);
	const [first, second] = given;
	if (first && second) throw new UsageError(`--${first} and --${second} exclude each other.`, "Say once which session it is.");
	if (flags["no-session"]) return { kind: "memory" };
	if (flags.continue || flags.resume === "" || flags.resume === "last") return { kind: "newest" };
	if (flags.resume !== undefined) return { kind: "named", id: flags.resume };
	if (flags["session-id"] !== undefined) return { kind: "named", id: flags["session-id"] };
	return flags.session === undefined ? { kind: "new" } : { kind: "open", id: flags.session };
}
