/** What the wizard says where nobody can be asked: the file that it would have written, and the command that writes it. */
import { homedir } from "node:os";
import { readVariables } from "../../config/environment.ts";
import { teamText } from "../../config/new-team.ts";
import { zeroTeam } from "../../config/zero.ts";
import { UsageError } from "../../errors.ts";
import type { Io } from "../io.ts";
import { glanceAround } from "./look-around.ts";
import { agentsFrom, simulatedChoice } from "./plan-team.ts";

export async function withoutTerminal(io: Io): Promise<UsageError> {
	const { env } = readVariables({ env: io.env, cwd: io.cwd, home: homedir() });
	const found = zeroTeam(await glanceAround(env))?.members;
	const members = found ?? [simulatedChoice];
	return new UsageError(
		"massgen --init asks questions, and there is no terminal to ask them in.",
		[
			`Write a file without questions: massgen --generate-config .massgen/config.yaml${found ? "" : " --config-backend simulated"}`,
			"Or write this into .massgen/config.yaml yourself:",
			"",
			teamText({ agents: agentsFrom(members, Math.max(3, members.length)) }).trimEnd(),
		].join("\n"),
	);
}
