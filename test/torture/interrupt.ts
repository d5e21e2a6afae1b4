import { setTimeout as delay } from "node:timers/promises";
import type { ModelServerProcess } from "../fixtures/start-model-server.ts";
import { ask, log, type Running, until } from "./run.ts";
import { ground } from "./team.ts";

export type Stop = {
	/** From the signal to the record of the event, as it was read here, and to the end of the process. */
	readonly savedMs: number;
	readonly goneMs: number;
	/** Characters of drafts that the log has. */
	readonly saved: number;
	readonly code: number | null;
};

/** Ctrl+C while so many agents stream, each of them near the end of a text of 20 kB. */
export async function interrupt(server: ModelServerProcess, agents: number): Promise<Stop> {
	const names = Array.from({ length: agents }, (_, index) => `agent_${index + 1}`);
	// 500 pieces of 40 characters, 50 a second: ten seconds in all.
	const place = ground(server.url, names, { ttft: 20, rate: 50, tokens: 500, size: 40 });
	try {
		const running = ask(place);
		await until(running, (told) => told.filter(({ type }) => type === "step.started").length === agents);
		await delay(9000);
		const signalledAt = performance.now();
		running.child.kill("SIGINT");
		const savedAt = told(running, "turn.interrupted");
		const { code } = await running.ended;
		const goneMs = performance.now() - signalledAt;
		const drafts = (await log(place)).filter((event) => event.type === "draft.saved");
		return { savedMs: (await savedAt) - signalledAt, goneMs, saved: drafts.reduce((sum, { text }) => sum + text.length, 0), code };
	} finally {
		place.remove();
	}
}

async function told(running: Running, type: string): Promise<number> {
	await until(running, (records) => records.some((record) => record.type === type));
	return performance.now();
}

/** A second Ctrl+C right after the first: how long the process lives on. */
export async function interruptTwice(server: ModelServerProcess): Promise<number> {
	const place = ground(server.url, ["a", "b", "c"], { ttft: 20, rate: 20, tokens: 200 });
	try {
		const running = ask(place);
		await until(running, (records) => records.some(({ type }) => type === "step.started"));
		running.child.kill("SIGINT");
		await delay(3);
		const again = performance.now();
		running.child.kill("SIGINT");
		await running.ended;
		return performance.now() - again;
	} finally {
		place.remove();
	}
}
