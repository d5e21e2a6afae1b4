import { stringify } from "yaml";
import type { BackendEntry } from "../backends/backend.ts";
import type { ConfigProblem } from "../errors.ts";
import { inferBackend } from "./infer.ts";
import { isObject, type Json } from "./normalize.ts";
import { problemAt } from "./problems.ts";
import { firstFormatKeys } from "./schema.ts";
import type { Tree } from "./tree.ts";

const agentKeys = ["agent_id", "agent_type", "model_config"];

/** A file in MassGen's first format: one message that shows what it looks like in today's. */
export function firstFormat(value: Json, tree: Tree, backends: readonly BackendEntry[]): ConfigProblem | undefined {
	const agents = Array.isArray(value.agents) ? value.agents.filter(isObject) : [];
	const oldAgents = agents.some((agent) => agent.backend === undefined && agentKeys.some((key) => key in agent));
	const key = firstFormatKeys.find((name) => name in value);
	if (key === undefined && !oldAgents) return undefined;
	const newForm = stringify(
		translated(value, oldAgents ? agents.map((old, index) => translatedAgent(old, index, backends)) : agents, backends),
		{ lineWidth: 0 },
	).trimEnd();
	const place = key === undefined ? tree.keys.get("agents") : tree.keys.get(key);
	return problemAt(place, {
		code: "config-first-format",
		message: "This file is in the first format of MassGen, which nothing reads any more.",
		hint: `Today it is written so:\n${newForm}`,
		...(key === undefined ? {} : { path: key }),
	});
}

function translated(value: Json, agents: readonly Json[], backends: readonly BackendEntry[]): Json {
	const orchestrator = {
		...(typeof value.max_rounds === "number" ? { max_new_answers_per_agent: Math.max(1, value.max_rounds) } : {}),
		...(value.voting_enabled === false || value.enable_voting === false ? { protocol: "first" } : {}),
		...(value.consensus_threshold === 1 ? { stop: "all" } : {}),
	};
	return {
		agents: agents.length > 0 ? agents : teamOf(value, backends),
		...(Object.keys(orchestrator).length === 0 ? {} : { orchestrator }),
	};
}

function teamOf(value: Json, backends: readonly BackendEntry[]): Json[] {
	const configs = value.model_configs;
	const named = value.models ?? (isObject(configs) ? Object.keys(configs) : configs);
	const models = (Array.isArray(named) ? named : [named])
		.map((model) => (isObject(model) ? (model.model ?? model.name) : model))
		.filter((model) => typeof model === "string");
	const given = models.length > 0 ? models : ["gpt-5-mini"];
	const count = typeof value.num_agents === "number" ? Math.min(Math.max(1, value.num_agents), 20) : given.length;
	return Array.from({ length: Math.max(count, given.length) }, (_, index) =>
		agent(`agent${index + 1}`, undefined, given[index % given.length] ?? "", backends),
	);
}

function translatedAgent(old: Json, index: number, backends: readonly BackendEntry[]): Json {
	if (old.backend !== undefined) return old;
	const config = isObject(old.model_config) ? old.model_config : {};
	const model = config.model ?? old.model;
	const type = typeof old.agent_type === "string" ? old.agent_type : undefined;
	return agent(`agent${String(old.agent_id ?? index + 1)}`, type, typeof model === "string" ? model : undefined, backends);
}

function agent(id: string, type: string | undefined, model: string | undefined, backends: readonly BackendEntry[]): Json {
	return { id, backend: { type: type ?? inferBackend(model, false, backends) ?? "openai", ...(model === undefined ? {} : { model }) } };
}
