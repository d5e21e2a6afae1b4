/** A new configuration, checked before it is written. */
import { dirname, join, relative } from "node:path";
import { teamFromTree } from "../../config/load.ts";
import { type NewTeam, teamText } from "../../config/new-team.ts";
import { packageRoot } from "../../config/package-root.ts";
import { parseTree } from "../../config/parse.ts";
import type { Environment } from "../../config/values.ts";
import { writeConfig } from "../../config/write.ts";
import type { ConfigProblem } from "../../errors.ts";

type Where = { readonly cwd: string; readonly home: string; readonly env: Environment; readonly replace: boolean };

/** Returns what there is to be warned of. Throws, with nothing written, if the team could not be used or the file is there already. */
export function writeTeam(path: string, team: NewTeam, { cwd, home, env, replace }: Where): readonly ConfigProblem[] {
	const text = teamText(team, schemaFor(path, cwd));
	const options = { cwd, home, env, examplesDirectory: join(packageRoot(), "examples"), purpose: "look" as const };
	const { warnings } = teamFromTree(parseTree(text, path), path, options);
	writeConfig(path, text, { replace });
	return warnings;
}

/** Where an editor finds the schema: beside the project if massgen is installed there, so that the line holds for others too. */
function schemaFor(path: string, cwd: string): string {
	const schema = join(packageRoot(), "configs/massgen.schema.json");
	const below = (file: string) => !relative(cwd, file).startsWith("..");
	return below(schema) && below(path) ? relative(dirname(path), schema).replaceAll("\\", "/") : schema;
}
