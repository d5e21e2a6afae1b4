import * as z from "zod";
import { mediaKeys } from "./backend.ts";
import { accepted, acceptedKeys, notNegative, positive, whole, works } from "./fate.ts";
import { losses } from "./losses.ts";
import { nlipKeys } from "./memory.ts";
import { contextPath } from "./tools.ts";

const subagents = (schema: z.ZodType) => accepted(losses.subagents, "Agents started by agents.", schema);

const coordination = z.strictObject({
	max_orchestration_restarts: works(
		z.int().min(0).max(20),
		"How often the result may be reviewed and the work begun anew. 0: never. Default 0.",
	),
	...acceptedKeys(losses.planning, "Plan first, act later.", ["enable_planning_mode", "planning_mode_instruction", "plan_depth"]),
	...acceptedKeys(losses.tasks, "Task lists of the agents.", [
		"enable_agent_task_planning",
		"max_tasks_per_plan",
		"task_planning_filesystem_mode",
	]),
	...acceptedKeys(losses.broadcast, "Questions of agents to each other and to you.", [
		"broadcast",
		"broadcast_sensitivity",
		"response_depth",
		"broadcast_timeout",
		"broadcast_wait_by_default",
		"max_broadcasts_per_agent",
	]),
	...acceptedKeys(losses.memory, "Memory in files.", ["enable_memory_filesystem_mode"]),
	...acceptedKeys(losses.compression, "How much of a conversation stays when it is summarised.", ["compression_target_ratio"]),
	...acceptedKeys(losses.skills, "Skills.", ["use_skills", "massgen_skills", "skills_directory", "load_previous_session_skills"]),
	...acceptedKeys(losses.files, "Two folders for each agent.", ["use_two_tier_workspace"]),
	persona_generator: accepted(
		losses.personas,
		"Personas made up for the agents.",
		z.strictObject(
			acceptedKeys(losses.personas, "Personas made up for the agents.", [
				"enabled",
				"backend",
				"diversity_mode",
				"persona_guidelines",
				"persist_across_turns",
			]),
		),
	),
	...acceptedKeys(losses.subagents, "Agents started by agents.", [
		"enable_subagents",
		"subagent_default_timeout",
		"subagent_min_timeout",
		"subagent_max_timeout",
		"subagent_max_concurrent",
		"subagent_round_timeouts",
	]),
	subagent_orchestrator: subagents(
		z.strictObject({
			...acceptedKeys(losses.subagents, "Agents started by agents.", [
				"enabled",
				"max_new_answers",
				"max_new_answers_per_agent",
				"enable_web_search",
				"coordination",
				"agents",
			]),
		}),
	),
	async_subagents: subagents(
		z.strictObject(acceptedKeys(losses.subagents, "Agents started by agents.", ["enabled", "injection_strategy", "inject_progress"])),
	),
});

const budget = z.strictObject({
	max_cost_usd: works(positive, "Most US dollars a turn may cost."),
	max_tokens: works(whole, "Most tokens, read and written, that a turn may take."),
	per_agent: works(
		z.strictObject({
			max_cost_usd: works(positive, "Most US dollars one agent may cost in a turn."),
			max_tokens: works(whole, "Most tokens one agent may take in a turn."),
		}),
		"The same for each single agent.",
	),
	on_limit: works(
		z.enum(["wrap_up", "stop"]),
		"wrap_up (default): at 80 % agents are asked to submit and vote. stop: they go on until nothing is left.",
	),
});

const timeSettings = {
	orchestrator_timeout_seconds: works(notNegative, "Time limit of a whole turn in seconds. 0: none. Default 1800."),
	initial_round_timeout_seconds: works(notNegative, "Time limit of each agent in the first round, in seconds. Default: none."),
	subsequent_round_timeout_seconds: works(notNegative, "Time limit of each agent in later rounds, in seconds. Default: none."),
	round_timeout_grace_seconds: works(notNegative, "Seconds an agent has left to submit after it was told to. Default 120."),
	agent_timeout_seconds: accepted(
		{ lost: "this time limit is not known; MassGen stops with an exception at it", instead: "Use initial_round_timeout_seconds." },
		"Stands in MassGen's documentation.",
		z.unknown(),
	),
};

export const timeoutSettings = z.strictObject(timeSettings);

/** `orchestrator`: how the agents work together. `protocols` are the names of the ways of deciding. */
export function orchestratorKeys(protocols: readonly string[]) {
	return z.strictObject({
		protocol: works(z.enum(protocols), `How they decide: ${protocols.join(", ")}. Default ${protocols[0] ?? "vote"}.`),
		max_new_answers_per_agent: works(
			z.int().min(1, { error: "0 would leave nothing to vote on: at least 1 answer per agent" }),
			"Rounds in which an agent may answer; after them it votes. Default 2.",
		),
		stop: works(z.enum(["majority", "all"]), "majority (default): more than half of the votes decide at once. all: everybody votes first."),
		final_presentation: works(
			z.enum(["verbatim", "rewrite"]),
			"verbatim (default): the winning answer stands as it is. rewrite: its author writes it once more.",
		),
		max_failures: works(z.int().min(0), "Failures in a row after which an agent takes part no more. Default 1: one may be made good."),
		max_steps: works(whole, "Model calls an agent may make in one round. Default 50."),
		reviewer: works(z.string(), "Id of the agent that reviews the result before a restart. Default: the winner."),
		seed: works(z.int().min(0), "Feeds every draw, so that a run can be repeated. Default: drawn."),
		date: works(z.boolean(), "Tell the agents today's date. Default false."),
		budget: works(budget, "What a turn may cost."),
		timeout: works(z.union([positive, z.strictObject(timeSettings)]), "Time limit of a turn in seconds, or the keys of timeout_settings."),
		coordination: works(coordination, "How the agents work together."),
		...acceptedKeys(losses.voting, "How strictly answers are judged.", ["voting_sensitivity", "answer_novelty_requirement"]),
		...acceptedKeys(losses.files, "Where MassGen keeps copies of the agents' files.", ["snapshot_storage", "agent_temporary_workspace"]),
		context_paths: accepted(losses.files, "Files and folders the agents may read or change.", z.array(z.union([z.string(), contextPath]))),
		...acceptedKeys(losses.debugging, "Skips the vote or the answer, for tests.", ["skip_coordination_rounds", "debug_final_answer"]),
		dspy: accepted(
			losses.dspy,
			"Paraphrases of the question.",
			z.strictObject(
				acceptedKeys(losses.dspy, "Paraphrases of the question.", [
					"enabled",
					"backend",
					"num_variants",
					"strategy",
					"cache_enabled",
					"semantic_threshold",
					"temperature_range",
					"use_chain_of_thought",
					"validate_semantics",
				]),
			),
		),
		enable_nlip: accepted(losses.nlip, "Switches NLIP on.", z.unknown()),
		nlip: accepted(losses.nlip, "NLIP.", nlipKeys),
		nlip_config: accepted(losses.nlip, "NLIP.", nlipKeys),
		docker: accepted(
			losses.commands,
			"Containers.",
			z.strictObject(acceptedKeys(losses.commands, "Containers.", ["persist_containers_between_turns"])),
		),
		...mediaKeys,
		...acceptedKeys(losses.unread, "MassGen does not read it.", ["session_storage", "max_turns", "type", "skills_directory"]),
		...acceptedKeys(losses.tasks, "Task lists of the agents.", ["enable_agent_task_planning"]),
	});
}
