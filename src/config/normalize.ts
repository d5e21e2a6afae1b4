import type { Tree } from "./tree.ts";

export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Brings the spellings that occur in the wild into the one form that the schema describes: `agent` becomes a list of
 * one, a mapping of MCP servers becomes a list. Places keep pointing at what the user wrote.
 */
export function normalize(tree: Tree): Tree {
	if (!isObject(tree.value)) return tree;
	const value: Json = { ...tree.value };
	const copy = { ...tree, value, keys: new Map(tree.keys), values: new Map(tree.values), sources: new Map(tree.sources) };
	if (value.agents === undefined && value.agent !== undefined) {
		const { agent } = value;
		delete value.agent;
		value.agents = Array.isArray(agent) ? agent : [agent];
		move(copy, "agent", Array.isArray(agent) ? "agents" : "agents[0]");
		const key = tree.keys.get("agent");
		if (key) copy.keys.set("agents", key);
		if (key) copy.values.set("agents", key);
	} else if (isObject(value.agents) && ("backend" in value.agents || "id" in value.agents)) {
		value.agents = [value.agents];
		move(copy, "agents", "agents[0]");
	}
	if (Array.isArray(value.agents)) value.agents = value.agents.map((agent, index) => withServers(agent, `agents[${index}]`, copy));
	return copy;
}

function withServers(agent: unknown, path: string, tree: Tree): unknown {
	if (!isObject(agent) || !isObject(agent.backend)) return agent;
	const servers = agent.backend.mcp_servers;
	if (!isObject(servers)) return agent;
	const at = `${path}.backend.mcp_servers`;
	const single = typeof servers.name === "string" && ("command" in servers || "url" in servers);
	if (single) move(tree, at, `${at}[0]`);
	const list = single
		? [servers]
		: Object.entries(servers).map(([name, server], index) => {
				move(tree, `${at}.${name}`, `${at}[${index}]`);
				return isObject(server) ? { name, ...server } : { name };
			});
	return { ...agent, backend: { ...agent.backend, mcp_servers: list } };
}

/** Copies the places of everything below `from` to the same below `to`. */
function move(tree: Tree, from: string, to: string): void {
	for (const places of [tree.keys, tree.values, tree.sources] as Map<string, unknown>[]) {
		for (const [path, place] of [...places]) {
			if (path === from || path.startsWith(`${from}.`) || path.startsWith(`${from}[`)) places.set(to + path.slice(from.length), place);
		}
	}
}
