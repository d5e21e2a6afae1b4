import { openSession } from "../../src/checkpoint/session-directory.ts";
import { allEvents, said } from "../contracts/session-store.ts";
import { run } from "./child.ts";

export type StarveReport = { readonly error: string; readonly acknowledged: number; readonly there: number };

/** Lets a process write until its files may not grow any more, then opens the session again, reads it and goes on with it. */
export async function starve(child: string, directory: string, kilobytes: number): Promise<StarveReport> {
	const writer = run("bash", ["-c", `ulimit -f ${kilobytes}; exec "$0" "$@"`, process.execPath, child, "write", directory]);
	const error = await writer.line(/^failed/);
	await writer.ended;
	const acknowledged = Number(writer.lines.filter((line) => /^\d+$/.test(line)).at(-1) ?? 0);
	const reopened = await openSession(directory);
	const there = (await allEvents(reopened)).length;
	const lease = await reopened.acquire();
	await lease.append([said("there is room again")]);
	await reopened.close();
	return { error, acknowledged, there };
}
