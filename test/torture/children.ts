import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { ask, finish, log } from "./run.ts";
import { type Ground, groundOfCliAgents } from "./team.ts";

export type Orphans = {
	readonly killed: boolean;
	readonly finished: boolean;
	/** The most children that one agent had at a time, and those of all agents that live on in the end. */
	readonly atOnce: number;
	readonly left: number;
	readonly ms: number;
};

/** Kills a team of CLI agents after so many milliseconds (0: not at all), goes on, and looks after its children. Linux only. */
export async function killWithChildren(ms: number): Promise<Orphans> {
	const place = groundOfCliAgents();
	try {
		let atOnce = 0;
		const watching = setInterval(() => {
			const kinds = children(place).map(({ kind }) => kind);
			atOnce = Math.max(atOnce, ...kinds.map((kind) => kinds.filter((other) => other === kind).length));
		}, 10);
		const running = ask(place);
		if (ms > 0) {
			await delay(ms);
			running.child.kill("SIGKILL");
		}
		const first = await running.ended;
		if (first.signal === "SIGKILL") await finish(place);
		await delay(300);
		clearInterval(watching);
		const ended = (await log(place)).some((event) => event.type === "turn.ended" && event.outcome === "completed");
		return { killed: first.signal === "SIGKILL", finished: ended, atOnce, left: children(place).length, ms: first.ms };
	} finally {
		place.remove();
	}
}

/** Processes that play a CLI agent of this place: they have its directory in their environment. */
function children(place: Ground): readonly { readonly pid: number; readonly kind: string }[] {
	return readdirSync("/proc").flatMap((name) => {
		if (!/^\d+$/.test(name)) return [];
		try {
			const environment = readFileSync(`/proc/${name}/environ`, "utf8");
			const words = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0");
			const program = words.findIndex((word) => word.endsWith("fake-cli.mjs"));
			const isOurs = environment.includes(`FAKE_CLI_HOME=${place.env.FAKE_CLI_HOME}`);
			// One asked for its version or login is gone in a moment and works on nothing.
			const isProbe = words.includes("--version") || words.includes("login");
			return isOurs && program > 0 && !isProbe ? [{ pid: Number(name), kind: words[program + 1] ?? "" }] : [];
		} catch {
			// It has ended while we looked, or is not ours to look at.
			return [];
		}
	});
}
