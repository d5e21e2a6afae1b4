import type { BackendEntry } from "../backends/backend.ts";
import type { ConfigProblem } from "../errors.ts";
import { type CheckOptions, check, placeOf } from "./check.ts";
import { inferBackend, massgenBackends } from "./infer.ts";
import { isObject, type Json } from "./normalize.ts";
import { nearest, problemAt } from "./problems.ts";
import { backendSchema, type Registries } from "./schema.ts";
import { type Path, pathText } from "./tree.ts";
import { follow, type Use, usesOf } from "./walk.ts";
import { shown } from "./words.ts";

/** What is the same for every part of the file. */
export type Shared = Omit<CheckOptions, "at"> & {
	readonly registries: Registries;
	/** Agents are about to be called: every backend must be there. */
	readonly toRun: boolean;
};

/** Checks one `backend:` against the row of its type, which may follow from the name of the model. */
export function checkBackend(given: unknown, at: Path, shared: Shared): { backend: Json; problems: ConfigProblem[]; uses: Use[] } {
	const { tree, registries, toRun } = shared;
	const name = pathText(at);
	if (given === undefined || given === null) {
		const message = `${name} is missing.`;
		const hint = "Add for instance backend: { type: openai, model: gpt-5-mini }, or { type: simulated } to try things out.";
		return { backend: {}, problems: [problemAt(placeOf(tree, at), { code: "config-invalid-value", message, hint, path: name })], uses: [] };
	}
	if (!isObject(given)) return { backend: {}, problems: [], uses: [] };
	const model = typeof given.model === "string" ? given.model : undefined;
	const type =
		given.type === undefined || given.type === null
			? inferBackend(model, given.base_url !== undefined, registries.backends)
			: String(given.type).toLowerCase();
	const entry = registries.backends.find((candidate) => candidate.name === type);
	const schema = backendSchema(entry, registries.backends);
	const result = check(schema, given, { ...shared, at });
	const problems = [
		...result.problems.map((problem) => othersSetting(problem, name, type, registries)),
		...typeProblems(type, entry, at, shared),
	];
	const backend: Json = { ...(isObject(result.value) ? result.value : {}), ...(type === undefined ? {} : { type }) };
	if (entry && backend.model === undefined && entry.defaultModel === undefined && (entry.kind === "api" || entry.kind === "local")) {
		const hint = `A ${entry.name} backend has no default model.`;
		problems.push(
			problemAt(placeOf(tree, at), {
				code: "config-no-model",
				message: `${name}.model is missing.`,
				hint,
				path: `${name}.model`,
				severity: toRun ? "error" : "warning",
			}),
		);
	}
	// Of an agent that cannot run, nothing more is said: what its settings would do is not known.
	const uses = usesOf(schema, backend).filter((use) => entry !== undefined || use.fate.fate === "refused");
	return { backend, problems, uses: uses.map((use) => ({ ...use, path: [...at, ...use.path] })) };
}

/** `reasoning.summary` at a backend that has `reasoning` without it: MassGen sends it along, so it is no mistake to stop for. */
function othersSetting(problem: ConfigProblem, backend: string, type: string | undefined, registries: Registries): ConfigProblem {
	const [key, inner, ...deeper] = problem.path?.slice(backend.length + 1).split(".") ?? [];
	if (problem.code !== "config-unknown-key" || key === undefined || inner === undefined || deeper.length > 0) return problem;
	const owners = registries.backends.filter((entry) => follow(entry.options, [key, inner]).schema !== undefined);
	if (owners.length === 0) return problem;
	const hint = `Backends that have it: ${owners
		.slice(0, 8)
		.map((entry) => entry.name)
		.join(", ")}.`;
	return { ...problem, severity: "warning", message: `${key}.${inner} is no setting of a ${type} agent and has no effect.`, hint };
}

function typeProblems(type: string | undefined, entry: BackendEntry | undefined, at: Path, shared: Shared): ConfigProblem[] {
	if (entry !== undefined) return [];
	const { tree, registries, toRun, unset } = shared;
	const path = pathText([...at, "type"]);
	if (unset.has(path)) return [];
	const names = registries.backends.map((candidate) => candidate.name);
	const place = placeOf(tree, [...at, "type"]);
	if (type === undefined) {
		return [
			problemAt(place, { code: "config-no-backend-type", message: `${path} is missing.`, hint: `One of: ${names.join(", ")}.`, path }),
		];
	}
	if (massgenBackends.includes(type)) {
		const message = `Backend ${type} is not supported yet: this agent cannot run.`;
		const hint = "massgen doctor shows the backends there are; massgen --simulate runs the team without models.";
		return [problemAt(place, { code: "config-unsupported-backend", message, hint, path, severity: toRun ? "error" : "warning" })];
	}
	const near = nearest(type, [...names, ...massgenBackends]);
	const hint = near === undefined ? `One of: ${names.join(", ")}.` : `Did you mean ${near}?`;
	return [problemAt(place, { code: "config-unknown-backend", message: `There is no backend ${shown(type)}.`, hint, path })];
}
