import { type Readable, Writable } from "node:stream";
import { execa } from "execa";
import { addGroup, endGroup, processStart, startVariable } from "./process-groups.ts";

export type LaunchOptions = {
	readonly command: string;
	readonly args: readonly string[];
	readonly cwd: string;
	/** All of the child's environment: nothing is inherited. */
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Written to its standard input, which is closed then. */
	readonly stdin?: string;
	readonly signal: AbortSignal;
	/** Awaited before the program runs; if it fails, the program never does. */
	readonly onStarted?: (pid: number, startedAt: string) => Promise<void>;
};

export type Child = {
	readonly pid: number;
	readonly startedAt: string;
	readonly stdout: Readable;
	readonly stderr: Readable;
	/** Resolves when the child itself has ended; others of its group may still run. */
	readonly exit: Promise<Exit>;
	/** Ends its whole group (SIGTERM, then SIGKILL); resolves when it is gone, or after 650 ms. */
	end(): Promise<void>;
};

export type Exit = { readonly code: number | null; readonly signal: string | null };

/** Exit codes of the launcher: the program could not be run, was not found, or was not wanted any more. */
export const launcherExit = { notExecutable: 126, notFound: 127, abandoned: 125 } as const;

/**
 * The launcher waits for a line on a pipe and then becomes the program: same pid, own process group. If this process dies
 * before it writes the line, the pipe closes and the launcher ends, so that no child runs that the log does not know.
 */
const launcher = `IFS= read -r ${startVariable} <&3 || exit ${launcherExit.abandoned}; export ${startVariable}; exec 3<&-; exec "$@"`;

/** Starts a program in a group of its own. Throws if the process cannot be made, or what `onStarted` threw. */
export async function launch(options: LaunchOptions): Promise<Child> {
	const { pid, stdout, stderr, stdin, gate, exit } = await start(options);
	addGroup(pid);
	const end = () => endGroup(pid);
	const abort = () => void end();
	options.signal.addEventListener("abort", abort, { once: true });
	// Whoever was in its group when it ended must not outlive it.
	const exited = exit.then(async (result) => {
		options.signal.removeEventListener("abort", abort);
		await end();
		return result;
	});
	try {
		options.signal.throwIfAborted();
		const startedAt = (await processStart(pid)) ?? "unknown";
		await options.onStarted?.(pid, startedAt);
		options.signal.throwIfAborted();
		gate?.end(`${startedAt}\n`);
		stdin.end(options.stdin ?? "");
		return { pid, startedAt, stdout, stderr, exit: exited, end };
	} catch (error) {
		await end();
		throw error;
	}
}

async function start({ command, args, cwd, env }: LaunchOptions) {
	const isWindows = process.platform === "win32";
	const common = { cwd, env: { ...env }, extendEnv: false, buffer: false, reject: false, cleanup: false, windowsHide: true } as const;
	const child = isWindows
		? execa(command, args, { ...common, stdio: ["pipe", "pipe", "pipe"] })
		: execa("/bin/sh", ["-c", launcher, "massgen", command, ...args], {
				...common,
				detached: true,
				stdio: ["pipe", "pipe", "pipe", "pipe"],
			});
	const { pid, stdout, stderr, stdin } = child;
	if (pid === undefined) throw (await child).cause ?? new Error(`The process of ${command} could not be started.`);
	const fourth = child.stdio[3];
	const gate = fourth instanceof Writable ? fourth : undefined;
	// A child that does not read its input, or that is gone, breaks the pipe: its exit says more.
	for (const stream of [stdin, gate]) stream?.on("error", () => {});
	const exit = new Promise<Exit>((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
	void child.catch(() => {});
	return { pid, stdout, stderr, stdin, gate, exit };
}
