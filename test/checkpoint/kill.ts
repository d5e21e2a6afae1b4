import { setTimeout as delay } from "node:timers/promises";
import { openSession } from "../../src/checkpoint/session-directory.ts";
import { run } from "./child.ts";

export type KillReport = { readonly kills: number; readonly acknowledged: number; readonly lost: number; readonly vanished: number };

/**
 * Kills a writing process again and again at random times while a second one follows, and compares what the writer was
 * told is safe with what is there. `vanished` counts events that the reader saw and that are gone.
 */
export async function killWriters(child: string, directory: string, kills: number): Promise<KillReport> {
	let acknowledged = 0;
	let lost = 0;
	let vanished = 0;
	for (let round = 0; round < kills; round++) {
		const reader = await openSession(directory);
		const stop = new AbortController();
		const seen = new Map<number, string>();
		const following = (async () => {
			for await (const page of reader.follow(0, stop.signal)) {
				for (const event of page) {
					seen.set(event.seq, JSON.stringify(event));
				}
			}
		})();
		const writer = run(process.execPath, [child, "write", directory]);
		await writer.line(/^drives/);
		await delay(Math.random() * 200);
		writer.process.kill("SIGKILL");
		await writer.ended;
		stop.abort();
		await following;
		await reader.close();
		const stored = new Map<number, string>();
		const store = await openSession(directory);
		for await (const page of store.read()) {
			for (const event of page) {
				stored.set(event.seq, JSON.stringify(event));
			}
		}
		await store.close();
		const last = Number(writer.lines.filter((line) => /^\d+$/.test(line)).at(-1) ?? 0);
		acknowledged = Math.max(acknowledged, last);
		lost += Math.max(0, last - stored.size);
		vanished += [...seen].filter(([seq, event]) => stored.get(seq) !== event).length;
	}
	return { kills, acknowledged, lost, vanished };
}
