import { setTimeout as delay } from "node:timers/promises";
import type { ModelServerProcess } from "../fixtures/start-model-server.ts";
import { ask, type Ended, goOn, log, until } from "./run.ts";
import { ground } from "./team.ts";

/** A pace at which a turn takes some seconds, so that others meet it while it is driven. */
const slow = { ttft: 20, rate: 50, tokens: 60, tools: 0, answers: 1 };

const isWorking = (told: Ended["told"]) => told.some(({ type }) => type === "step.started");

export type Crowd = {
	readonly drove: number;
	readonly refused: number;
	readonly others: readonly string[];
	readonly refusedMs: readonly number[];
};

/** So many processes resume one session at once: one drives, the others are told by whom. */
export async function resumeTogether(server: ModelServerProcess, processes: number): Promise<Crowd> {
	const place = ground(server.url, ["a", "b", "c"], slow);
	try {
		const first = ask(place);
		await until(first, isWorking);
		first.child.kill("SIGKILL");
		await first.ended;
		const crowd = await Promise.all(Array.from({ length: processes }, () => goOn(place).ended));
		const drove = crowd.filter(({ code }) => code === 0);
		const refused = crowd.filter(({ code, stderr }) => code === 1 && /is driven by process \d+ on /.test(stderr));
		const others = crowd
			.filter((ended) => !drove.includes(ended) && !refused.includes(ended))
			.map(({ code, stderr }) => `${code}: ${stderr}`);
		const refusedMs = refused.map(({ ms }) => ms).sort((a, b) => a - b);
		return { drove: drove.length, refused: refused.length, others, refusedMs };
	} finally {
		place.remove();
	}
}

export type Awakening = { readonly takenOver: boolean; readonly wroteAfter: number; readonly code: number | null; readonly said: string };

/** A process is stopped for longer than its lease lives, another one takes over and finishes; then the first one wakes. */
export async function wakeAfterTakeover(server: ModelServerProcess, stoppedMs = 16_000): Promise<Awakening> {
	const place = ground(server.url, ["a", "b", "c"], slow);
	const first = ask(place);
	try {
		await until(first, isWorking);
		await delay(100);
		first.child.kill("SIGSTOP");
		await delay(stoppedMs);
		const second = await goOn(place).ended;
		const before = (await log(place)).length;
		first.child.kill("SIGCONT");
		const { code, stderr } = await first.ended;
		const wroteAfter = (await log(place)).length - before;
		return { takenOver: second.code === 0, wroteAfter, code, said: stderr.trim().split("\n").slice(-2).join(" ") };
	} finally {
		first.child.kill("SIGKILL");
		place.remove();
	}
}
