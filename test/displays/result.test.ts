import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import type { Event } from "../../src/core/events.ts";
import { failureDocument, resultDocument } from "../../src/displays/result.ts";
import { decided, drafted, turnAfter } from "./tale.ts";

const schema = JSON.parse(readFileSync(join(import.meta.dirname, "../../configs/result.schema.json"), "utf8"));
const valid = z.fromJSONSchema(schema);
const around = { sessionId: "s1", exitCode: 0, durationMs: 1234.4, resume: null, warnings: [] };
const interrupted: Event[] = [
	...drafted,
	{ type: "draft.saved", step: "1.3.1", agent: "cleo", text: "A bur" },
	{ type: "turn.interrupted", by: "SIGINT" },
];

describe("the result document", () => {
	test("tells who won, by which rule, with which votes, and what it took", () => {
		expect(resultDocument(turnAfter(decided), around)).toMatchInlineSnapshot(`
			{
			  "agents": [
			    {
			      "backend": "openai",
			      "error": null,
			      "id": "ada",
			      "model": "gpt-5",
			      "status": "voted",
			      "usage": {
			        "cached_input_tokens": 100,
			        "calls": 1,
			        "cost_usd": 0.001,
			        "input_tokens": 1000,
			        "output_tokens": 200,
			        "possibly_paid_twice": 0,
			        "reasoning_tokens": 0,
			      },
			    },
			    {
			      "backend": "simulated",
			      "error": null,
			      "id": "ben",
			      "model": null,
			      "status": "answered",
			      "usage": {
			        "cached_input_tokens": 100,
			        "calls": 1,
			        "cost_usd": 0.001,
			        "input_tokens": 1000,
			        "output_tokens": 200,
			        "possibly_paid_twice": 0,
			        "reasoning_tokens": 0,
			      },
			    },
			    {
			      "backend": "simulated",
			      "error": null,
			      "id": "cleo",
			      "model": null,
			      "status": "voted",
			      "usage": {
			        "cached_input_tokens": 100,
			        "calls": 1,
			        "cost_usd": 0.001,
			        "input_tokens": 1000,
			        "output_tokens": 200,
			        "possibly_paid_twice": 0,
			        "reasoning_tokens": 0,
			      },
			    },
			  ],
			  "answer": "A way to chain steps.",
			  "answers": [
			    {
			      "agent": "ada",
			      "attempt": 1,
			      "label": "agent1.1",
			      "round": 1,
			      "text": "A monoid in the category of endofunctors.",
			    },
			    {
			      "agent": "ben",
			      "attempt": 1,
			      "label": "agent2.1",
			      "round": 1,
			      "text": "A way to chain steps.",
			    },
			    {
			      "agent": "cleo",
			      "attempt": 1,
			      "label": "agent3.1",
			      "round": 1,
			      "text": "A burrito.",
			    },
			  ],
			  "attempt": 1,
			  "draft": null,
			  "duration_ms": 1234,
			  "error": null,
			  "exit_code": 0,
			  "outcome": "completed",
			  "resume": null,
			  "rule": "majority",
			  "session_id": "s1",
			  "tally": [
			    {
			      "label": "agent2.1",
			      "votes": 2,
			      "votes_of_others": 2,
			    },
			    {
			      "label": "agent1.1",
			      "votes": 0,
			      "votes_of_others": 0,
			    },
			  ],
			  "tie_break": null,
			  "turn": 1,
			  "type": "result",
			  "usage": {
			    "cached_input_tokens": 300,
			    "calls": 3,
			    "cost_usd": 0.003,
			    "input_tokens": 3000,
			    "output_tokens": 600,
			    "possibly_paid_twice": 0,
			    "reasoning_tokens": 0,
			  },
			  "v": 1,
			  "votes": [
			    {
			      "agent": "ben",
			      "attempt": 1,
			      "implied": false,
			      "label": "agent2.1",
			      "live": true,
			      "reason": "It is
			short and [31mright[0m.",
			      "round": 2,
			      "voter": "ada",
			    },
			    {
			      "agent": "ben",
			      "attempt": 1,
			      "implied": false,
			      "label": "agent2.1",
			      "live": true,
			      "reason": "Clear.",
			      "round": 2,
			      "voter": "cleo",
			    },
			  ],
			  "warnings": [],
			  "winner": {
			    "agent": "ben",
			    "label": "agent2.1",
			  },
			}
		`);
	});

	test("tells of a turn that is open how to go on, and shows the longest draft where there is no answer", () => {
		const document = resultDocument(turnAfter(interrupted), { ...around, exitCode: 130, resume: "massgen --resume s1" });
		const { outcome, exit_code, answer, winner, draft, resume, agents } = document;
		expect({ outcome, exit_code, answer, winner, draft, resume, states: agents.map(({ status }) => status) }).toEqual({
			outcome: "interrupted",
			exit_code: 130,
			answer: null,
			winner: null,
			draft: { agent: "cleo", text: "A bur" },
			resume: "massgen --resume s1",
			states: ["answered", "answered", "working"],
		});
	});

	test("tells that a cost is unknown, never that it is 0", () => {
		const unpriced = decided.map((event): Event => {
			if (event.type !== "step.completed" || event.agent !== "ben") return event;
			const { costUsd: _unknown, ...rest } = event;
			return rest;
		});
		const { usage, agents } = resultDocument(turnAfter(unpriced), around);
		expect([usage.cost_usd, ...agents.map((agent) => agent.usage.cost_usd)]).toEqual([null, 0.001, null, 0.001]);
	});

	test("of votes says which of them count", () => {
		const later: Event[] = [
			...decided.slice(0, -2),
			{ type: "round.opened", round: 3 },
			{ type: "vote.cast", agent: "ben", for: "agent1.1", reason: "", implied: false },
		];
		expect(resultDocument(turnAfter(later), around).votes.map(({ voter, live }) => [voter, live])).toEqual([
			["ada", false],
			["cleo", false],
			["ben", true],
		]);
	});

	test("is what its JSON Schema says, in every state", () => {
		const error = { code: "config-error", message: "no", hint: null, problems: [{ code: "x" }] };
		const documents = [
			...decided.map((_, index) => resultDocument(turnAfter(decided.slice(0, index + 1)), around)),
			resultDocument(turnAfter(interrupted), { ...around, error }),
			failureDocument({ ...around, sessionId: null, exitCode: 1, error }),
		];
		for (const document of documents) {
			const plain: unknown = JSON.parse(JSON.stringify(document));
			expect(valid.safeParse(plain).error?.issues).toBeUndefined();
			expect(Object.keys(document).sort()).toEqual([...schema.required].sort());
		}
	});
});
