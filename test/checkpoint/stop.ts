import { setTimeout as delay } from "node:timers/promises";
import { openSession } from "../../src/checkpoint/session-directory.ts";
import { allEvents, said } from "../contracts/session-store.ts";
import { run } from "./child.ts";

/** `refused`: it was stopped in the middle of a write, so nobody else could; that was told with its pid. `wrong`: it wrote after it was replaced. */
export type StopReport = { readonly takenOver: number; readonly refused: number; readonly wrong: number };

/** Stops a writing process at random times, takes over, wakes it up, and looks whether it noticed before it wrote. */
export async function stopWriters(child: string, directory: string, stops: number): Promise<StopReport> {
	const report = { takenOver: 0, refused: 0, wrong: 0 };
	for (let round = 0; round < stops; round++) {
		const writer = run(process.execPath, [child, "write", directory, "1000000", "5", "400"]);
		await writer.line(/^drives/);
		await delay(Math.random() * 60);
		writer.process.kill("SIGSTOP");
		const other = await openSession(directory, { now: () => Date.now() + 60_000 });
		try {
			const lease = await other.acquire();
			const [mine] = await lease.append([said("mine")]);
			report.takenOver++;
			writer.process.kill("SIGCONT");
			await writer.line(/^failed.*lease_lost/);
			const last = (await allEvents(other)).at(-1);
			report.wrong += last?.seq === mine?.seq && last?.epoch === lease.epoch ? 0 : 1;
		} catch (error) {
			if (!(error instanceof Error) || !error.message.includes(`kill -9 ${writer.process.pid}`)) {
				throw error;
			}
			report.refused++;
			writer.process.kill("SIGKILL");
		} finally {
			await writer.ended;
			await other.close();
		}
	}
	return report;
}
