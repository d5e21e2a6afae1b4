/**
 * Kills, stops and interrupts the built program and prints what came of it: npm run torture [-- appends times signals
 * children crowd stopped interrupt] [--every N] [--times N]. Without names, all of it; it takes some minutes.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startModelServer } from "../fixtures/start-model-server.ts";
import { killWithChildren } from "./children.ts";
import { noFigures, table } from "./figures.ts";
import { interrupt, interruptTwice } from "./interrupt.ts";
import { Rack } from "./kill.ts";
import { resumeTogether, wakeAfterTakeover } from "./takeover.ts";

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: { every: { type: "string", default: "1" }, times: { type: "string", default: "300" } },
});
const asked = (part: string) => positionals.length === 0 || positionals.includes(part);
const directory = mkdtempSync(join(tmpdir(), "massgen-rack-"));
let isWell = true;

function judge(text: string, isGood: boolean): void {
	console.log(`${text}\n`);
	if (!isGood) isWell = false;
}

async function kills(): Promise<void> {
	const rack = await Rack.build(join(directory, "journal.jsonl"), { ttft: 3, rate: 4000, tokens: 8, tools: 8, answers: 2 });
	const { appends, events, ms } = rack.baseline;
	console.log(`A turn of three agents with tools: ${events} events in ${appends} appends, ${(ms / 1000).toFixed(1)} s.\n`);
	try {
		if (asked("appends")) {
			const figures = noFigures();
			for (let append = 1; append <= appends; append += Number(values.every)) {
				await rack.dieAt(figures, "before", append);
				await rack.dieAt(figures, "after", append);
			}
			judge(table("SIGKILL before and after every append", figures), isIntact(figures));
		}
		if (asked("times")) {
			const figures = noFigures();
			for (let index = 0; index < Number(values.times); index++) await rack.signalAfter(figures, "SIGKILL", Math.random() * ms);
			judge(table("SIGKILL at random times", figures), isIntact(figures));
		}
		if (asked("signals")) {
			for (const signal of ["SIGKILL", "SIGINT", "SIGTERM", "SIGHUP"] as const) {
				const figures = noFigures();
				for (let index = 0; index < 10; index++) await rack.signalOften(figures, signal, 4);
				judge(table(`${signal} four times in one turn`, figures), isIntact(figures));
			}
		}
	} finally {
		rack.stop();
	}
}

function isIntact({ eventsLost, completedRepeated, otherWinner, notFinished, mostPerAgent }: ReturnType<typeof noFigures>): boolean {
	return eventsLost + completedRepeated + otherWinner + notFinished === 0 && mostPerAgent <= 1;
}

async function cliAgents(): Promise<void> {
	const { ms } = await killWithChildren(0);
	const sum = { kills: 0, finished: 0, mostPerAgent: 0, left: 0 };
	for (let index = 0; index < Number(values.times) / 10; index++) {
		const { killed, finished, atOnce, left } = await killWithChildren(Math.random() * ms);
		sum.kills += killed ? 1 : 0;
		sum.finished += finished ? 1 : 0;
		sum.mostPerAgent = Math.max(sum.mostPerAgent, atOnce);
		sum.left += left;
		if (!finished || left > 0 || atOnce > 1) isWell = false;
	}
	console.log(
		`SIGKILL with two CLI agents at work: ${sum.kills} kills, ${sum.finished} turns finished after them; at most ${sum.mostPerAgent} child per agent at a time, ${sum.left} left in the end.\n`,
	);
}

async function others(): Promise<void> {
	const server = await startModelServer();
	try {
		if (asked("crowd")) {
			const { drove, refused, others, refusedMs } = await resumeTogether(server, 20);
			const [fastest = 0, slowest = 0] = [refusedMs[0], refusedMs.at(-1)];
			judge(
				`20 processes resume one session: ${drove} drove, ${refused} were told by whom (from start to exit ${fastest.toFixed(0)} to ${slowest.toFixed(0)} ms, all at once on ${cpus().length} cores).${others.map((other) => `\n${other}`).join("")}`,
				drove === 1 && refused === 19,
			);
		}
		if (asked("stopped")) {
			const { takenOver, wroteAfter, code, said } = await wakeAfterTakeover(server);
			judge(
				`A stopped process wakes after a takeover${takenOver ? "" : " (which failed)"}: it wrote ${wroteAfter} events, ended with ${code} and said: ${said}`,
				takenOver && wroteAfter === 0,
			);
		}
		if (asked("interrupt")) {
			console.log(
				"| Ctrl+C with 100 agents that stream 20 kB each | saved after ms | gone after ms | saved, characters | exit code |\n|---|---|---|---|---|",
			);
			for (let index = 1; index <= 5; index++) {
				const { savedMs, goneMs, saved, code } = await interrupt(server, 100);
				console.log(`| ${index} | ${savedMs.toFixed(0)} | ${goneMs.toFixed(0)} | ${saved} | ${code} |`);
				if (saved === 0) isWell = false;
			}
			const again = [];
			for (let index = 0; index < 10; index++) again.push(await interruptTwice(server));
			console.log(
				`\nAfter a second Ctrl+C it is gone within ${again
					.sort((a, b) => a - b)
					.map((ms) => ms.toFixed(0))
					.join(", ")} ms.\n`,
			);
		}
	} finally {
		server.stop();
	}
}

try {
	if (["appends", "times", "signals"].some(asked)) await kills();
	if (asked("children")) await cliAgents();
	if (["crowd", "stopped", "interrupt"].some(asked)) await others();
	console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model.trim() ?? "unknown processor"}.`);
} finally {
	rmSync(directory, { recursive: true, force: true });
}
process.exitCode = isWell ? 0 : 1;
