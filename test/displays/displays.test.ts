import { describe, expect, test } from "vitest";
import type { Event } from "../../src/core/events.ts";
import { agentLines, live } from "../../src/displays/agents.ts";
import { create as answer } from "../../src/displays/answer.ts";
import { clean, oneLine } from "../../src/displays/clean.ts";
import type { DisplayEntry } from "../../src/displays/display.ts";
import { create as json } from "../../src/displays/json.ts";
import { narrate } from "../../src/displays/narrate.ts";
import { create as plain } from "../../src/displays/plain.ts";
import { create as quiet } from "../../src/displays/quiet.ts";
import { displays, outputs } from "../../src/displays/registry.ts";
import { resultDocument } from "../../src/displays/result.ts";
import { create as streamJson } from "../../src/displays/stream-json.ts";
import { turnWarnings } from "../../src/displays/warnings.ts";
import { dollars, seconds } from "../../src/displays/words.ts";
import { decided, drafted, paper, terms, told, turnAfter } from "./tale.ts";

const around = { sessionId: "s1", exitCode: 0, durationMs: 1234.4, resume: null, warnings: [] };
const noBallot = { text: "Hm.", reasoning: "", toolCalls: [], finish: "stop" } as const;
const document = resultDocument(turnAfter(decided), around);

function shown(create: typeof plain, events: readonly Event[], verbose = false): string {
	const sink = paper();
	const display = create({ sink, verbose });
	for (const { record, turn } of told(events)) display.onEvent(record, turn);
	display.finish(resultDocument(turnAfter(events), around));
	return sink.text();
}

describe("plain lines", () => {
	test("tell who answered, who voted for what and why, what failed, and which rule decided", () => {
		expect(shown(plain, decided)).toMatchInlineSnapshot(`
			"Turn 1: ada (gpt-5), ben (simulated) and cleo (simulated); they decide by vote.
			Round 1: everybody drafts an answer, unseen.
			ada answered (agent1.1, 7 words).
			ben answered (agent2.1, 5 words).
			cleo: rate-limit (429): Too many requests. Trying again in 2.5 s.
			cleo answered (agent3.1, 2 words).
			Round 2: everybody sees 3 answers and answers anew or votes.
			ada votes for agent2.1 (ben): It is short and right.
			cleo votes for agent2.1 (ben): Clear.
			agent2.1 by ben wins: majority. Votes: agent2.1 2, agent1.1 0.
			1.2 s, 3 model calls, 3,000 tokens in (300 cached), 600 out, $0.0030.
			"
		`);
	});

	test("tell every step to those who ask for it", () => {
		expect(shown(plain, decided, true)).toContain("ada finished step 1.1.1 (1,000 tokens in, 200 out, $0.0010).");
	});

	test("say how a tie was broken", () => {
		const tally = [
			{ label: "agent1.1", votes: 1, others: 1 },
			{ label: "agent2.1", votes: 1, others: 0 },
			{ label: "agent3.1", votes: 0, others: 0 },
		];
		const lines = tell({ type: "winner.chosen", decision: { label: "agent1.1", rule: "all voted", tally, tieBreak: "votes of others" } });
		expect(lines).toEqual([
			"agent1.1 by ada wins: all voted. Votes: agent1.1 1, agent2.1 1, agent3.1 0.",
			"2 candidates had the same votes. What decided: votes of others.",
		]);
	});

	test.each<[Event, string]>([
		[{ type: "limit.reached", kind: "time", hard: false }, "80 % of the time is used: no new answers after this round, then a vote."],
		[{ type: "limit.reached", kind: "budget", hard: true }, "The budget has no room for another call: the best answer so far stands."],
		[{ type: "limit.reached", kind: "user", hard: false }, "Finishing as you asked: no new answers after this round, then a vote."],
		[{ type: "turn.interrupted", by: "SIGTERM" }, "Interrupted (SIGTERM). Everything so far is saved."],
		[{ type: "turn.resumed" }, "Going on with turn 1: round 1, 2 answers and 0 votes so far."],
		[{ type: "agent.retired", agent: "ada", why: "failed 2 times in a row" }, "ada takes part no more: failed 2 times in a row"],
		[{ type: "turn.ended", outcome: "failed", why: "Nobody answered." }, "The turn ended without an answer: Nobody answered."],
		[
			{ type: "vote.cast", agent: "ben", for: "agent1.1", reason: "", implied: true },
			"ben wrote the same as agent1.1 (ada) again: a vote for it.",
		],
		[
			{ type: "review.given", attempt: 1, by: "ben", verdict: "restart", reason: "Too short.", instructions: "Longer." },
			"ben reviewed and sends the team back: Too short.",
		],
	])("has words for %o", (event, line) => {
		expect(tell(event)).toEqual([line]);
	});

	test("tell once of a model call that failed, and of replies that were never a ballot", () => {
		const { failure, ...failed } = {
			type: "step.failed",
			step: "1.3.2",
			assignment: "1.3",
			agent: "cleo",
			failure: { kind: "auth", message: "The key was refused" },
		} as const;
		const ended = { type: "assignment.ended", assignment: "1.3", agent: "cleo", reason: "failed", error: failure.message } as const;
		const step = { type: "step.started", step: "1.3.2", assignment: "1.3", agent: "cleo", hash: "h", estimate: { tokens: 1 } } as const;
		const rejected = { type: "step.rejected", step: "1.3.2", assignment: "1.3", agent: "cleo", problem: "No ballot." } as const;
		const lines = (...events: Event[]) =>
			told([...drafted, ...events])
				.slice(drafted.length)
				.flatMap(({ record, turn }) => narrate(record, turn).map(({ text }) => text));
		expect(lines(step, { ...failed, failure }, ended)).toEqual(["cleo: auth: The key was refused."]);
		expect(
			lines(step, { type: "step.completed", step: "1.3.2", assignment: "1.3", agent: "cleo", reply: noBallot }, rejected, {
				...ended,
				error: "No ballot.",
			}).slice(1),
		).toEqual(["cleo is asked again: No ballot.", "cleo failed: No ballot."]);
	});

	function tell(event: Event): string[] {
		const { record, turn } = told([...drafted, event]).at(-1) ?? expect.fail("no event");
		return narrate(record, turn).map(({ text }) => text);
	}
});

