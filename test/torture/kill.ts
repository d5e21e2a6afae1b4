import { setTimeout as delay } from "node:timers/promises";
import { type ModelServerProcess, startModelServer } from "../fixtures/start-model-server.ts";
import { count, type Figures, winnerOf } from "./figures.ts";
import { ask, type Ended, finish, goOn, log, type Running, until } from "./run.ts";
import { type Ground, ground, type Habits } from "./team.ts";

const names = ["a", "b", "c"];

/** The undisturbed run that all others are compared with. */
export type Baseline = { readonly winner: string; readonly appends: number; readonly events: number; readonly ms: number };

/** A model server with its journal, and the undisturbed run of a team of three on it. */
export class Rack {
	readonly #server: ModelServerProcess;
	readonly #habits: Habits;
	readonly baseline: Baseline;

	private constructor(server: ModelServerProcess, habits: Habits, baseline: Baseline) {
		this.#server = server;
		this.#habits = habits;
		this.baseline = baseline;
	}

	static async build(journal: string, habits: Habits): Promise<Rack> {
		const server = await startModelServer(journal);
		const place = ground(server.url, names, habits);
		try {
			const { ms, code, stderr } = await ask(place).ended;
			if (code !== 0) throw new Error(`The undisturbed run failed:\n${stderr}`);
			const events = await log(place);
			const written = await appends(server, habits);
			if (written === 0) throw new Error("It does not die where it is told to.");
			return new Rack(server, habits, { winner: winnerOf(events), appends: written, events: events.length, ms });
		} finally {
			place.remove();
		}
	}

	stop(): void {
		this.#server.stop();
	}

	/**
	 * Dies before or after the nth append, goes on, counts. Replies that arrive together share an append, so a run may have
	 * fewer of them than the one in which they were counted: then it dies at an earlier one.
	 */
	async dieAt(figures: Figures, when: "before" | "after", append: number): Promise<void> {
		for (let at = append; at > 0; at--) {
			const died = await this.#case(figures, async (place) => {
				const ended = await ask(place, `${when} ${at}`).ended;
				return ended.signal === "SIGKILL" ? [ended] : undefined;
			});
			if (died) return;
		}
		throw new Error(`It did not die ${when} append ${append}, nor at an earlier one.`);
	}

	/** Is sent a signal after so many milliseconds, goes on, counts. */
	async signalAfter(figures: Figures, signal: NodeJS.Signals, ms: number): Promise<void> {
		await this.#case(figures, async (place) => [await signalled(ask(place), signal, ms)]);
	}

	/** The same several times in one turn: stopped, resumed, stopped, resumed. */
	async signalOften(figures: Figures, signal: NodeJS.Signals, times: number): Promise<void> {
		await this.#case(figures, async (place) => {
			const runs: Ended[] = [];
			for (let index = 0; index < times; index++) {
				const running = index === 0 ? ask(place) : goOn(place);
				// Once it works, a little later each time.
				await until(running, (told) => told.some(({ type }) => type === "step.started"));
				runs.push(await signalled(running, signal, 20 * index));
			}
			return runs;
		});
	}

	/** False if nothing was disturbed: then nothing is counted. */
	async #case(figures: Figures, disturb: (place: Ground) => Promise<readonly Ended[] | undefined>): Promise<boolean> {
		const place = ground(this.#server.url, names, this.#habits);
		try {
			const from = this.#server.journal().length;
			const disturbed = await disturb(place);
			if (!disturbed) return false;
			const last = await finish(place);
			// The journal is written before the answer, so it is complete.
			const calls = this.#server.journal().slice(from);
			const events = await log(place);
			const told = [...disturbed, last].flatMap((ended) => ended.told);
			const interruptions = disturbed.filter(({ code }) => code !== 0).length;
			count(figures, { events, told, calls, interruptions, winner: this.baseline.winner });
			return true;
		} finally {
			place.remove();
		}
	}
}

async function signalled(running: Running, signal: NodeJS.Signals, ms: number): Promise<Ended> {
	await delay(ms);
	running.child.kill(signal);
	return await running.ended;
}

/** In how many appends a run is written: the first number at which it does not die. */
async function appends(server: ModelServerProcess, habits: Habits): Promise<number> {
	let [survives, dies] = [4096, 0];
	while (survives - dies > 1) {
		const middle = Math.min(Math.floor((survives + dies) / 2), dies * 2 + 16);
		const place = ground(server.url, names, habits);
		const { signal } = await ask(place, `before ${middle}`).ended;
		place.remove();
		if (signal === "SIGKILL") dies = middle;
		else survives = middle;
	}
	return dies;
}
