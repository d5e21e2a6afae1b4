import { stringify } from "yaml";
import { UsageError } from "../errors.ts";

/** What a written configuration is made from: the answers of the wizard, or the flags of `--generate-config`. */
export type NewTeam = {
	/** One line at the top: what the team is for. */
	readonly about?: string | undefined;
	readonly agents: readonly {
		readonly id: string;
		readonly backend: string;
		readonly model?: string | undefined;
		readonly baseUrl?: string | undefined;
		readonly count?: number | undefined;
		readonly systemMessage?: string | undefined;
		/** Said behind the backend, as a comment. */
		readonly note?: string | undefined;
	}[];
	readonly protocol?: string | undefined;
	readonly maxCostUsd?: number | undefined;
	readonly contextPath?: string | undefined;
};

/** A commented configuration as text. `schemaPath` is where an editor finds the JSON Schema. */
export function teamText(team: NewTeam, schemaPath?: string): string {
	const lines = schemaPath === undefined ? [] : [`# yaml-language-server: $schema=${schemaPath}`];
	lines.push(`# ${team.about ?? "A team of agents that answer the same question, read each other and vote."}`);
	lines.push('# Run it: massgen --config THIS_FILE "your question"      Rehearse it without models: add --simulate', "", "agents:");
	for (const agent of team.agents) {
		const { id, backend, model, baseUrl, count, systemMessage, note } = agent;
		lines.push(`  - id: ${scalar(id)}`);
		if (count !== undefined && count > 1) lines.push(`    count: ${count}   # so many agents like this one`);
		if (systemMessage !== undefined) lines.push(...block("system_message", systemMessage, 4));
		lines.push("    backend:", `      type: ${scalar(backend)}${note === undefined ? "" : `   # ${note}`}`);
		if (model !== undefined) lines.push(`      model: ${scalar(model)}`);
		if (baseUrl !== undefined) lines.push(`      base_url: ${scalar(baseUrl)}`);
	}
	const orchestrator = orchestratorLines(team);
	if (orchestrator.length > 0) lines.push("", "orchestrator:", ...orchestrator);
	lines.push("", "timeout_settings:", "  orchestrator_timeout_seconds: 1800");
	return `${lines.join("\n")}\n`;
}

/** One agent alone has nothing to vote on, so nothing is said of votes. */
function orchestratorLines(team: NewTeam): string[] {
	const lines: string[] = [];
	if (team.agents.length > 1 || (team.agents[0]?.count ?? 1) > 1) {
		const { protocol = "vote" } = team;
		lines.push(`  protocol: ${scalar(protocol)}   # vote: rounds of answers and votes; council: one answer each; first: no vote`);
		lines.push("  max_new_answers_per_agent: 2");
	}
	if (team.maxCostUsd !== undefined)
		lines.push("  budget:", `    max_cost_usd: ${team.maxCostUsd}   # at 80 % the agents are asked to finish`);
	if (team.contextPath !== undefined) lines.push("  context_paths:", `    - path: ${scalar(team.contextPath)}`, "      permission: read");
	return lines;
}

function scalar(value: string): string {
	return stringify(value, { lineWidth: 0 }).trimEnd();
}

function block(key: string, text: string, indent: number): string[] {
	const pad = " ".repeat(indent);
	if (!text.includes("\n")) return [`${pad}${key}: ${scalar(text)}`];
	return stringify({ [key]: text }, { lineWidth: 0 })
		.trimEnd()
		.split("\n")
		.map((line) => (line === "" ? "" : pad + line));
}

/** `--generate-config PATH --config-agents N --config-backend B --config-model M ...`: several backends and models are dealt out. */
export type GenerateFlags = {
	readonly agents?: number | undefined;
	readonly backends?: readonly string[] | undefined;
	readonly models?: readonly string[] | undefined;
	readonly contextPath?: string | undefined;
};

export function generatedTeam(flags: GenerateFlags): NewTeam {
	const backends = flags.backends?.length ? flags.backends : ["simulated"];
	const models = flags.models ?? [];
	const count = flags.agents ?? Math.max(2, backends.length, models.length);
	if (!Number.isInteger(count) || count < 1 || count > 1000) {
		throw new UsageError(`--config-agents must be a whole number from 1 to 1000, not ${count}.`);
	}
	const agents = Array.from({ length: count }, (_, index) => ({
		id: `agent${index + 1}`,
		backend: backends[index % backends.length] ?? "simulated",
		...(models.length === 0 ? {} : { model: models[index % models.length] }),
	}));
	return { agents, contextPath: flags.contextPath };
}