describe("the lines of the agents", () => {
	test("tell what each is doing now", () => {
		const turn = turnAfter([...drafted, { type: "agent.retired", agent: "ben", why: "failed 2 times in a row" }]);
		expect(agentLines(turn, new Map(), 80)).toEqual([
			"ada   answered (agent1.1)",
			"ben   out: failed 2 times in a row",
			"cleo  waits, then tries again",
		]);
	});

	test("count what is streamed in the present step alone", () => {
		const turn = turnAfter([
			...drafted,
			{ type: "step.started", step: "1.3.2", assignment: "1.3", agent: "cleo", hash: "h", estimate: { tokens: 1 } },
		]);
		const former = live(undefined, { agent: "cleo", step: "1.3.1", kind: "text", text: "lost" });
		expect(agentLines(turn, new Map([["cleo", former]]), 80).at(2)).toBe("cleo  was asked");
		const first = live(former, { agent: "cleo", step: "1.3.2", kind: "text", text: "A " });
		const second = live(first, { agent: "cleo", step: "1.3.2", kind: "text", text: "burrito" });
		expect(agentLines(turn, new Map([["cleo", second]]), 80).at(2)).toBe("cleo  writes, 9 characters");
	});

	test("are cut to the width of the terminal", () => {
		const turn = turnAfter([...drafted, { type: "agent.retired", agent: "ben", why: "x".repeat(300) }]);
		expect(agentLines(turn, new Map(), 40).map(({ length }) => length <= 40)).toEqual([true, true, true]);
	});
});

