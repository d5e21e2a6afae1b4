import { expect, test } from "vitest";
import { anonymous } from "../../src/core/text.ts";

test("an alias with a hyphen, as they are drawn, does not give its author away in a text", () => {
	const agents = ["agent-d4h3", "agent-x2k9"].map((alias) => ({ id: alias, alias, backend: "simulated" }));
	expect(anonymous("As Agent-D4H3 says (and agent-x2k9, too), agent-d4h37 is not one.", agents)).toBe(
		"As another agent says (and another agent, too), agent-d4h37 is not one.",
	);
});
