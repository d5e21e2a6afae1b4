/** Questions to somebody at a terminal. They are shown on stderr, so that stdout stays free for an answer. */
import { type CANCEL_SYMBOL, isCancel } from "@clack/prompts";
import { signalCode } from "../../displays/exit-codes.ts";
import { MassgenError } from "../../errors.ts";
import type { Io } from "../io.ts";

/** What every question needs to be told; undefined where nobody could answer. */
export type Desk = { readonly input: NodeJS.ReadStream; readonly output: NodeJS.WriteStream };

export function deskOf({ stdin, stderr, env }: Io): Desk | undefined {
	return stdin.isTTY && stderr.terminal && env.TERM !== "dumb" ? { input: stdin, output: stderr.terminal } : undefined;
}

/** The answer, or the end of everything: Ctrl+C and Esc. */
export function answered<T>(answer: T | typeof CANCEL_SYMBOL): T {
	if (isCancel(answer)) throw new MassgenError("cancelled", "Stopped.", { exitCode: signalCode("SIGINT") });
	return answer;
}
