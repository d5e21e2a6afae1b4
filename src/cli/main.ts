/** The command line: finds the command, runs it, and is the last to catch what went wrong. */

import { ask, commands } from "./commands.ts";
import type { Io } from "./io.ts";
import { output, wantsColors } from "./output.ts";
import { reportOf } from "./print-error.ts";

export async function main(words: readonly string[]): Promise<void> {
	const verbose = words.includes("--verbose");
	const colors = wantsColors(process.env, !words.includes("--no-color"));
	const stderr = output(process.stderr, { colors });
	const stdout = output(process.stdout, { colors });
	const io: Io = { env: process.env, cwd: process.cwd(), stdin: process.stdin, stdout, stderr };
	const fail = (error: unknown): number => {
		const { text, exitCode } = reportOf(error, { verbose });
		stderr.write(`${text}\n`);
		return exitCode;
	};
	const leave = async (code: number): Promise<never> => {
		await Promise.all([stdout.flush(), stderr.flush()]);
		process.exit(code);
	};
	// Nobody awaited it, so nobody can act on it: it is a bug, and going on would hide it.
	process.on("uncaughtException", (error) => void leave(fail(error)));
	process.on("unhandledRejection", (error) => void leave(fail(error)));
	const code = await run(words, io).catch(fail);
	await leave(code);
}

async function run(words: readonly string[], io: Io): Promise<number> {
	const [first] = words;
	const command = commands.find(({ name }) => name === first) ?? ask;
	const { run: start } = await command.load();
	return await start(command === ask ? words : words.slice(1), io);
}
