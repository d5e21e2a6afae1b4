import { isObject, type Json } from "./normalize.ts";
import type { Tree } from "./tree.ts";

/** What the command line may say instead of the file. */
export type Overrides = {
	readonly protocol?: string | undefined;
	readonly timeout?: number | undefined;
	readonly maxAnswers?: number | undefined;
	readonly maxCost?: number | undefined;
	readonly maxTokens?: number | undefined;
	readonly onLimit?: string | undefined;
	readonly seed?: number | undefined;
	readonly stop?: string | undefined;
	readonly finalPresentation?: string | undefined;
	readonly maxFailures?: number | undefined;
	readonly maxSteps?: number | undefined;
	readonly maxRestarts?: number | undefined;
	readonly date?: boolean | undefined;
	readonly display?: string | undefined;
	readonly logging?: boolean | undefined;
	readonly sessionId?: string | undefined;
};

const homes: Readonly<Record<keyof Overrides, readonly [flag: string, ...path: string[]]>> = {
	protocol: ["--protocol", "orchestrator", "protocol"],
	timeout: ["--timeout", "timeout_settings", "orchestrator_timeout_seconds"],
	maxAnswers: ["--max-answers", "orchestrator", "max_new_answers_per_agent"],
	maxCost: ["--max-cost", "orchestrator", "budget", "max_cost_usd"],
	maxTokens: ["--max-tokens", "orchestrator", "budget", "max_tokens"],
	onLimit: ["--on-limit", "orchestrator", "budget", "on_limit"],
	seed: ["--seed", "orchestrator", "seed"],
	stop: ["--stop", "orchestrator", "stop"],
	finalPresentation: ["--final-presentation", "orchestrator", "final_presentation"],
	maxFailures: ["--max-failures", "orchestrator", "max_failures"],
	maxSteps: ["--max-steps", "orchestrator", "max_steps"],
	maxRestarts: ["--max-restarts", "orchestrator", "coordination", "max_orchestration_restarts"],
	date: ["--date", "orchestrator", "date"],
	display: ["--display", "ui", "display_type"],
	logging: ["--no-logs", "ui", "logging_enabled"],
	sessionId: ["--session-id", "session_id"],
};

/** The tree with the flags laid over it. A problem with such a value points at the flag. */
export function applyOverrides(tree: Tree, overrides: Overrides): Tree {
	if (!isObject(tree.value)) return tree;
	const copy = { ...tree, value: { ...tree.value }, values: new Map(tree.values), sources: new Map(tree.sources) };
	for (const [name, value] of Object.entries(overrides)) {
		const [flag, ...path] = homes[name as keyof Overrides] ?? [];
		if (value === undefined || flag === undefined) continue;
		setAt(copy.value, path, value);
		const text = `${flag} ${String(value)}`;
		copy.values.set(path.join("."), { file: "command line", text, from: flag.length + 1, to: text.length });
		copy.sources.delete(path.join("."));
	}
	return copy;
}

function setAt(target: Json, path: readonly string[], value: unknown): void {
	const [first, ...rest] = path;
	if (first === undefined) return;
	if (rest.length === 0) {
		target[first] = value;
		return;
	}
	const below = target[first];
	const inner: Json = isObject(below) ? { ...below } : {};
	target[first] = inner;
	setAt(inner, rest, value);
}
