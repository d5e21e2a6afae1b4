import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type ModelServer, modelServer, teamFile } from "./model-server.ts";
import { Place } from "./program.ts";

const models = ["red", "green", "blue"];
const env = { TEST_KEY: "k" };

/** A team whose first two models answer, while the third one has only begun to. */
async function halfWay(): Promise<{ place: Place; server: ModelServer }> {
	const place = new Place();
	const server = await modelServer({ holdFrom: 3 });
	place.write("team.yaml", teamFile(server.url, models));
	return { place, server };
}

/** Every model has answered once and voted at most once, whatever happened in between. */
function paidOnce(server: ModelServer): void {
	const finished = server.calls.filter(({ answered }) => answered).map(({ model, task }) => `${model} ${task}`);
	expect(finished.sort()).toEqual([...new Set(finished)].sort());
	expect(finished).toEqual(expect.arrayContaining(models.map((model) => `${model} answer`)));
}

describe.each([
	["SIGINT", 130],
	["SIGTERM", 143],
	["SIGHUP", 129],
] as const)("%s", (signal, code) => {
	test(`ends with ${code}, keeps what there is, and the command it prints goes on from there`, async () => {
		const { place, server } = await halfWay();
		const run = place.start(["--config", "team.yaml", "--json", "Which colour?"], { env });
		await Promise.all([server.arrived(3), run.told("green answered"), run.told("red answered")]);
		run.child.kill(signal);
		const ended = await run.ended;
		const document = JSON.parse(ended.stdout);
		expect([ended.code, document.exit_code, document.outcome, document.answers.length, document.answer]).toEqual([
			code,
			code,
			"interrupted",
			2,
			null,
		]);
		expect(document.draft).toEqual({ agent: expect.any(String), text: expect.stringContaining("thinks about its answer") });
		expect(ended.stderr).toContain(`Interrupted (${signal}). Everything so far is saved.`);
		const command = /^Resume with: massgen (.*)$/m.exec(ended.stderr)?.[1]?.split(" ") ?? [];
		expect(document.resume).toBe(`massgen ${command.join(" ")}`);

		server.release();
		const resumed = await place.run([...command, "--json"], { env });
		expect(resumed.stderr).toContain("Going on with turn 1: round 1, 2 answers and 0 votes so far.");
		expect(JSON.parse(resumed.stdout)).toMatchObject({
			session_id: document.session_id,
			turn: 1,
			outcome: "completed",
			resume: null,
			usage: { possibly_paid_twice: 1 },
		});
		paidOnce(server);
	});
});

test("kill -9 loses nothing that was finished, and --continue goes on", async () => {
	const { place, server } = await halfWay();
	const run = place.start(["--config", "team.yaml", "Which colour?"], { env });
	await Promise.all([server.arrived(3), run.told("green answered"), run.told("red answered")]);
	run.child.kill("SIGKILL");
	expect(await run.ended).toMatchObject({ code: null, signal: "SIGKILL", stdout: "" });
	expect((await place.run(["--list-sessions"])).stdout).toMatch(/1 turn {2}interrupted/);

	server.release();
	const resumed = await place.run(["--continue", "--json"], { env });
	expect(JSON.parse(resumed.stdout)).toMatchObject({ turn: 1, outcome: "completed", answer: expect.stringMatching(/^The answer of/) });
	paidOnce(server);
});

test("the same question re-enters the open turn; another one closes it and is told of it", async () => {
	const { place, server } = await halfWay();
	const run = place.start(["--config", "team.yaml", "Which colour?"], { env });
	await Promise.all([server.arrived(3), run.told("green answered"), run.told("red answered")]);
	run.child.kill("SIGKILL");
	await run.ended;
	server.release();
	const other = await place.run(["--continue", "--json", "Which shape?"], { env });
	expect(other.stderr).toContain("Turn 1 was interrupted. You ask something else, so it ends here; what it wrote is kept.");
	expect(JSON.parse(other.stdout)).toMatchObject({ turn: 2, outcome: "completed" });
	expect(JSON.parse((await place.run(["sessions", "list", "--json"])).stdout).sessions).toMatchObject([{ turns: 2, status: "completed" }]);
});

test("a second signal ends it at once", async () => {
	const { place, server } = await halfWay();
	const run = place.start(["--config", "team.yaml", "-q", "Which colour?"], { env });
	await server.arrived(3);
	run.child.kill("SIGINT");
	run.child.kill("SIGTERM");
	const ended = await run.ended;
	expect([130, 143]).toContain(ended.code);
	expect(ended.stdout).toBe("");
});

test("with --automation an interruption is exit code 4", async () => {
	const { place, server } = await halfWay();
	const run = place.start(["--config", "team.yaml", "--automation", "Which colour?"], { env });
	await Promise.all([server.arrived(3), run.told("red answered")]);
	run.child.kill("SIGTERM");
	expect(await run.ended).toMatchObject({ code: 4, stdout: "" });
});

test("a signal while nothing has begun leaves nothing behind", async () => {
	const place = new Place();
	place.write("team.yaml", teamFile("http://127.0.0.1:1/v1", models));
	const run = place.start(["--config", "team.yaml", "-"], { env, keepStdin: true });
	// Its handlers are there once it waits for the question.
	await run.told("Waiting for the question on stdin");
	run.child.kill("SIGINT");
	expect(await run.ended).toMatchObject({ code: 130, stdout: "" });
	expect(readdirSync(place.cwd)).toEqual(["team.yaml"]);
	expect(readdirSync(join(place.home))).toEqual([]);
});

test("a session that another process drives is refused at once, with that process named", async () => {
	const { place, server } = await halfWay();
	const run = place.start(["--config", "team.yaml", "Which colour?"], { env });
	await server.arrived(3);
	const refused = await place.run(["--continue"], { env });
	expect(refused.code).toBe(1);
	expect(refused.stderr).toMatch(new RegExp(`is driven by process ${run.child.pid} on `));
	run.child.kill("SIGINT");
	await run.ended;
});

test("other flags on resume: a changed configuration needs --accept-config, a new limit does not", async () => {
	const { place, server } = await halfWay();
	const run = place.start(["--config", "team.yaml", "Which colour?"], { env });
	await Promise.all([server.arrived(3), run.told("green answered")]);
	run.child.kill("SIGINT");
	await run.ended;
	server.release();
	place.write("other.yaml", teamFile(server.url, ["red", "green", "black"]));
	const refused = await place.run(["--continue", "--config", "other.yaml"], { env });
	expect(refused).toMatchObject({ code: 1, stdout: "" });
	expect(refused.stderr).toContain("--accept-config");
	const resumed = await place.run(["--continue", "--timeout", "100", "--json"], { env });
	expect(JSON.parse(resumed.stdout)).toMatchObject({ turn: 1, outcome: "completed" });
});