describe("what goes to stdout", () => {
	test("text is the answer alone, word for word", () => {
		expect(shown(answer, decided)).toBe("A way to chain steps.\n");
	});

	test("text is nothing where there is no answer", () => {
		expect(shown(answer, drafted)).toBe("");
	});

	test("json is one document", () => {
		expect(JSON.parse(shown(json, decided))).toEqual(JSON.parse(JSON.stringify(document)));
	});

	test("stream-json is every event as stored, and the document of json as its last line", () => {
		const lines = shown(streamJson, decided)
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line));
		expect(lines.slice(0, -1)).toEqual(told(decided).map(({ record }) => record));
		expect(lines.at(-1)).toEqual(JSON.parse(JSON.stringify(document)));
	});

	test("stream-json leaves live text out while its reader is behind, and never an event", () => {
		const [behind, ready] = [paper({ waiting: 2_000_000 }), paper()];
		for (const sink of [behind, ready]) {
			const display = streamJson({ sink, verbose: false });
			for (const { record, turn } of told(drafted)) display.onEvent(record, turn);
			display.onDelta({ agent: "cleo", step: "1.3.2", kind: "text", text: "A burrito" });
		}
		expect(behind.text().trimEnd().split("\n")).toHaveLength(drafted.length);
		expect(JSON.parse(ready.text().trimEnd().split("\n").at(-1) ?? "")).toMatchObject({
			v: 1,
			session: "s1",
			turn: 1,
			type: "delta",
			agent: "cleo",
			kind: "text",
			text: "A burrito",
		});
	});
});

describe("quiet", () => {
	test("says nothing about a turn that went well", () => {
		expect(shown(quiet, decided)).toBe("");
	});

	test("says why there is no answer", () => {
		const failed: Event[] = [
			...drafted.slice(0, 3),
			{ type: "agent.retired", agent: "ada", why: "no key" },
			{ type: "turn.ended", outcome: "failed", why: "Nobody answered." },
		];
		expect(shown(quiet, failed)).toBe("No answer (failed). ada: no key\n");
	});
});

describe("text of models on a terminal", () => {
	test.each([
		["colours", "a\u001b[31mb\u001b[0mc", "abc"],
		["window titles", "a\u001b]0;evil\u0007b", "ab"],
		["the clipboard", "a\u001b]52;c;aGk=\u001b\\b", "ab"],
		["a sequence that never ends", "a\u001b]0;evil", "a"],
		["eight-bit sequences", "a\u009b31mb", "ab"],
		["carriage returns that overwrite", "good\rbad", "good\nbad"],
		["text that turns the direction", "a\u202eb", "ab"],
		["line ends, tabs and letters of the world", "a\n\tü漢🙂", "a\n\tü漢🙂"],
	])("is freed of %s", (_, text, expected) => {
		expect(clean(text)).toBe(expected);
	});

	test("fits on one line where a line is wanted", () => {
		expect(oneLine("a\n\nb  c\u001b[1m")).toBe("a b c");
		expect(oneLine("🙂".repeat(300), 10)).toBe(`${"🙂".repeat(7)}...`);
	});
});

test("warnings name the agents that dropped out, also where the ranking decided without them", () => {
	const all: Event[] = [
		...drafted,
		...terms.agents.map(({ id }): Event => ({ type: "agent.retired", agent: id, why: "failed 2 times in a row" })),
		{ type: "winner.chosen", decision: { label: "agent1.1", rule: "no agent left", tally: [] } },
	];
	expect(turnWarnings(turnAfter(all))).toMatchInlineSnapshot(`
		[
		  "No agent was left (ada, ben and cleo), so the ranking of what they had written decided.",
		  "ada dropped out: failed 2 times in a row",
		  "ben dropped out: failed 2 times in a row",
		  "cleo dropped out: failed 2 times in a row",
		]
	`);
	expect(turnWarnings(turnAfter(decided))).toEqual([]);
});

test("figures are written as people read them", () => {
	expect([999, 9_940, 61_000, 179_999, 7_300_000].map(seconds)).toEqual(["1.0 s", "9.9 s", "61 s", "3 min 0 s", "2 h 1 min"]);
	expect([0, 12.345, 0.0123, 0.00005].map(dollars)).toEqual(["$0.00", "$12.35", "$0.012", "$0.000050"]);
});

test("every row of the tables can be loaded", async () => {
	const make = async (entry: DisplayEntry) => typeof (await entry.load()).create;
	expect(await Promise.all([...displays, ...outputs].map(make))).toEqual([...displays, ...outputs].map(() => "function"));
});
