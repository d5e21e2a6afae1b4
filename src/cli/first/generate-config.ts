/** `massgen --generate-config PATH`: writes a configuration from flags, for scripts. */
import { homedir } from "node:os";
import { relative, resolve } from "node:path";
import { readVariables } from "../../config/environment.ts";
import { inferBackend } from "../../config/infer.ts";
import { shippedRegistries } from "../../config/load.ts";
import { generatedTeam } from "../../config/new-team.ts";
import { nearest } from "../../config/problems.ts";
import { zeroTeam } from "../../config/zero.ts";
import { count } from "../../displays/words.ts";
import { UsageError } from "../../errors.ts";
import type { Io } from "../io.ts";
import { numberOf } from "../parse.ts";
import { problemText } from "../print-error.ts";
import { shellWord } from "../shell-word.ts";
import { glanceAround } from "./look-around.ts";
import { writeTeam } from "./write-team.ts";

type Wanted = {
	readonly agents: string | undefined;
	readonly backends: readonly string[];
	readonly models: readonly string[];
	readonly contextPath: string | undefined;
};

type Pair = { readonly backend: string; readonly model?: string };

export async function generateConfig(io: Io, path: string, { agents, backends, models, contextPath }: Wanted): Promise<number> {
	const number = numberOf("config-agents", agents, { min: 1, whole: true });
	const pairs = backends.length > 0 || models.length > 0 ? named(backends, models) : await found(io);
	const team = generatedTeam({
		agents: number,
		backends: pairs.map(({ backend }) => backend),
		models: [],
		contextPath,
	});
	const agentsWithModels = team.agents.map((agent, index) => ({ ...agent, ...pairs[index % pairs.length] }));
	const file = resolve(io.cwd, path);
	const warnings = writeTeam(file, { ...team, agents: agentsWithModels }, { cwd: io.cwd, home: homedir(), env: io.env, replace: false });
	for (const warning of warnings) io.stderr.write(`${problemText(warning)}\n\n`);
	const shown = relative(io.cwd, file).startsWith("..") ? file : relative(io.cwd, file);
	const members = agentsWithModels.map(({ id, backend, model }) => `${id} (${model ?? backend})`).join(", ");
	io.stderr.write(
		`${shown} is written: ${count(agentsWithModels.length, "agent")}: ${members}.\nAsk it: massgen --config ${shellWord(shown)} "your question"\n`,
	);
	return 0;
}

/** Backends and models as they stand beside each other; what is short is dealt out again. */
function named(backends: readonly string[], models: readonly string[]): readonly Pair[] {
	const entries = shippedRegistries.backends;
	const names = entries.map(({ name }) => name);
	for (const name of backends) {
		if (names.includes(name)) continue;
		const near = nearest(name, names);
		throw new UsageError(
			`There is no backend ${name}.`,
			near === undefined ? `One of: ${names.join(", ")}.` : `Did you mean --config-backend ${near}?`,
		);
	}
	return Array.from({ length: Math.max(backends.length, models.length) }, (_, index) => {
		const model = models.length === 0 ? undefined : models[index % models.length];
		const backend = backends.length === 0 ? inferBackend(model, false, entries) : backends[index % backends.length];
		if (backend === undefined)
			throw new UsageError(`It is not known which backend has the model ${model}.`, "Name it too: --config-backend NAME");
		const entry = entries.find(({ name }) => name === backend);
		if (model === undefined && entry?.defaultModel === undefined && (entry?.kind === "api" || entry?.kind === "local"))
			throw new UsageError(`The backend ${backend} has no default model.`, "Name one: --config-model NAME");
		return { backend, ...(model === undefined ? {} : { model }) };
	});
}

/** Nothing was named: what is there. */
async function found(io: Io): Promise<readonly Pair[]> {
	const team = zeroTeam(await glanceAround(readVariables({ env: io.env, cwd: io.cwd, home: homedir() }).env));
	if (team) return team.members.map(({ backend, model }) => ({ backend, ...(model === undefined ? {} : { model }) }));
	throw new UsageError(
		"No model was named, and none was found here.",
		"Say which: --config-backend openai --config-model gpt-5-mini\nWithout any model: --config-backend simulated",
	);
}
