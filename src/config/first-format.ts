import { stringify } from "yaml";
import type { ConfigProblem } from "../errors.ts";
import { inferBackend } from "./infer.ts";
import { isObject, type Json } from "./normalize.ts";
import { problemAt } from "./problems.ts";
import { firstFormatKeys } from "./schema.ts";
import type { Tree } from "./tree.ts";

const agentKeys = ["agent_id", "agent_type", "model_config"];

/** A file in MassGen's first format: one message that shows what it looks like in today's. */
export function firstFormat(value: Json, tree: Tree): ConfigProblem | undefined {
	const agents = Array.isArray(value.agents) ? value.agents.filter(isObject) : [];
	const oldAgents = agents.some((agent) => agent.backend === undefined && agentKeys.some((key) => key in agent));
	const key = firstFormatKeys.find((name) => name in value);
	if (key === undefined && !oldAgents) return undefined;
	const newForm = stringify(translated(value, oldAgents ? agents.map(translatedAgent) : agents), { lineWidth: 0 }).trimEnd();
	const place = key === undefined ? tree.keys.get("agents") : tree.keys.get(key);
	return problemAt(place, {
		code: "config-first-format",
		message: "This file is in the first format of MassGen, which nothing reads any more.",
		hint: `Today it is written so:\n${newForm}`,
		...(key === undefined ? {} : { path: key }),
	});
}

function translated(value: Json, agents: readonly Json[]): Json {
	const orchestrator = {
		...(typeof value.max_rounds === "number" ? { max_new_answers_per_agent: Math.max(1, value.max_rounds) } : {}),
		...(value.voting_enabled === false || value.enable_voting === false ? { protocol: "first" } : {}),
		...(value.consensus_threshold === 1 ? { stop: "all" } : {}),
	};
	return {
		agents: agents.length > 0 ? agents : teamOf(value),
		...(Object.keys(orchestrator).length === 0 ? {} : { orchestrator }),
	};
}

function teamOf(value: Json): Json[] {
	const configs = value.model_configs;
	const named = value.models ?? (isObject(configs) ? Object.keys(configs) : configs);
	const models = (Array.isArray(named) ? named : [named])
		.map((model) => (isObject(model) ? (model.model ?? model.name) : model))
		.filter((model) => typeof model === "string");
	const given = models.length > 0 ? models : ["gpt-5-mini"];
	const count = typeof value.num_agents === "number" ? Math.min(Math.max(1, value.num_agents), 20) : given.length;
	return Array.from({ length: Math.max(count, given.length) }, (_, index) =>
		agent(`agent${index + 1}`, undefined, given[index % given.length] ?? ""),
	);
}

function translatedAgent(old: Json, index: number): Json {
	if (old.backend !== undefined) return old;
	const config = isObject(old.model_config) ? old.model_config : {};
	const model = config.model ?? old.model;
	const type = typeof old.agent_type === "string" ? old.agent_type : undefined;
	return agent(`agent${String(old.agent_id ?? index + 1)}`, type, typeof model === "string" ? model : undefined);
}

function agent(id: string, type: string | undefined, model: string | undefined): Json {
	return { id, backend: { type: type ?? inferBackend(model, false) ?? "openai", ...(model === undefined ? {} : { model }) } };
}
