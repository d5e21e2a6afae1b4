import { type IPty, spawn } from "@lydell/node-pty";
import { expect, onTestFinished, test } from "vitest";
import { modelServer, teamFile } from "./model-server.ts";
import { bin, Place } from "./program.ts";

type Screen = { readonly pty: IPty; readonly text: () => string; readonly ended: Promise<number>; shows(text: string): Promise<void> };

const hideCursor = "\u001b[?25l";
const showCursor = "\u001b[?25h";
const color = new RegExp(`${String.fromCharCode(27)}\\[\\d\\dm`);

function open(place: Place, words: readonly string[], env: Record<string, string> = {}): Screen {
	const pty = spawn(process.execPath, [bin, ...words], {
		cols: 100,
		rows: 30,
		cwd: place.cwd,
		env: place.env({ TERM: "xterm-256color", ...env }),
	});
	let text = "";
	const waiting = new Set<() => void>();
	pty.onData((data) => {
		text += data;
		for (const look of waiting) look();
	});
	const ended = new Promise<number>((resolve) => pty.onExit(({ exitCode }) => resolve(exitCode)));
	onTestFinished(() => {
		try {
			pty.kill("SIGKILL");
		} catch {
			// It has ended.
		}
	});
	const shows = (wanted: string) =>
		new Promise<void>((resolve, reject) => {
			const look = () => {
				if (!text.includes(wanted)) return;
				waiting.delete(look);
				resolve();
			};
			waiting.add(look);
			look();
			void ended.then(() => reject(new Error(`It ended without showing ${JSON.stringify(wanted)}:\n${text}`)));
		});
	return { pty, text: () => text, ended, shows };
}

const offline = ["--config", "@examples/offline/three_agents", "What is a monad?"];

test("M61: a terminal shows what each agent is doing, then the answer, and gets its cursor back", async () => {
	const { ended, text } = open(new Place(), offline);
	expect(await ended).toBe(0);
	expect(text()).toMatch(/Round 1, 0 answers, 0 votes/);
	expect(text()).toMatch(/ {2}ada {3}\w/);
	expect(text()).toMatch(color);
	expect(text()).toContain("Simulated answer");
	expect(text().lastIndexOf(showCursor)).toBeGreaterThan(text().lastIndexOf(hideCursor));
});

test.each([
	["NO_COLOR=1", [], { NO_COLOR: "1" }],
	["--no-color", ["--no-color"], {}],
	["TERM=dumb", [], { TERM: "dumb" }],
])("%s: no colours", async (_, flags, env) => {
	const { ended, text } = open(new Place(), [...offline, ...flags], env);
	expect(await ended).toBe(0);
	expect(text()).not.toMatch(color);
});

test("TERM=dumb gets plain lines", async () => {
	const dumb = open(new Place(), offline, { TERM: "dumb" });
	await dumb.ended;
	expect(dumb.text()).not.toContain("\u001b");
});

test("Ctrl+C stops, saves, says how to go on, and gives the cursor back", async () => {
	const place = new Place();
	const server = await modelServer({ holdFrom: 1 });
	place.write("team.yaml", teamFile(server.url, ["red", "green"]));
	const { pty, ended, text, shows } = open(place, ["--config", "team.yaml", "Which colour?"], { TEST_KEY: "k" });
	await shows("writes, ");
	pty.write("\u0003");
	expect(await ended).toBe(130);
	expect(text()).toMatch(/Resume with: massgen --resume session_\d+_\d+/);
	expect(text().lastIndexOf(showCursor)).toBeGreaterThan(text().lastIndexOf(hideCursor));
});

test("a terminal that is closed leaves a turn that can go on", async () => {
	const place = new Place();
	const server = await modelServer({ holdFrom: 1 });
	place.write("team.yaml", teamFile(server.url, ["red", "green"]));
	const { pty, ended, shows } = open(place, ["--config", "team.yaml", "Which colour?"], { TEST_KEY: "k" });
	await shows("writes, ");
	pty.kill("SIGHUP");
	await ended;
	expect((await place.run(["--list-sessions"])).stdout).toMatch(/1 turn {2}interrupted/);
});
