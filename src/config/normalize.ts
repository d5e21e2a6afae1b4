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
		move(copy, new Map([["agent", Array.isArray(agent) ? "agents" : "agents[0]"]]));
		const key = tree.keys.get("agent");
		if (key) copy.keys.set("agents", key);
		if (key) copy.values.set("agents", key);
	} else if (isObject(value.agents) && ("backend" in value.agents || "id" in value.agents)) {
		value.agents = [value.agents];
		move(copy, new Map([["agents", "agents[0]"]]));
	}
	const moves = new Map<string, string>();
	if (Array.isArray(value.agents)) value.agents = value.agents.map((agent, index) => withServers(agent, `agents[${index}]`, moves));
	move(copy, moves);
	return copy;
}

function withServers(agent: unknown, path: string, moves: Map<string, string>): unknown {
	if (!isObject(agent) || !isObject(agent.backend)) return agent;
	const servers = agent.backend.mcp_servers;
	if (!isObject(servers)) return agent;
	const at = `${path}.backend.mcp_servers`;
	const single = typeof servers.name === "string" && ("command" in servers || "url" in servers);
	if (single) moves.set(at, `${at}[0]`);
	const list = single
		? [servers]
		: Object.entries(servers).map(([name, server], index) => {
				moves.set(`${at}.${name}`, `${at}[${index}]`);
				return isObject(server) ? { name, ...server } : { name };
			});
	return { ...agent, backend: { ...agent.backend, mcp_servers: list } };
}

/** Copies the places of everything below each `from` to the same below its `to`, in one walk over all places. */
function move(tree: Tree, moves: ReadonlyMap<string, string>): void {
	if (moves.size === 0) return;
	for (const places of [tree.keys, tree.values, tree.sources] as Map<string, unknown>[]) {
		for (const [path, place] of [...places]) {
			const from = beginnings(path).find((beginning) => moves.has(beginning));
			if (from !== undefined) places.set(`${moves.get(from)}${path.slice(from.length)}`, place);
		}
	}
}

/** The path and all paths above it, nearest first. */
function beginnings(path: string): string[] {
	const ends = [...path.matchAll(/[.[]/g)].map((match) => match.index);
	return [path, ...ends.reverse().map((end) => path.slice(0, end))];
}
