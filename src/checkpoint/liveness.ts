import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** Who drives a session, as its lease says. `host` is the machine, its boot and its process namespace: where the pid means something. */
export type Owner = { readonly host: string; readonly pid: number; readonly started: string };

/** A driver signs every `beatMs`; one that has not signed for `staleMs` may be taken over. */
export type Rhythm = { readonly beatMs: number; readonly staleMs: number };

export const usualRhythm: Rhythm = { beatMs: 2_000, staleMs: 15_000 };

export function thisProcess(): Owner {
	return { host: thisHost(), pid: process.pid, started: startTime(process.pid) };
}

/** The readable part of `Owner.host`. */
export function machineName(host: string): string {
	return host.split("|")[0] ?? host;
}

/** True if the owner certainly runs no more. False if it runs, or if that cannot be known from here. */
export function isGone(owner: Owner): boolean {
	if (owner.host !== thisHost()) {
		return false;
	}
	if (!processExists(owner.pid)) {
		return true;
	}
	const started = startTime(owner.pid);
	return owner.started !== "" && started !== owner.started;
}

let host: string | undefined;

function thisHost(): string {
	host ??= [hostname(), firstLine("/proc/sys/kernel/random/boot_id"), namespace()].join("|");
	return host;
}

function processExists(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// EPERM: it exists and belongs to somebody else.
		return error instanceof Error && "code" in error && error.code === "EPERM";
	}
}

/**
 * Clock ticks between boot and the start of a process, where the system tells it cheaply (Linux); else empty, and only
 * the heartbeat notices that a pid was given anew. A zombie has ended too, though its pid still exists: "ended".
 */
function startTime(pid: number): string {
	const line = firstLine(`/proc/${pid}/stat`);
	// The second field is the program's name in parentheses, and may hold blanks and parentheses itself.
	const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
	return fields[0] === "Z" || fields[0] === "X" ? "ended" : (fields[19] ?? "");
}

function firstLine(path: string): string {
	try {
		return readFileSync(path, "utf8").split("\n")[0] ?? "";
	} catch {
		return "";
	}
}

function namespace(): string {
	try {
		return readlinkSync("/proc/self/ns/pid");
	} catch {
		return "";
	}
}
