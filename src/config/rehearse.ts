import { isObject } from "./normalize.ts";
import type { AgentConfig, Team } from "./team.ts";

/**
 * The same team with a simulated agent in every place: same names, rules, limits and instructions, no model, no key, no
 * cost. Agents that are simulated already keep their scripts. The stored form is the rehearsal's too, so a session that
 * was rehearsed is resumed as a rehearsal.
 */
export function simulateTeam(team: Team): Team {
	return { ...team, agents: team.agents.map(simulated), stored: { ...team.stored, ...simulatedAgents(team.stored.agents) } };
}

function simulated(agent: AgentConfig): AgentConfig {
	if (agent.backend === "simulated") return agent;
	const { id, systemMessage } = agent;
	return { id, backend: "simulated", ...(systemMessage === undefined ? {} : { systemMessage }), options: {}, secretOptions: {} };
}

function simulatedAgents(agents: unknown): { agents?: unknown } {
	if (!Array.isArray(agents)) return {};
	return {
		agents: agents.map((agent) => {
			if (!isObject(agent) || (isObject(agent.backend) && agent.backend.type === "simulated")) return agent;
			return { ...agent, backend: { type: "simulated" } };
		}),
	};
}
