/** Looks at everything that a run would need, and changes nothing. */
import { accessSync, constants, existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { keyOf } from "../../backends/api-key.ts";
import type { DetectedCli } from "../../backends/cli-detect.ts";
import { pricesDate } from "../../backends/prices.ts";
import { backendEntry } from "../../backends/registry.ts";
import { isSafe, openDatabase } from "../../checkpoint/driver.ts";
import { sessionsDirectory } from "../../checkpoint/session-directory.ts";
import type { Found } from "../../config/detect.ts";
import { readVariables, type Variables } from "../../config/environment.ts";
import { type LoadOptions, loadTeam, shippedRegistries, teamFromTree, treeOfValue } from "../../config/load.ts";
import { defaultConfig, shownPath } from "../../config/locate.ts";
import { examplesDirectory } from "../../config/package-root.ts";
import { masked } from "../../config/secrets.ts";
import type { AgentConfig, Team } from "../../config/team.ts";
import { zeroTeam } from "../../config/zero.ts";
import { ConfigError } from "../../errors.ts";
import { lookAround } from "../first/look-around.ts";
import type { Io } from "../io.ts";
import { program } from "../program.ts";
import type { Report, TeamReport } from "./report.ts";

type Wanted = { readonly config: string | undefined; readonly probe: boolean };

export async function examine({ env, cwd }: Pick<Io, "env" | "cwd">, { config, probe }: Wanted): Promise<Report> {
	const home = homedir();
	const variables = readVariables({ env, cwd, home });
	const { found, clis } = await lookAround(variables.env);
	const options: LoadOptions = { config, cwd, home, env, examplesDirectory: examplesDirectory() };
	const { team, report } = teamFor(options, found, clis);
	const probes = !probe ? null : team ? await (await import("./probe.ts")).probeTeam(team, variables.env) : [];
	const isThere = found.keys.length + found.servers.length + found.clis.length > 0 || report.agents.some(isReady);
	return {
		ok: probes ? probes.some(({ ok }) => ok) : isThere,
		massgen: program().replace(/^massgen /, ""),
		node: process.versions.node,
		platform: `${process.platform} ${process.arch}`,
		store: store(),
		sessions: sessions(cwd),
		prices: { date: pricesDate },
		keys: keys(variables),
		servers: found.servers.map(({ baseUrl, ...server }) => ({ ...server, base_url: baseUrl })),
		clis: clis.map(({ name, title, path, version, login, hint }) => ({
			backend: name,
			title,
			path: path ?? null,
			version: version ?? null,
			login,
			hint: hint ?? null,
		})),
		team: report,
		probes,
	};
}

function isReady({ backend, problem }: TeamReport["agents"][number]): boolean {
	return problem === null && backend !== "simulated";
}

/** The team of the configuration, or the one that a question without any would be asked of. */
function teamFor(options: LoadOptions, found: Found, clis: readonly DetectedCli[]): { team?: Team; report: TeamReport } {
	const named = options.config ?? defaultConfig(options);
	try {
		const zero = named === undefined ? zeroTeam(found) : undefined;
		if (named === undefined && zero === undefined) return { report: { config: null, agents: [], problems: [] } };
		const { team, variables } = zero ? teamFromTree(treeOfValue(zero.config), undefined, options) : loadTeam(options);
		const agents = team.agents.map((agent) => ({
			id: agent.id,
			backend: agent.backend,
			model: agent.model ?? backendEntry(agent.backend)?.defaultModel ?? null,
			problem: problemOf(agent, { variables, found, clis }),
		}));
		return { team, report: { config: team.path === undefined ? null : shownPath(team.path, options.cwd), agents, problems: [] } };
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error;
		const problems = error.problems.map(
			({ file, line, message }) => `${[file, line].filter((part) => part !== undefined).join(":")}: ${message}`,
		);
		return { report: { config: named ?? null, agents: [], problems } };
	}
}

type There = { readonly variables: Variables; readonly found: Found; readonly clis: readonly DetectedCli[] };

/** Why an agent could not work, as far as that can be seen from here. */
function problemOf({ backend, secretOptions }: AgentConfig, { variables, found, clis }: There): string | null {
	const entry = backendEntry(backend);
	if (!entry) return `There is no backend ${backend}.`;
	const key = keyOf(entry, secretOptions, variables.env);
	if (key.kind === "missing") return key.message;
	const cli = secretOptions.command === undefined ? clis.find(({ name }) => name === backend) : undefined;
	if (cli && cli.path === undefined) return `${cli.title} is not installed. ${cli.hint ?? ""}`.trim();
	if (cli?.login === "no") return `${cli.title} is not logged in. ${cli.hint ?? ""}`.trim();
	const isUsual = entry.kind === "local" && secretOptions.baseUrl === undefined;
	if (isUsual && !found.servers.some(({ baseUrl }) => baseUrl === entry.baseUrl)) return `Nothing answers at ${entry.baseUrl}.`;
	return null;
}

/** Every key that some backend would take, by variable. */
function keys({ env, origins }: Variables): Report["keys"] {
	const backends = new Map<string, string[]>();
	for (const { name, keyVariables = [] } of shippedRegistries.backends)
		for (const variable of keyVariables) if (env[variable]?.trim()) backends.set(variable, [...(backends.get(variable) ?? []), name]);
	return [...backends].map(([variable, names]) => ({
		variable,
		masked: masked(env[variable] ?? ""),
		from: origins[variable] ?? "the environment",
		backends: names,
	}));
}

function store(): Report["store"] {
	const driver = isSafe(process.versions.sqlite) ? "node:sqlite" : "@photostructure/sqlite";
	try {
		const database = openDatabase(":memory:");
		const version = database.prepare("SELECT sqlite_version() AS version").get()?.version;
		database.close();
		return { driver, sqlite: String(version), problem: null };
	} catch (error) {
		return { driver, sqlite: null, problem: error instanceof Error ? error.message : String(error) };
	}
}

/** Whether sessions can be written, without writing any. */
function sessions(cwd: string): Report["sessions"] {
	const directory = sessionsDirectory(cwd);
	let nearest = directory;
	while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
	try {
		accessSync(nearest, constants.W_OK);
		return { directory: join(directory), writable: true, problem: null };
	} catch {
		return { directory, writable: false, problem: `${nearest} cannot be written.` };
	}
}
