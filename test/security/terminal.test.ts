import { spawn } from "@lydell/node-pty";
import { describe, expect, test } from "vitest";
import { clean, jsonText, oneLine } from "../../src/displays/clean.ts";
import { bin, Place } from "../e2e/program.ts";
import { injections } from "./injections.ts";

/** Clears the screen, fills the clipboard, renames the window, goes back, turns the direction, in seven and in eight bits. */
const attack = "\u001b[2J\u001b]52;c;QUJD\u0007\u001b]0;owned\u001b\\\u009b31m\u0090q\u009c\u009d0;t\u009c\r\b\u007f\u202eabc\u2066";
/** What may reach a terminal of all control characters, once our own sequences are taken out. */
const forbidden = /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;
/** Colours, the spinner's line and its cursor, and how a line editor draws itself. */
const own = new RegExp(`${String.fromCharCode(27)}\\[(?:\\d*(?:;\\d+)*m|\\d*[GAK]|\\?(?:25|2004|2026)[hl]|0?J)`, "g");

const say = (what: string) => `${what} ${attack} end`;
const team = JSON.stringify({
	agents: [
		["ada", [{ think: say("thought") }, { call: { tool: say("tool"), input: { path: say("input") } } }, { answer: say("answer") }]],
		["bob", [{ say: say("no ballot") }, { answer: say("other") }]],
		["cyd", [{ fail: { kind: "network", message: say("failure"), times: 1 } }, { answer: say("third") }]],
		["dan", [{ fail: { kind: "auth", message: say("refusal") } }]],
	].map(([id, moves]) => ({
		id,
		backend: { type: "simulated", script: [...(moves as object[]), { vote: 1, reason: say("reason") }] },
	})),
});

function withTeam(): Place {
	const place = new Place();
	place.write("team.yaml", team);
	return place;
}

const question = ["--config", "team.yaml", "--verbose", say("question")];

/** All that the program writes to a terminal. */
async function onTerminal(place: Place, words: readonly string[]): Promise<string> {
	const pty = spawn(process.execPath, [bin, ...words], { cols: 100, rows: 30, cwd: place.cwd, env: place.env({ TERM: "xterm-256color" }) });
	let text = "";
	pty.onData((data) => {
		text += data;
	});
	await new Promise((resolve) => pty.onExit(resolve));
	return text.replaceAll("\r\n", "\n").replace(own, "").replaceAll("\r", "");
}

test("texts come out without a character that acts on a terminal", () => {
	for (const { text } of [...injections, { text: attack }, { text: say("") }]) {
		expect(clean(text)).not.toMatch(forbidden);
		expect(oneLine(text)).not.toMatch(/\n|\t/);
		expect(oneLine(text)).not.toMatch(forbidden);
		expect(jsonText({ text }, 2)).not.toMatch(forbidden);
		expect(JSON.parse(jsonText({ text }))).toEqual({ text });
	}
	expect(clean(say("before"))).toBe("before \nabc end");
});

describe("what agents write", () => {
	test("reaches a pipe cleaned on stderr, and word for word as the answer on stdout", async () => {
		const place = withTeam();
		const { code, stdout, stderr } = await place.run(question);
		expect(code).toBe(0);
		for (const what of ["tool", "reason", "failure", "refusal", "question"]) expect(stderr).toContain(what);
		expect(stderr).not.toMatch(forbidden);
		expect(stdout).toContain(attack);
	});

	test("reaches a terminal cleaned, the answer too, and later what was stored of it", async () => {
		const place = withTeam();
		const asked = await onTerminal(place, question);
		expect(asked).toContain("answer \nabc end");
		expect(asked).not.toMatch(forbidden);
		const { stdout, stderr } = await place.run(["sessions", "rename", "last", say("name")]);
		expect(stdout + stderr).not.toMatch(forbidden);
		const commands = [
			"list",
			"show last",
			"show last --json",
			"inspect last",
			"inspect last all",
			"inspect last --json",
			"events last",
			"events last --json",
			"export last",
			"export last --format json",
			"export last --format toon",
			"metrics",
		];
		for (const command of commands) {
			const shown = await onTerminal(place, ["sessions", ...command.split(" ")]);
			expect({ command, shown: forbidden.exec(shown)?.[0] }).toEqual({ command, shown: undefined });
		}
	});

	test("reaches programs as JSON that a terminal can bear, with the same value", async () => {
		const place = withTeam();
		const { stdout } = await place.run([...question, "--output-format", "stream-json"]);
		expect(stdout).not.toMatch(forbidden);
		const lines = stdout
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line));
		expect(lines.at(-1).answer).toContain(attack);
	});

	test("reaches a conversation cleaned", async () => {
		const place = withTeam();
		const commands = [say("question"), "/history", "/status", "/votes", "/cost", "/inspect", "/exit"];
		const { stderr } = await place.run(["chat", "--config", "team.yaml"], { input: `${commands.join("\n")}\n` });
		expect(stderr).toContain("reason");
		expect(stderr).not.toMatch(forbidden);
	});

	test("makes no error message that acts on a terminal", async () => {
		const place = new Place();
		place.write("bad.yaml", `agents: [{ id: a, backend: { type: "simulated", "b\\e[2Jc": 1 } }]\n"x\\e]0;t\\a": 1\n`);
		for (const words of [
			["--config", "bad.yaml", "q"],
			["validate", "bad.yaml"],
			["--config", "bad.yaml", "--dry-run"],
			["--resume", attack.replaceAll("\u0000", ""), "q"],
			["--config", "no\u001b[2J.yaml", "q"],
			[`--\u001b[2J`],
		]) {
			const { stdout, stderr } = await place.run(words);
			expect({ words, shown: forbidden.exec(stdout + stderr)?.[0] }).toEqual({ words, shown: undefined });
		}
	});
});
