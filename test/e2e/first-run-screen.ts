import { spawn } from "@lydell/node-pty";
import { onTestFinished } from "vitest";
import { bare } from "./first-run-machine.ts";
import { bin, type Place } from "./program.ts";

const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, "g");

export const keys = { enter: "\r", down: "\u001b[B", up: "\u001b[A", space: " ", stop: "\u0003" };

/** The program in a terminal: what it shows, without colours, and what is typed when it has shown it. */
export type Screen = {
	readonly text: () => string;
	readonly ended: Promise<number>;
	/** Waits for a text that was not there at the last call, then types. */
	answer(shown: string, typed: string): Promise<void>;
};

export function openScreen(place: Place, words: readonly string[], env: Record<string, string> = {}): Screen {
	const pty = spawn(process.execPath, [bin, ...words], {
		cols: 120,
		rows: 40,
		cwd: place.cwd,
		env: place.env({ ...bare, TERM: "xterm-256color", NO_COLOR: "1", ...env }),
	});
	let text = "";
	let seen = 0;
	let look = () => {};
	pty.onData((data) => {
		text += data.replace(escapes, "");
		look();
	});
	const ended = new Promise<number>((resolve) => pty.onExit(({ exitCode }) => resolve(exitCode)));
	onTestFinished(() => {
		try {
			pty.kill("SIGKILL");
		} catch {
			// It has ended.
		}
	});
	return {
		text: () => text,
		ended,
		answer: (shown, typed) =>
			new Promise<void>((resolve, reject) => {
				look = () => {
					const at = text.indexOf(shown, seen);
					if (at === -1) return;
					seen = at + shown.length;
					look = () => {};
					pty.write(typed);
					resolve();
				};
				look();
				void ended.then(() => reject(new Error(`It ended without showing ${JSON.stringify(shown)}:\n${text}`)));
			}),
	};
}
