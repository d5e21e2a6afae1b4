import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { modelServer, teamFile } from "./model-server.ts";
import { Place } from "./program.ts";
import { openScreen, type Screen } from "./screen.ts";

const offline = ["--config", "@examples/offline/three_agents"];
const env = { TEST_KEY: "k" };
const ctrlC = "\u0003";
const ctrlD = "\u0004";

/** A conversation that waits for its first input. */
async function chat(place: Place, words: readonly string[] = offline, prompt = "[default] You: "): Promise<Screen> {
	const screen = openScreen(place, ["chat", ...words], env);
	await screen.shows(prompt);
	return screen;
}

/** A team of which the model server answers nothing from the n-th call on. */
async function held(holdFrom: number, models: readonly string[] = ["red", "green"]) {
	const place = new Place();
	const server = await modelServer({ holdFrom });
	place.write("team.yaml", teamFile(server.url, models));
	return { place, server };
}

const configured = ["--config", "team.yaml"];

test("M4: the first lines tell the team, the commands, how to write several lines and how to stop", async () => {
	const screen = openScreen(new Place(), ["chat", ...offline]);
	const shown = await screen.shows("[default] You: ");
	for (const part of ["3 agents, deciding by vote", "ada: simulated", "/help /status", '"""', "Ctrl+C or Esc"])
		expect(shown).toContain(part);
});

test("A22, A23, M19, S6: prompts name the session, and an exchange is told when it goes on", async () => {
	const place = new Place();
	const screen = await chat(place, [...offline, "--session", "work"], "[work] You: ");
	screen.types("What is a monad?");
	await screen.shows("[work] Assistant:");
	await screen.shows("Simulated answer");
	await screen.shows("[work] You: ");
	screen.types("/quit");
	expect(await screen.ended).toBe(0);
	expect(screen.text()).toContain("Goodbye. Go on with: massgen chat --session work");
	const again = openScreen(place, ["chat", "--session", "work"]);
	await again.shows("Resumed work (2 messages): 1 turn, the next is turn 2.");
	await again.shows("[work] You: ");
	again.types("/status");
	await again.shows("Messages:      2");
	again.pty.write(ctrlD);
	expect(await again.ended).toBe(0);
});

test("M6, M7: every question is worked on by all, and told all that was said before", async () => {
	const { place, server } = await held(Number.POSITIVE_INFINITY);
	const screen = await chat(place, configured);
	screen.types("Which colour?");
	await screen.shows("Assistant:");
	await screen.shows("You: ");
	screen.types("And which shape?");
	await screen.shows("Turn 2");
	await screen.shows("Assistant:");
	const models = server.calls.map(({ model }) => model);
	expect(models.filter((model) => model === "red")).toHaveLength(4);
	expect(server.asked.at(-1)).toContain("Which colour?");
});

test("M5: three quotes hold several lines, in both kinds, in one line or in many", async () => {
	const place = new Place();
	const screen = await chat(place);
	screen.types('"""first');
	await screen.shows("... ");
	screen.types("second");
	screen.types('third""" dropped');
	await screen.shows("Assistant:");
	await screen.shows("You: ");
	screen.types("'''one line'''");
	await screen.shows("Assistant:");
	const { stdout } = await place.run(["sessions", "export", "default", "--json"]);
	expect(JSON.parse(stdout).map(({ content }: { content: string }) => content)).toMatchObject([
		"first\nsecond\nthird",
		expect.any(String),
		"one line",
		expect.any(String),
	]);
});

test("what is pasted is one question, however many lines it has", async () => {
	const place = new Place();
	const screen = await chat(place);
	screen.pty.write("\u001b[200~line one\nline two\n\tline three\u001b[201~");
	await screen.shows("[3 lines #1]");
	screen.types(" please");
	await screen.shows("Assistant:");
	const { stdout } = await place.run(["sessions", "export", "default", "--json"]);
	expect(JSON.parse(stdout)[0].content).toBe("line one\nline two\n\tline three please");
});

test("M1: massgen alone opens a conversation in a new session with the configuration of the directory", async () => {
	const place = new Place();
	mkdirSync(join(place.cwd, ".massgen"));
	writeFileSync(join(place.cwd, ".massgen", "config.yaml"), "agents:\n  - id: solo\n    backend: { type: simulated }\n");
	const screen = openScreen(place, []);
	await screen.shows("massgen: one agent");
	await screen.shows("You: ");
	screen.types("Hello?");
	await screen.shows("Session session_");
	await screen.shows("Simulated answer");
	screen.types("/quit");
	expect(await screen.ended).toBe(0);
	const command = /Go on with: massgen (.*?)\r/.exec(screen.text())?.[1]?.split(" ") ?? [];
	const again = openScreen(place, command);
	await again.shows("(2 messages): 1 turn, the next is turn 2.");
});

