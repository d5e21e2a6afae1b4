import { describe, expect, test } from "vitest";
import { askSpec } from "../../src/cli/ask-options.ts";
import { commands } from "../../src/cli/commands.ts";
import { agentsFrom, simulatedChoice } from "../../src/cli/first/plan-team.ts";
import { massgenCommands, massgenFlags } from "../../src/cli/massgen-flags.ts";
import { parse } from "../../src/cli/parse.ts";
import type { Choice } from "../../src/config/zero.ts";
import { UsageError } from "../../src/errors.ts";

describe("flags of MassGen", () => {
	test("no flag that exists is called foreign", () => {
		expect(Object.keys(massgenFlags).filter((name) => name in askSpec.options)).toEqual([]);
	});

	test.each(Object.keys(massgenFlags))("--%s is answered by name, with what to do instead", (name) => {
		let error: unknown;
		try {
			parse(askSpec, [`--${name}`, "value"]);
		} catch (thrown) {
			error = thrown;
		}
		expect(error).toBeInstanceOf(UsageError);
		expect(error).toMatchObject({ message: `--${name} is a flag of MassGen that this program does not have.`, hint: massgenFlags[name] });
	});

	test("no command that exists is called foreign", () => {
		expect(Object.keys(massgenCommands).filter((name) => commands.some((command) => command.name === name))).toEqual([]);
	});

	// As `massgen --help` of MassGen 0.1.44 lists them.
	const all =
		"config select backend model system-message base-url no-display textual-serve textual-serve-port no-logs debug save-streaming-buffers logfire web web-host web-port no-browser automation plan plan-depth broadcast plan-and-execute execute-plan no-session-registry output-file skip-agent-selector init quickstart generate-config config-agents config-backend config-model config-docker config-context-path setup setup-skills setup-docker list-examples example show-schema schema-backend with-examples validate strict json skip-validation strict-validation session-id continue list-sessions all orchestrator-timeout rate-limit display";

	test.each(all.split(" "))("--%s is either a flag or answered", (name) => {
		expect(name in askSpec.options || name in massgenFlags).toBe(true);
	});
});

describe("agents of a new team", () => {
	const local = (model: string): Choice => ({ backend: "ollama", model, label: model, reason: "it answers" });

	test("are dealt out, with ids that tell them apart", () => {
		const agents = agentsFrom([local("a"), local("b"), { ...simulatedChoice }], 5);
		expect(agents.map(({ id, count, model }) => [id, count, model])).toEqual([
			["ollama_1_", 2, "a"],
			["ollama_2_", 2, "b"],
			["simulated", 1, undefined],
		]);
	});

	test("one model may have all of them", () => {
		expect(agentsFrom([local("a")], 3)).toEqual([{ id: "ollama", backend: "ollama", model: "a", count: 3, note: "it answers" }]);
	});
});
