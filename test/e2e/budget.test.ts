import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { bare } from "./first-run-machine.ts";
import { type ModelServer, modelServer, type Tokens, teamFile } from "./model-server.ts";
import { type Ended, Place } from "./program.ts";

const env = { ...bare, TEST_KEY: "k" };
const models = ["red", "green", "blue"];

/** A provider that counts as our estimate does, and models that never agree. */
const stubborn = { stubborn: true, tokens: (bytes: number): Tokens => ({ input: Math.ceil(bytes / 4), output: 400 }) };

const patient = "orchestrator:\n  max_new_answers_per_agent: 30\n";
const prices = `prices:\n${models.map((model) => `  ${model}: { input: 10, output: 20 }\n`).join("")}`;

function team(server: ModelServer, more = ""): string {
	return teamFile(server.url, models) + patient + more;
}

/** What the provider would write on the bill. */
function billed({ calls }: ModelServer): Tokens {
	return calls.reduce(
		(sum, { usage, answered }) => (answered ? { input: sum.input + usage.input, output: sum.output + usage.output } : sum),
		{ input: 0, output: 0 },
	);
}

function documentOf({ stdout }: Ended) {
	return JSON.parse(stdout.startsWith("{\n") ? stdout : (stdout.trimEnd().split("\n").at(-1) ?? ""));
}

test("a budget of tokens is warned of at 80 %, then used for votes, and the answer is a decision", async () => {
	const place = new Place();
	const server = await modelServer(stubborn);
	place.write("team.yaml", team(server));
	const ended = await place.run(["--config", "team.yaml", "--max-tokens", "60000", "--output-format", "json", "Which?"], { env });
	const { usage, answer, votes, outcome } = documentOf(ended);
	expect([ended.code, outcome]).toEqual([0, "completed"]);
	expect(answer).toMatch(/^The answer of \w+\. Try \d+\.$/);
	expect(votes.length).toBeGreaterThan(0);
	expect(ended.stderr).toMatch(/80 %/);
	const { input, output } = billed(server);
	expect([usage.input_tokens + usage.output_tokens <= 60_000, usage.input_tokens, usage.output_tokens]).toEqual([true, input, output]);
	expect(server.calls.filter(({ task }) => task === "vote").length).toBeGreaterThan(0);
});

test("a budget that is used up ends the turn with the best answer and exit code 5, and is not exceeded", async () => {
	const place = new Place();
	const server = await modelServer(stubborn);
	place.write("team.yaml", team(server, prices));
	const words = ["--config", "team.yaml", "--max-cost", "0.3", "--on-limit", "stop", "--output-format", "stream-json", "Which?"];
	const ended = await place.run(words, { env });
	const { usage, answer, outcome, exit_code } = documentOf(ended);
	expect([ended.code, exit_code, outcome]).toEqual([5, 5, "budget"]);
	expect(answer).toMatch(/^The answer of/);
	const { input, output } = billed(server);
	const dollars = (input * 10 + output * 20) / 1e6;
	expect(usage.cost_usd).toBeCloseTo(dollars, 9);
	expect([dollars > 0.2, dollars <= 0.3]).toEqual([true, true]);
});

test("replies longer than anybody could know exceed it by no more than the calls that were under way", async () => {
	const place = new Place();
	const server = await modelServer({ ...stubborn, tokens: () => ({ input: 700, output: 5000 }) });
	place.write("team.yaml", team(server));
	const ended = await place.run(["--config", "team.yaml", "--max-tokens", "10000", "--json", "-q", "Which?"], { env });
	expect([ended.code, documentOf(ended).answer]).toEqual([5, expect.stringMatching(/^The answer of/)]);
	const { input, output } = billed(server);
	expect([server.calls.length, input + output <= 10_000 + models.length * 5700]).toEqual([models.length, true]);
});

test.each(["SIGINT", "SIGKILL"] as const)("a budget survives %s: what is left is what the turn goes on with", async (signal) => {
	const place = new Place();
	const server = await modelServer({ ...stubborn, holdFrom: 12 });
	place.write("team.yaml", team(server));
	const first = place.start(["--config", "team.yaml", "--max-tokens", "40000", "--on-limit", "stop", "--json", "Which?"], { env });
	await server.arrived(12);
	first.child.kill(signal);
	const stopped = await first.ended;
	const before = billed(server);
	if (signal === "SIGINT") expect([stopped.code, documentOf(stopped).usage.output_tokens]).toEqual([130, before.output]);
	server.release();
	const second = await place.run(["--continue", "--json", "-q"], { env });
	const { usage, outcome } = documentOf(second);
	expect([second.code, outcome]).toEqual([5, "budget"]);
	const { input, output } = billed(server);
	if (signal === "SIGINT") expect([usage.input_tokens, usage.output_tokens]).toEqual([input, output]);
	// Answers that came while it was killed were paid and never seen: they are told of, and count by their estimate.
	const answered = server.calls.filter((call) => call.answered).length;
	expect(usage.calls + usage.possibly_paid_twice).toBeGreaterThanOrEqual(answered);
	expect([input + output <= 40_000, output > before.output, before.output > 0]).toEqual([true, true, true]);
});

test("the same usage stands in the document, the stream, the summary and the session", async () => {
	const place = new Place();
	const server = await modelServer({ tokens: (bytes) => ({ input: bytes, output: 7 }) });
	place.write("team.yaml", teamFile(server.url, models) + prices);
	const ended = await place.run(["--config", "team.yaml", "--output-format", "stream-json", "Which?"], { env });
	expect(ended.code).toBe(0);
	const records = ended.stdout
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line));
	const steps = records.filter(({ type }) => type === "step.completed");
	const sum = (name: "input" | "output") => steps.reduce((total, { reply }) => total + (reply.usage[name] as number), 0);
	const { usage, agents } = records.at(-1);
	const inSteps = [steps.length, sum("input"), sum("output")];
	expect([usage.calls, usage.input_tokens, usage.output_tokens]).toEqual(inSteps);
	const ofAgents = (name: string) =>
		agents.reduce((total: number, agent: { usage: Record<string, number> }) => total + (agent.usage[name] ?? 0), 0);
	expect([ofAgents("calls"), ofAgents("input_tokens"), ofAgents("output_tokens")]).toEqual(inSteps);
	const figures = (number: number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");
	expect(ended.stderr).toContain(
		`${steps.length} model calls, ${figures(usage.input_tokens)} tokens in, ${figures(usage.output_tokens)} out`,
	);
	const shown = await place.run(["sessions", "show", "last", "--json"], { env });
	expect(JSON.stringify(JSON.parse(shown.stdout))).toContain(`"input_tokens":${usage.input_tokens}`);
});

test("a budget in dollars is refused where a price is unknown, unless tokens are limited too", async () => {
	const place = new Place();
	place.write("team.yaml", teamFile("http://models.invalid/v1", models));
	const ask = (...flags: string[]) => place.run(["--config", "team.yaml", "--max-cost", "1", ...flags, "Which?"], { env });
	const refused = await ask();
	expect([refused.code, refused.stdout]).toEqual([1, ""]);
	expect(refused.stderr).toMatch(/A budget in dollars needs prices, and nobody knows those of red \(red\), green \(green\), blue \(blue\)/);
	expect(readdirSync(place.cwd)).toEqual(["team.yaml"]);
	expect((await ask("--max-tokens", "100")).code).toBe(5);
});
