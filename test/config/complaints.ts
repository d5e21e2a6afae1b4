import { ConfigError, type ConfigProblem } from "../../src/errors.ts";

/** A problem as a reader sees it. */
export function complaint(problem: ConfigProblem): string {
	const where = problem.file === undefined ? "" : `${problem.file}:${problem.line}:${problem.column} `;
	return [`${where}${problem.severity}: ${problem.message} [${problem.code}]`, problem.frame, problem.hint && `-> ${problem.hint}`]
		.filter(Boolean)
		.join("\n");
}

/** What a load has to say against a configuration. Anything but a ConfigError is a bug and goes through. */
export function complaints(load: () => { warnings: readonly ConfigProblem[] }): string {
	try {
		return load().warnings.map(complaint).join("\n\n");
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error;
		return error.problems.map(complaint).join("\n\n");
	}
}
