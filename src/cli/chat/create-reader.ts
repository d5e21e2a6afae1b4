import type { Io } from "../io.ts";
import type { Surroundings } from "../session-for.ts";
import { completion } from "./complete.ts";
import { historyPath } from "./history-file.ts";
import { createLineReader } from "./line-reader.ts";
import type { Reader } from "./reader.ts";
import { createTerminalReader } from "./terminal-reader.ts";

/** A line that can be edited where the terminal can do it; otherwise lines as they come. */
export function createReader(io: Io, around: Pick<Surroundings, "cwd" | "home">): Reader {
	const { terminal } = io.stderr;
	if (!io.stdin.isTTY || !terminal || io.env.TERM === "dumb") return createLineReader(io);
	return createTerminalReader({ stdin: io.stdin, terminal, historyFile: historyPath(around.home), complete: completion(around) });
}
