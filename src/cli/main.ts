/** The command line: finds the command, runs it, and is the last to catch what went wrong. */
import { MassgenError, StoreError } from "../errors.ts";
import { ask, commands } from "./commands.ts";
import type { Io } from "./io.ts";
import { output, wantsColors } from "./output.ts";
import { reportOf } from "./print-error.ts";

export async function main(words: readonly string[]): Promise<void> {
	const verbose = words.includes("--verbose");
	const colors = wantsColors(process.env, !words.includes("--no-color"));
	const stderr = output(process.stderr, { colors });
	const stdout = output(process.stdout, { colors });
	const fail = (error: unknown): number => {
		const { text, exitCode } = reportOf(error, { verbose });
		stderr.write(`${text}\n`);
		return exitCode;
	};
	const leave = async (code: number): Promise<never> => {
		await stdout.flush();
		const problem = stdout.problem();
		const last = problem === undefined ? code : fail(unwritten(problem));
		await stderr.flush();
		process.exit(last);
	};
	// Nobody awaited it, so nobody can act on it: it is a bug, and going on would hide it.
	process.on("uncaughtException", (error) => void leave(fail(error)));
	process.on("unhandledRejection", (error) => void leave(fail(error)));
	await leave(await run(words, { stdout, stderr }).catch(fail));
}

async function run(words: readonly string[], { stdout, stderr }: Pick<Io, "stdout" | "stderr">): Promise<number> {
	const io: Io = { env: process.env, cwd: workingDirectory(), stdin: process.stdin, stdout, stderr };
	const [first] = words;
	const command = commands.find(({ name }) => name === first) ?? ask;
	const { run: start } = await command.load();
	return await start(command === ask ? words : words.slice(1), io);
}

function workingDirectory(): string {
	try {
		return process.cwd();
	} catch (cause) {
		throw new MassgenError("no-directory", "The directory that this was started in does not exist any more.", {
			hint: "Change to one that does: cd",
			cause,
		});
	}
}

function unwritten(problem: string): MassgenError {
	return new StoreError(`The result could not be written to stdout: ${problem}`, {
		hint: "If it is an answer, it is in the session: massgen --list-sessions",
	});
}
