/**
 * A process that uses a session, for tests that kill, stop or starve it.
 * `write DIRECTORY [EVENTS] [PAUSE_MS] [STALE_MS]` takes the lease, prints `drives EPOCH`, then appends and prints `N` for every event number
 * that was acknowledged. `acquire DIRECTORY` tries once, `ask DIRECTORY` starts a turn, too, `read DIRECTORY` reads first, `crowded DIRECTORY` tries with no file handle left. Both print `refused JSON` or `failed JSON` and end.
 */
import { openSync } from "node:fs";
import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import { openDatabase } from "../../../src/checkpoint/driver.ts";
import { usualRhythm } from "../../../src/checkpoint/liveness.ts";
import { openSession } from "../../../src/checkpoint/session-directory.ts";
import type { Unsaved } from "../../../src/core/events.ts";

const [mode = "", directory = "", count = "1000000", pauseMs = "0", staleMs = ""] = process.argv.slice(2);

const question: Unsaved = {
	at: Date.now(),
	turn: 1,
	attempt: 0,
	type: "turn.started",
	terms: {
		number: 1,
		question: "Is it safe?",
		protocol: "vote",
		agents: [],
		maxAnswers: 2,
		maxFailures: 1,
		maxSteps: 50,
		stop: "majority",
		presentation: "verbatim",
		maxRestarts: 0,
		ballot: true,
		seed: 1,
		limits: { onLimit: "wrap_up", graceMs: 1_000 },
		prompts: 1,
	},
};

function print(line: string): void {
	process.stdout.write(`${line}\n`);
}

function describe(error: unknown): string {
	return JSON.stringify(error instanceof Error ? { ...error, name: error.name, message: error.message } : { message: String(error) });
}

// Going over a limit on file sizes is a signal, too; ignored, the write fails with an error as on a full disk.
process.on("SIGXFSZ", () => undefined);

/** The superuser may write anything. What is loaded late is loaded before: the project may lie where nobody else may look. */
function becomeSomebodyElse(): void {
	if (process.getuid?.() !== 0) return;
	openDatabase(":memory:").close();
	process.setuid?.(65_534);
}

function openAsManyFilesAsPossible(): void {
	try {
		for (;;) {
			openSync("/dev/null", "r");
		}
	} catch {
		// That was the last one.
	}
}

async function main(): Promise<void> {
	const rhythm = staleMs === "" ? usualRhythm : { beatMs: Number(staleMs) / 4, staleMs: Number(staleMs) };
	const started = performance.now();
	try {
		if (mode === "crowded") {
			await (await openSession(directory)).close();
			openAsManyFilesAsPossible();
		}
		if (mode === "read") {
			becomeSomebodyElse();
		}
		const store = await openSession(directory, { rhythm });
		if (mode === "read") {
			for await (const page of store.read()) {
				print(`read ${page.length}`);
			}
		}
		const lease = await store.acquire();
		await lease.addDrafts([{ step: "s", agent: "ada", text: "half a sentence" }]);
		print(`drives ${lease.epoch}`);
		if (mode === "ask") {
			await lease.append([question]);
			print("asked");
		}
		if (mode === "acquire" || mode === "ask") {
			process.stdin.resume();
			await new Promise((resolve) => process.stdin.on("end", resolve));
			await store.close();
			return;
		}
		lease.lost.addEventListener("abort", () => print(`lost ${describe(lease.lost.reason)}`));
		for (let round = 0; lease.seq < Number(count); round++) {
			const step = `s${round}`;
			await lease.addDrafts([{ step, agent: "ada", text: "half a sentence " }]);
			const events = await lease.append(
				Array.from({ length: 1 + (round % 3) }, () => ({
					at: Date.now(),
					turn: 1,
					attempt: 1,
					type: "message.added",
					text: "x".repeat((round * 37) % 3_000),
					to: [],
				})),
				{ finished: [step] },
			);
			print(String(events.at(-1)?.seq));
			await (Number(pauseMs) > 0 ? delay(Number(pauseMs)) : nextTurn());
		}
		await store.close();
		print("done");
	} catch (error) {
		const ms = performance.now() - started;
		print(`${mode === "acquire" ? "refused" : "failed"} ${JSON.stringify({ ...JSON.parse(describe(error)), ms })}`);
	}
}

await main();
