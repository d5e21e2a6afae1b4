import { type IPty, spawn } from "@lydell/node-pty";
import { onTestFinished } from "vitest";
import { bin, type Place } from "./program.ts";

/** The program in a pseudo-terminal. What it shows is looked for from where the last look ended. */
export type Screen = {
	readonly pty: IPty;
	readonly text: () => string;
	readonly ended: Promise<number>;
	/** Waits until the text is shown, and gives what was shown up to its end. */
	shows(text: string): Promise<string>;
	/** Types a line. */
	types(line: string): void;
};

export function openScreen(place: Place, words: readonly string[], env: Record<string, string> = {}): Screen {
	const pty = spawn(process.execPath, [bin, ...words], {
		cols: 100,
		rows: 30,
		cwd: place.cwd,
		env: place.env({ TERM: "xterm-256color", ...env }),
	});
	let text = "";
	let seen = 0;
	const waiting = new Set<() => void>();
	pty.onData((data) => {
		text += data;
		for (const look of [...waiting]) look();
	});
	const ended = new Promise<number>((resolve) => pty.onExit(({ exitCode }) => resolve(exitCode)));
	onTestFinished(() => {
		try {
			pty.kill("SIGKILL");
		} catch {
			// It has ended.
		}
	});
	const shows = (wanted: string) =>
		new Promise<string>((resolve, reject) => {
			const look = () => {
				const at = text.indexOf(wanted, seen);
				if (at === -1) return;
				waiting.delete(look);
				const found = text.slice(seen, at + wanted.length);
				seen = at + wanted.length;
				resolve(found);
			};
			waiting.add(look);
			look();
			void ended.then(() => reject(new Error(`It ended without showing ${JSON.stringify(wanted)}:\n${text.slice(-3000)}`)));
		});
	return { pty, text: () => text, ended, shows, types: (line) => pty.write(`${line}\r`) };
}