describe("while the team works", () => {
	test("M29, M36, M41: Ctrl+C saves the turn and comes back; the next question ends it and never overwrites it", async () => {
		const { place, server } = await held(2);
		const screen = await chat(place, configured);
		screen.types("Which colour?");
		await Promise.all([server.arrived(2), screen.shows("answered")]);
		screen.pty.write(ctrlC);
		await screen.shows("Stopped and saved. /continue goes on with it");
		await screen.shows("[default] You: ");
		const session = join(place.cwd, ".massgen", "sessions", "default");
		expect(JSON.parse(readFileSync(join(session, "turn_1", "metadata.json"), "utf8"))).toMatchObject({ status: "incomplete", turn: 1 });
		server.release();
		screen.types("Which shape?");
		await screen.shows("Turn 1 ends here, unfinished.");
		await screen.shows("Assistant:");
		expect(readdirSync(session)).toEqual(expect.arrayContaining(["turn_1", "turn_2"]));
		expect(JSON.parse(readFileSync(join(session, "turn_1", "metadata.json"), "utf8"))).toMatchObject({
			task: "Which colour?",
			outcome: "cancelled",
		});
	});

	test("M39: the turn after a stopped one is told everything that it had brought", async () => {
		const { place, server } = await held(2);
		const screen = await chat(place, configured);
		screen.types("Which colour?");
		await Promise.all([server.arrived(2), screen.shows("answered")]);
		screen.pty.write(ctrlC);
		await screen.shows("[default] You: ");
		server.release();
		screen.types("Which shape?");
		await screen.shows("Assistant:");
		const last = server.asked.at(-1) ?? "";
		for (const part of ["Which colour?", "This question was stopped before the team had decided", "The answer of"])
			expect(last).toContain(part);
	});

	test("Esc stops it too, and /continue goes on: what was paid for is not paid for again", async () => {
		const { place, server } = await held(2);
		const screen = await chat(place, configured);
		screen.types("Which colour?");
		await Promise.all([server.arrived(2), screen.shows("answered")]);
		screen.pty.write("\u001b");
		await screen.shows("Stopped and saved.");
		await screen.shows("[default] You: ");
		server.release();
		screen.types("/continue");
		await screen.shows("Going on with turn 1");
		await screen.shows("[default] Assistant:");
		const answered = server.calls.filter(({ answered }) => answered).map(({ model, task }) => `${model} ${task}`);
		expect(answered.sort()).toEqual([...new Set(answered)].sort());
	});

	test("Ctrl+C right behind the question is not lost while the program still loads", async () => {
		const { place, server } = await held(1);
		const screen = await chat(place, configured);
		screen.pty.write(`Which colour?\r${ctrlC}`);
		await screen.shows("Stopped and saved.");
		await screen.shows("[default] You: ");
		server.release();
		screen.types("/continue");
		await screen.shows("Assistant:");
	});

	test("M30: the second Ctrl+C leaves at once, and what was there is there", async () => {
		const { place, server } = await held(2);
		const screen = await chat(place, configured);
		screen.types("Which colour?");
		await Promise.all([server.arrived(2), screen.shows("answered")]);
		screen.pty.write(ctrlC + ctrlC);
		expect(await screen.ended).toBe(130);
		expect((await place.run(["--list-sessions"])).stdout).toMatch(/default .*1 turn {2}interrupted/);
	});

	test("what is typed goes to the agents, /cancel ends the turn for good", async () => {
		const { place, server } = await held(1);
		const screen = await chat(place, configured);
		screen.types("Which colour?");
		await server.arrived(2);
		screen.types("think of the sea");
		await screen.shows("You to red and green: think of the sea");
		screen.types("/nonsense");
		await screen.shows("While the team works there are /cancel");
		screen.types("/cancel");
		await screen.shows("Cancelled: cancelled by the user");
		await screen.shows("[default] You: ");
		screen.types("/continue");
		await screen.shows("No turn is open.");
	});
});

