import type { Loaded } from "./load.ts";
import { isObject, type Json } from "./normalize.ts";
import { position } from "./problems.ts";
import { isSecret, masked } from "./secrets.ts";
import type { AgentConfig } from "./team.ts";
import { fillText } from "./values.ts";

/** One setting of a resolved team: what it is, and who said so. */
export type Setting = { readonly path: string; readonly value: string | number | boolean; readonly from: string };

/** Every setting of the team with its origin, secrets masked: what `--dry-run` prints. */
export function describeTeam(loaded: Loaded): readonly Setting[] {
	const { team, tree, variables } = loaded;
	const settings: Setting[] = [];
	const origin = (...paths: string[]): string => {
		for (const path of paths) {
			const place = tree.values.get(path);
			if (place)
				return place.file === "command line"
					? place.text.slice(0, place.from - 1)
					: `${place.file}:${position(place.text, place.from).line}`;
		}
		return "default";
	};

	/** `written` is the value before variables were filled in: it names them. */
	function add(path: string, value: unknown, written: unknown, ...paths: string[]): void {
		if (Array.isArray(value)) {
			value.forEach((item, index) => {
				add(
					`${path}[${index}]`,
					item,
					Array.isArray(written) ? written[index] : undefined,
					...paths.map((from) => `${from}[${index}]`),
					...paths,
				);
			});
		} else if (isObject(value)) {
			for (const [key, item] of Object.entries(value)) {
				add(`${path}.${key}`, item, isObject(written) ? written[key] : undefined, ...paths.map((from) => `${from}.${key}`), ...paths);
			}
		} else if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
			const filled = typeof written === "string" ? fillText(written, variables.env) : { used: [] as string[], unset: [] as string[] };
			// An unset one stands for a secret that was written into the file.
			const names = filled.used.filter((name) => !filled.unset.includes(name));
			const secret = isSecret(path.slice(path.lastIndexOf(".") + 1), value) || names.some((name) => /KEY|TOKEN|SECRET|PASS/i.test(name));
			const via = names.map((name) => `, ${name} from ${variables.origins[name] ?? "its default"}`).join("");
			settings.push({ path, value: secret ? masked(String(value)) : value, from: origin(...paths) + via });
		}
	}

	const entries = entryOf(loaded);
	for (const [index, agent] of team.agents.entries()) {
		const base = `agents[${entries[index] ?? index}]`;
		const to = `agents.${agent.id}`;
		add(`${to}.backend`, agent.backend, undefined, `${base}.backend.type`, `${base}.backend.model`);
		const written = writtenEntry(loaded, entries[index] ?? index);
		const model = isObject(written.backend) ? written.backend.model : undefined;
		if (agent.model !== undefined) add(`${to}.model`, agent.model, model, `${base}.backend.model`);
		if (agent.systemMessage !== undefined)
			add(`${to}.system_message`, agent.systemMessage, written.system_message, `${base}.system_message`);
		for (const [key, value] of options(agent)) add(`${to}.${key}`, value.filled, value.written, `${base}.backend.${key}`);
	}
	const { rules, limits } = team;
	add("protocol", rules.protocol, undefined, "orchestrator.protocol");
	add("max_new_answers_per_agent", rules.maxAnswers, undefined, "orchestrator.max_new_answers_per_agent");
	add("stop", rules.stop, undefined, "orchestrator.stop");
	add("final_presentation", rules.presentation, undefined, "orchestrator.final_presentation");
	add("max_failures", rules.maxFailures, undefined, "orchestrator.max_failures");
	add("max_steps", rules.maxSteps, undefined, "orchestrator.max_steps");
	add("max_orchestration_restarts", rules.maxRestarts, undefined, "orchestrator.coordination.max_orchestration_restarts");
	if (rules.reviewer !== undefined) add("reviewer", rules.reviewer, undefined, "orchestrator.reviewer");
	if (rules.seed !== undefined) add("seed", rules.seed, undefined, "orchestrator.seed");
	add("date", rules.date, undefined, "orchestrator.date");
	const seconds = (name: string) => [`timeout_settings.${name}`, `orchestrator.timeout.${name}`];
	const total = seconds("orchestrator_timeout_seconds");
	add("time_limit_seconds", limits.timeMs === undefined ? "none" : limits.timeMs / 1000, undefined, ...total, "orchestrator.timeout");
	if (limits.firstRoundMs !== undefined)
		add("first_round_seconds", limits.firstRoundMs / 1000, undefined, ...seconds("initial_round_timeout_seconds"));
	if (limits.laterRoundMs !== undefined)
		add("later_round_seconds", limits.laterRoundMs / 1000, undefined, ...seconds("subsequent_round_timeout_seconds"));
	add("grace_seconds", limits.graceMs / 1000, undefined, ...seconds("round_timeout_grace_seconds"));
	if (limits.costUsd !== undefined) add("max_cost_usd", limits.costUsd, undefined, "orchestrator.budget.max_cost_usd");
	if (limits.tokens !== undefined) add("max_tokens", limits.tokens, undefined, "orchestrator.budget.max_tokens");
	add("on_limit", limits.onLimit, undefined, "orchestrator.budget.on_limit");
	if (team.prompt !== undefined) add("prompt", team.prompt, undefined, "prompt");
	return settings;
}

function writtenEntry({ team }: Loaded, index: number): Json {
	const entry: unknown = Array.isArray(team.stored.agents) ? team.stored.agents[index] : undefined;
	return isObject(entry) ? entry : {};
}

/** The entry of the file that each agent comes from: `count` makes several agents of one. */
function entryOf(loaded: Loaded): number[] {
	const written = loaded.team.stored.agents;
	if (!Array.isArray(written)) return [];
	return written.flatMap((agent, index) => {
		const count = isObject(agent) && agent.count !== undefined ? Number(agent.count) : 1;
		return Array.from({ length: Number.isInteger(count) ? count : 1 }, () => index);
	});
}

function options(agent: AgentConfig): [string, { filled: unknown; written: unknown }][] {
	return Object.entries(agent.secretOptions).map(([key, filled]) => [
		key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
		{ filled, written: agent.options[key] },
	]);
}

/** The settings as aligned lines of text. */
export function settingsText(settings: readonly Setting[]): string {
	const lines = settings.map(({ path, value, from }) => {
		const shown = String(value).replaceAll("\n", "\\n");
		return [`${path}: ${shown.length > 90 ? `${shown.slice(0, 90)}…` : shown}`, from] as const;
	});
	const width = Math.min(60, Math.max(0, ...lines.map(([text]) => text.length)));
	return lines.map(([text, from]) => `${text.padEnd(width)}  # ${from}`).join("\n");
}
