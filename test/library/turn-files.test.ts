import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Script } from "../../src/backends/simulated-options.ts";
import { run } from "../../src/library/run.ts";
import { place } from "./place.ts";

const fast = { time_to_first_token_ms: 0, tokens_per_second: 100_000 };

function agents(scripts: Readonly<Record<string, Script>>) {
	return { agents: Object.entries(scripts).map(([id, script]) => ({ id, backend: { type: "simulated", script, profile: fast } })) };
}

const agreeing = agents({
	ada: [{ answer: "Blue." }, { vote: "agent1" }],
	ben: [{ answer: "Green." }, { vote: "agent1" }],
	cleo: [{ answer: "Red." }, { vote: "agent1" }],
});
const stuck = agents({
	ada: [{ answer: "Blue." }],
	ben: [{ answer: "Green, I would say." }],
	cleo: [{ say: "Let me th" }, { wait: 600_000 }, { answer: "Red." }],
});

/** Runs until so many answers are there, and interrupts then. */
async function halfWay(at: ReturnType<typeof place>, config: object, answers: number, more: object = {}) {
	const stop = new AbortController();
	let seen = 0;
	if (answers === 0) setTimeout(() => stop.abort("the test"), 50);
	return run({
		query: "Which colour?",
		config: { ...config },
		...at,
		...more,
		signal: stop.signal,
		onEvent: ({ type }) => {
			if (type === "answer.submitted" && ++seen === answers) stop.abort("the test");
		},
	});
}

function files(directory: string | null, turn: number) {
	const folder = join(directory ?? "", `turn_${turn}`);
	const read = (name: string) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : undefined);
	return { names: readdirSync(folder).sort(), text: read, json: (name: string): unknown => JSON.parse(read(name) ?? "null") };
}

test("M8, M9, M10: each session has a directory, each complete turn its files, and the winners stand in a file", async () => {
	const at = place();
	const first = await run({ query: "Which colour?", config: agreeing, ...at });
	await run({ query: "And which shade?", session: first.session_id ?? "", ...at });
	const directory = join(at.directory, ".massgen/sessions", first.session_id ?? "");
	expect(first.log_directory).toBe(directory);
	const { names, text, json } = files(directory, 1);
	expect(names).toEqual(["answer.txt", "metadata.json"]);
	expect(text("answer.txt")).toBe(first.answer);
	expect(json("metadata.json")).toMatchObject({
		turn: 1,
		status: "complete",
		outcome: "completed",
		winning_agent: "ada",
		task: "Which colour?",
		session_id: first.session_id,
		timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
	});
	expect(JSON.parse(readFileSync(join(directory, "winning_agents_history.json"), "utf8"))).toEqual([
		{ agent_id: "ada", turn: 1 },
		{ agent_id: "ada", turn: 2 },
	]);
	const summary = readFileSync(join(directory, "SESSION_SUMMARY.txt"), "utf8");
	expect(summary).toContain("Turn 1\n");
	expect(summary).toContain("Task: And which shade?");
});

test("M31, M32, M33, M35: an interrupted turn leaves who had answered, the best of it, and a section in the summary", async () => {
	const at = place();
	const stopped = await halfWay(at, stuck, 2);
	expect(stopped.outcome).toBe("interrupted");
	const { names, text, json } = files(stopped.log_directory, 1);
	expect(names).toEqual(["answer.txt", "metadata.json", "partial_answers.json"]);
	expect(json("metadata.json")).toMatchObject({
		status: "incomplete",
		phase: "coordinating",
		voting_complete: false,
		task: "Which colour?",
	});
	expect(json("partial_answers.json")).toEqual({
		ada: { answer: expect.stringContaining("Blue."), has_voted: false, votes: null, answer_count: 1 },
		ben: { answer: expect.stringContaining("Green"), has_voted: false, votes: null, answer_count: 1 },
	});
	expect(text("answer.txt")).toMatch(
		/^\[Incomplete turn: stopped while coordinating\. Best answer so far, by ben\]\n\nGreen, I would say\./,
	);
	const summary = readFileSync(join(stopped.log_directory ?? "", "SESSION_SUMMARY.txt"), "utf8");
	expect(summary).toContain("Turn 1 INCOMPLETE (interrupted)");
	expect(summary).toContain("Phase: coordinating\nAgents with answers: ada, ben");
});

test("M34: an interrupted turn leads to the workspace of every agent that has a file in it", async () => {
	const at = place();
	const session = "with-files";
	await run({ query: "First?", config: agreeing, session, ...at });
	const workspaces = join(at.directory, ".massgen/sessions", session, "workspaces");
	mkdirSync(join(workspaces, "ada"), { recursive: true });
	mkdirSync(join(workspaces, "cleo/empty"), { recursive: true });
	writeFileSync(join(workspaces, "ada/main.py"), "print(1)");
	const stopped = await halfWay(at, stuck, 2, { session });
	const folder = join(stopped.log_directory ?? "", "turn_2");
	expect(readdirSync(join(folder, "workspaces"))).toEqual(["ada"]);
	expect(readFileSync(join(folder, "workspaces/ada/main.py"), "utf8")).toBe("print(1)");
});

test("M37: a turn stopped before anything was answered leaves its task, its draft, and no empty answer", async () => {
	const stopped = await halfWay(place(), agents({ cleo: [{ say: "Let me th" }, { wait: 600_000 }] }), 0);
	const { names, json } = files(stopped.log_directory, 1);
	expect(names).not.toContain("answer.txt");
	expect(names).not.toContain("partial_answers.json");
	expect(json("metadata.json")).toMatchObject({ status: "incomplete", task: "Which colour?" });
});

test("M36, M41: the next question gets the next number, and the stopped turn keeps its files", async () => {
	const at = place();
	const stopped = await halfWay(at, stuck, 2);
	const session = stopped.session_id ?? "";
	const next = await run({
		query: "Another question",
		session,
		config: { agents: [{ id: "ada", backend: { type: "simulated", script: [{ say: "Fine." }], profile: fast } }] },
		...at,
	});
	expect(next).toMatchObject({ turn: 2, outcome: "completed" });
	expect(files(stopped.log_directory, 1).json("metadata.json")).toMatchObject({ status: "incomplete", outcome: "cancelled" });
	expect(files(stopped.log_directory, 2).text("answer.txt")).toContain("Fine.");
	const third = await run({ query: "A third one", session, ...at, config: agreeing });
	expect(third.turn).toBe(3);
});

test("M41, M43: a damaged or a missing file of a turn costs nothing: it is made anew from the log, and numbers go on", async () => {
	const at = place();
	const { session_id: session, log_directory: directory } = await run({ query: "One?", config: agreeing, ...at });
	writeFileSync(join(directory ?? "", "turn_1/metadata.json"), "{ not JSON");
	writeFileSync(join(directory ?? "", "winning_agents_history.json"), "");
	rmSync(join(directory ?? "", "SESSION_SUMMARY.txt"));
	const second = await run({ query: "Two?", session: session ?? "", ...at });
	expect(second.turn).toBe(2);
	expect(files(directory, 1).text("metadata.json")).toContain('"task": "One?"');
	expect(readFileSync(join(directory ?? "", "SESSION_SUMMARY.txt"), "utf8")).toContain("Task: One?");
	expect(JSON.parse(readFileSync(join(directory ?? "", "winning_agents_history.json"), "utf8"))).toHaveLength(2);
});
