import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Bundles a script of `children/`, so that plain Node can run it. It lies where the packages are found. */
export function bundleChild(name: string): string {
	const directory = `${root}node_modules/.cache/massgen-tests`;
	mkdirSync(directory, { recursive: true });
	const outfile = `${directory}/${name}-${process.pid}.mjs`;
	buildSync({
		entryPoints: [`${root}test/checkpoint/children/${name}.ts`],
		outfile,
		bundle: true,
		platform: "node",
		format: "esm",
		external: ["@photostructure/sqlite"],
		logLevel: "error",
	});
	return outfile;
}

export type Child = {
	readonly process: ChildProcess;
	/** Lines of its stdout so far. */
	readonly lines: readonly string[];
	/** Resolves with the next line that matches, or one that was there; rejects if the child ends without it. */
	line(pattern: RegExp): Promise<string>;
	/** Its exit code, or the signal that ended it. */
	readonly ended: Promise<number | string | null>;
	readonly errors: () => string;
};

export function run(command: string, args: readonly string[]): Child {
	const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
	const lines: string[] = [];
	const waiting = new Set<() => void>();
	let rest = "";
	let errors = "";
	let over = false;
	const wake = () => {
		for (const look of [...waiting]) {
			look();
		}
	};
	child.stdout.setEncoding("utf8").on("data", (text: string) => {
		const parts = (rest + text).split("\n");
		rest = parts.pop() ?? "";
		lines.push(...parts);
		wake();
	});
	child.stderr.setEncoding("utf8").on("data", (text: string) => {
		errors += text;
	});
	const ended = new Promise<number | string | null>((resolve) => {
		child.on("close", (code, signal) => {
			over = true;
			wake();
			resolve(code ?? signal);
		});
	});
	return {
		process: child,
		lines,
		ended,
		errors: () => errors,
		line: (pattern) =>
			new Promise((resolve, reject) => {
				const look = () => {
					const found = lines.find((line) => pattern.test(line));
					if (found !== undefined) {
						waiting.delete(look);
						resolve(found);
						return;
					}
					if (over) {
						waiting.delete(look);
						reject(new Error(`the child ended without ${pattern}: ${lines.slice(-5).join(" | ")} ${errors}`));
					}
				};
				waiting.add(look);
				look();
			}),
	};
}