test("M38: after kill -9 the next conversation tells what there is, and /continue goes on with it", async () => {
	const { place, server } = await held(2);
	const screen = await chat(place, configured);
	screen.types("Which colour?");
	await Promise.all([server.arrived(2), screen.shows("answered")]);
	screen.pty.kill("SIGKILL");
	await screen.ended;
	server.release();
	const again = openScreen(place, ["chat"], env);
	await again.shows('Turn 1 was interrupted in round 1: "Which colour?"');
	await again.shows("Answers so far: ");
	await again.shows("/continue goes on with it.");
	await again.shows("You: ");
	again.types("/continue");
	await again.shows("Going on with turn 1");
	await again.shows("[default] Assistant:");
	const answered = server.calls.filter(({ answered }) => answered).map(({ model, task }) => `${model} ${task}`);
	expect(answered.sort()).toEqual([...new Set(answered)].sort());
});

test("a terminal that closes while the team works leaves a turn that can go on", async () => {
	const { place, server } = await held(2);
	const screen = await chat(place, configured);
	screen.types("Which colour?");
	await Promise.all([server.arrived(2), screen.shows("answered")]);
	screen.pty.kill("SIGHUP");
	expect(await screen.ended).not.toBe(0);
	expect((await place.run(["--list-sessions"])).stdout).toMatch(/default .*1 turn {2}interrupted/);
});

test("M21: at an empty prompt Ctrl+C asks once, then leaves; a line that was begun is only taken away", async () => {
	const screen = await chat(new Place());
	screen.pty.write("half a question");
	await screen.shows("half a question");
	screen.pty.write(ctrlC);
	await screen.shows("You: ");
	screen.pty.write(ctrlC);
	await screen.shows("Ctrl+C once more leaves.");
	await screen.shows("You: ");
	screen.pty.write(ctrlC);
	expect(await screen.ended).toBe(0);
});

test("M11, M20, A32, S14: /help lists the commands, in any case; an unknown one is answered with the nearest; an empty line does no harm", async () => {
	const screen = await chat(new Place());
	screen.types("/HELP");
	const help = await screen.shows("Ctrl+D leaves");
	for (const name of [
		"status",
		"sessions",
		"new",
		"resume",
		"previous",
		"clear",
		"undo",
		"export",
		"import",
		"delete",
		"inspect",
		"fork",
		"rename",
		"cost",
		"votes",
		"continue",
		"context",
		"config",
		"cancel",
		"quit",
	])
		expect(help).toContain(`/${name}`);
	screen.types("/stauts");
	await screen.shows("There is no command /stauts. Did you mean /status?");
	screen.types("");
	await screen.shows("Ask a question, or /help.");
	screen.types("exit");
	expect(await screen.ended).toBe(0);
});

test("what was typed is remembered across conversations, for its owner only", async () => {
	const place = new Place();
	const first = await chat(place);
	first.types("/context");
	await first.shows("No files");
	first.types("/quit");
	await first.ended;
	const file = join(place.home, ".massgen", "history");
	expect(statSync(file).mode & 0o777).toBe(0o600);
	const second = await chat(place);
	second.pty.write("\u001b[A\u001b[A\r");
	await second.shows("No files go with the next question.");
});

test("Tab completes commands and paths", async () => {
	const place = new Place();
	place.write("notes.txt", "The sea is grey.");
	const screen = await chat(place);
	screen.pty.write("/sta\t");
	await screen.shows("/status");
	screen.pty.write("\r");
	await screen.shows("Session ID:    default");
	await screen.shows("You: ");
	screen.pty.write("look at @no\t");
	await screen.shows("@notes.txt");
	screen.pty.write("\r");
	await screen.shows("Assistant:");
	const { stdout } = await place.run(["sessions", "export", "default", "--json"]);
	expect(JSON.parse(stdout)[0].content).toBe("look at @notes.txt\n\nFile notes.txt:\n```\nThe sea is grey.\n```");
});

test("two conversations in one session: the second is refused while the first works, stays at its prompt, and then sees it all", async () => {
	const { place, server } = await held(2);
	const first = await chat(place, configured);
	const second = await chat(place, configured);
	first.types("Which colour?");
	await Promise.all([server.arrived(2), first.shows("answered")]);
	second.types("Which shape?");
	await second.shows("is driven by process");
	await second.shows("[default] You: ");
	first.pty.write(ctrlC);
	await first.shows("[default] You: ");
	first.pty.write(ctrlD);
	await first.ended;
	server.release();
	second.types("/continue");
	await second.shows("Going on with turn 1");
	await second.shows("Assistant:");
});

