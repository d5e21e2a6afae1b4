/** `massgen --validate PATH`: everything that is wrong with a configuration; nothing is called or written. */
import { homedir } from "node:os";
import { loadTeam } from "../../config/load.ts";
import { examplesDirectory } from "../../config/package-root.ts";
import { ConfigError } from "../../errors.ts";
import type { Io } from "../io.ts";
import { problemText } from "../print-error.ts";
import type { Settings } from "../settings.ts";

export function validate(io: Io, { config, overrides, output }: Settings): number {
	const options = {
		config,
		overrides,
		cwd: io.cwd,
		home: homedir(),
		env: io.env,
		examplesDirectory: examplesDirectory(),
		purpose: "look" as const,
	};
	const { problems, team } = checked(() => loadTeam(options));
	const errors = problems.filter(({ severity }) => severity === "error").length;
	if (output === "text") {
		for (const problem of problems) io.stderr.write(`${problemText(problem)}\n\n`);
		if (team)
			io.stdout.write(
				`${team.path ?? "The configuration"} can be used: ${team.agents.map(({ id, backend, model }) => `${id} (${model ?? backend})`).join(", ")}.\n`,
			);
	} else {
		io.stdout.write(`${JSON.stringify({ valid: errors === 0, problems }, null, 2)}\n`);
	}
	return errors === 0 ? 0 : 1;
}

function checked(load: () => ReturnType<typeof loadTeam>) {
	try {
		const { team, warnings } = load();
		return { team, problems: warnings };
	} catch (error) {
		if (error instanceof ConfigError) return { team: undefined, problems: error.problems };
		throw error;
	}
}
