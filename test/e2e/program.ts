import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** The program as users start it: the committed bin, which runs what was built. */
export const bin = join(import.meta.dirname, "../../bin/massgen.js");
if (!existsSync(join(import.meta.dirname, "../../dist/built")))
	throw new Error("These tests run the built program: npm run build -- --no-types");

export type Ended = {
	readonly code: number | null;
	readonly signal: string | null;
	readonly stdout: string;
	readonly stderr: string;
	readonly ms: number;
};

export type Started = {
	readonly child: ChildProcess;
	readonly ended: Promise<Ended>;
	/** Resolves once stderr holds the text. */
	told(text: string): Promise<void>;
};

type StartOptions = {
	readonly input?: string;
	readonly env?: Record<string, string>;
	/** Leave stdin open, as a terminal nobody types on. */
	readonly keepStdin?: boolean;
	/** A file in place of the pipe that is read here. */
	readonly stdout?: "pipe" | number;
};

/** An empty directory to work in and an empty home, both gone after the test. */
export class Place {
	readonly root = mkdtempSync(join(tmpdir(), "massgen-e2e-"));
	readonly home = join(this.root, "home");
	readonly cwd = join(this.root, "work");

	constructor() {
		mkdirSync(this.home);
		mkdirSync(this.cwd);
		onTestFinished(() => rmSync(this.root, { recursive: true, force: true }));
	}

	write(name: string, text: string): string {
		const path = join(this.cwd, name);
		writeFileSync(path, text);
		return path;
	}

	/** Nothing of the environment of the tests gets in. */
	env(more: Readonly<Record<string, string>> = {}): Record<string, string> {
		return { PATH: process.env.PATH ?? "", HOME: this.home, USERPROFILE: this.home, ...more };
	}

	start(words: readonly string[], { input = "", env = {}, keepStdin = false, stdout = "pipe" }: StartOptions = {}): Started {
		const began = performance.now();
		const child = spawn(process.execPath, [bin, ...words], { cwd: this.cwd, env: this.env(env), stdio: ["pipe", stdout, "pipe"] });
		const heard = { stdout: "", stderr: "" };
		const waiting: { text: string; resolve: () => void }[] = [];
		const hear = (name: "stdout" | "stderr") => (chunk: string) => {
			heard[name] += chunk;
			for (const { text, resolve } of waiting) if (heard.stderr.includes(text)) resolve();
		};
		child.stdout?.setEncoding("utf8").on("data", hear("stdout"));
		child.stderr?.setEncoding("utf8").on("data", hear("stderr"));
		child.stdin?.on("error", () => {});
		if (!keepStdin) child.stdin?.end(input);
		onTestFinished(() => void child.kill("SIGKILL"));
		const ended = new Promise<Ended>((resolve) =>
			child.on("close", (code, signal) => resolve({ code, signal, ...heard, ms: performance.now() - began })),
		);
		const told = (text: string) =>
			new Promise<void>((resolve, reject) => {
				if (heard.stderr.includes(text)) return resolve();
				waiting.push({ text, resolve });
				void ended.then(({ stderr }) => reject(new Error(`It ended without saying ${JSON.stringify(text)}:\n${stderr}`)));
			});
		return { child, ended, told };
	}

	async run(words: readonly string[], options: StartOptions = {}): Promise<Ended> {
		return await this.start(words, options).ended;
	}

	/** Where no file may grow over so many kilobytes: as on a full disk. */
	async runLimited(words: readonly string[], kilobytes: number): Promise<Pick<Ended, "code" | "stdout" | "stderr">> {
		const child = spawn("bash", ["-c", `ulimit -f ${kilobytes}; exec "$0" "$@"`, process.execPath, bin, ...words], {
			cwd: this.cwd,
			env: this.env(),
		});
		const heard = { stdout: "", stderr: "" };
		child.stdout.on("data", (text) => {
			heard.stdout += text;
		});
		child.stderr.on("data", (text) => {
			heard.stderr += text;
		});
		return await new Promise((resolve) => child.on("close", (code) => resolve({ code, ...heard })));
	}
}