test("10 MB that are pasted are one question; more are refused with the way to say it otherwise", async () => {
	const place = new Place();
	const screen = await chat(place);
	screen.pty.write(`\u001b[200~${"x".repeat(10_000_001)}\u001b[201~`);
	await screen.shows("characters #1]");
	screen.pty.write("\r");
	await screen.shows("longer than 10 MB. Put it into files");
	await screen.shows("[default] You: ");
	screen.pty.write(ctrlD);
	expect(await screen.ended).toBe(0);
});

test("what is wrong at the start is said before the terminal is taken, and the terminal is given back at the end", async () => {
	const wrong = openScreen(new Place(), ["chat", "--config", "nowhere.yaml"]);
	expect(await wrong.ended).toBe(1);
	expect(wrong.text()).toContain("There is no configuration nowhere.yaml.");
	expect(wrong.text()).not.toContain("\u001b[?2004h");
	const screen = await chat(new Place());
	screen.pty.write(ctrlD);
	await screen.ended;
	expect(screen.text().lastIndexOf("\u001b[?2004l")).toBeGreaterThan(screen.text().lastIndexOf("\u001b[?2004h"));
});

test("/resume without an id lets you choose, also none; where there is nothing to choose from it says so", async () => {
	const place = new Place();
	const screen = await chat(place);
	screen.types("/resume");
	await screen.shows("There is no session to go on with yet.");
	await screen.shows("You: ");
	screen.types("Why?");
	await screen.shows("Assistant:");
	await screen.shows("You: ");
	screen.types("/new other");
	await screen.shows("[other] You: ");
	screen.types("/resume");
	await screen.shows("Which session?");
	screen.pty.write(ctrlC);
	await screen.shows("[other] You: ");
	screen.types("/resume");
	await screen.shows("Which session?");
	screen.pty.write("\r");
	await screen.shows("Resumed default (2 messages)");
	await screen.shows("[default] You: ");
	screen.types("/quit");
	expect(await screen.ended).toBe(0);
});

test("M15: in a terminal /inspect is a menu", async () => {
	const screen = await chat(new Place());
	screen.types("Why?");
	await screen.shows("Assistant:");
	await screen.shows("You: ");
	screen.types("/inspect");
	await screen.shows("Look at: ");
	screen.types("2");
	await screen.shows("agent2.1, written in round 1:");
	await screen.shows("Look at: ");
	screen.types("s");
	await screen.shows("wins: majority");
	await screen.shows("Look at: ");
	screen.types("x");
	await screen.shows("There is no x in the list.");
	screen.types("q");
	await screen.shows("[default] You: ");
});

test("M13: /config opens the configuration in the editor; before the first question the conversation takes what it says then", async () => {
	const place = new Place();
	place.write("team.yaml", "agents:\n  - id: solo\n    backend: { type: simulated }\n");
	const screen = openScreen(place, ["chat", "--config", "team.yaml"], { EDITOR: "sed -i s/solo/duo/" });
	await screen.shows("You: ");
	screen.types("/config");
	await screen.shows("The team: duo.");
	await screen.shows("You: ");
	screen.types("/quit");
	expect(await screen.ended).toBe(0);
});

test("a terminal that can do no more than lines: questions, words for the agents, Ctrl+C once and twice, no escape sequences", async () => {
	const { place, server } = await held(2);
	const screen = openScreen(place, ["chat", ...configured], { ...env, TERM: "dumb" });
	await screen.shows("[default] You: ");
	screen.types("Which colour?");
	await Promise.all([server.arrived(2), screen.shows("answered")]);
	screen.types("think of the sea");
	await screen.shows("You to red and green: think of the sea");
	screen.pty.write(ctrlC);
	await screen.shows("Stopped and saved.");
	await screen.shows("[default] You: ");
	screen.pty.write(ctrlC);
	await screen.shows("Ctrl+C once more leaves.");
	screen.pty.write(ctrlC);
	expect(await screen.ended).toBe(0);
	expect(screen.text()).not.toContain("\u001b");
});

test("what is typed while the answer is being shown is the next question, not lost", async () => {
	const place = new Place();
	const screen = await chat(place);
	screen.types("One?");
	await screen.shows("wins: majority");
	screen.types("Two?");
	await screen.shows("Turn 2");
	await screen.shows("Assistant:");
	screen.types("/quit");
	expect(await screen.ended).toBe(0);
});
