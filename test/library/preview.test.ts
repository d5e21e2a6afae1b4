import { expect, test } from "vitest";
import { preview } from "../../src/library/preview.ts";
import { teamFor } from "../../src/library/team.ts";

const at = { directory: import.meta.dirname, home: import.meta.dirname, env: { OPENAI_API_KEY: "k" } };

function previewOf(agents: readonly object[], orchestrator: object = {}) {
	return preview(teamFor({ config: { agents, orchestrator }, ...at }).team, "Why?", "2026-11-20");
}

test("the requests are those of round 1, with the tools that all rounds have", () => {
	const { requests } = previewOf([1, 2].map((n) => ({ id: `a${n}`, backend: { type: "simulated" } })));
	expect(requests.map(({ agent }) => agent)).toEqual(["a1", "a2"]);
	expect(requests[0]?.request.messages).toHaveLength(1);
	expect(requests[0]?.request.messages[0]).toMatchObject({ role: "user", text: expect.stringContaining("Why?") });
	expect(requests[0]?.request.tools.map(({ name }) => name)).toEqual(["new_answer", "vote"]);
});

test("a turn of n agents takes n calls at least and n (K + 1) at most, times its attempts; one agent alone takes one", () => {
	const simulated = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `a${n}`, backend: { type: "simulated" } }));
	expect(previewOf(simulated(3)).calls).toEqual({ least: 3, most: 9 });
	expect(previewOf(simulated(3), { protocol: "council" }).calls).toEqual({ least: 3, most: 6 });
	expect(previewOf(simulated(2), { coordination: { max_orchestration_restarts: 1 } }).calls).toEqual({ least: 2, most: 12 });
	expect(previewOf(simulated(1)).calls).toEqual({ least: 1, most: 1 });
});

test("the cost is a range of known prices, and unknown if one is unknown", () => {
	const known = { id: "known", backend: { type: "openai", model: "mine" } };
	const prices = { mine: { input: 1, output: 10 } };
	const team = (config: object) => preview(teamFor({ config: { ...config }, ...at }).team, "Why?", "2026-11-20");
	const { costUsd, tokens } = team({ agents: [known], prices });
	expect(costUsd).toEqual({ least: expect.closeTo(((tokens.least - 500) * 1 + 500 * 10) / 1e6, 8), most: costUsd?.least });
	expect(team({ agents: [known] })).toMatchObject({ costUsd: null, unpriced: ["known"] });
});
