import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repairSession } from "../../src/checkpoint/repair.ts";
import { createDatabase, databaseName } from "../../src/checkpoint/schema.ts";
import { openSession } from "../../src/checkpoint/session-directory.ts";
import { CorruptSessionError } from "../../src/errors.ts";
import { allEvents, said } from "../contracts/session-store.ts";

/** What became of one damaged copy. `silent`: it opened and showed something else than was written. */
export type Verdict = { readonly kind: "whole" | "refused" | "silent"; readonly kept: number; readonly problem: string };

export type Sample = { readonly bytes: Buffer; readonly events: readonly string[] };

/** A session of some events, all in the one file, and what it holds. */
export async function makeSample(directory: string, count: number): Promise<Sample> {
	const path = join(directory, databaseName);
	createDatabase(path);
	const store = await openSession(directory);
	const lease = await store.acquire();
	for (let number = 0; number < count; number++) {
		await lease.append([said(`${number} ${"word ".repeat((number * 31) % (number % 40 === 0 ? 2_000 : 150))}`, 1_000 + number)]);
	}
	const events = (await allEvents(store)).map((event) => JSON.stringify(event));
	await store.close();
	return { bytes: readFileSync(path), events };
}

/** Opens, reads and repairs a damaged copy; throws if the repair loses the original or shows something that was not written. */
export async function tryDamaged(directory: string, bytes: Buffer, sample: Sample): Promise<Verdict> {
	rmSync(directory, { recursive: true, force: true });
	mkdirSync(directory);
	const path = join(directory, databaseName);
	writeFileSync(path, bytes);
	const { kind, problem } = await look(directory, sample);
	if (kind !== "refused") {
		return { kind, kept: sample.events.length, problem };
	}
	const report = await repairSession(directory);
	if (report.aside === undefined || !existsSync(report.aside) || !readFileSync(report.aside).equals(bytes)) {
		throw new Error(`the repair did not keep the damaged file: ${JSON.stringify(report)} ${problem}`);
	}
	const store = await openSession(directory);
	const events = (await allEvents(store)).map((event) => JSON.stringify(event));
	const lease = await store.acquire();
	await lease.append([said("goes on")]);
	await store.close();
	if (events.length !== report.kept || events.some((event, index) => event !== sample.events[index])) {
		throw new Error(`the repair made something up: ${JSON.stringify(report)}`);
	}
	return { kind, kept: report.kept, problem };
}

async function look(directory: string, sample: Sample): Promise<{ kind: Verdict["kind"]; problem: string }> {
	try {
		const store = await openSession(directory);
		try {
			const events = (await allEvents(store)).map((event) => JSON.stringify(event));
			const lease = await store.acquire();
			await lease.release();
			const whole = events.length === sample.events.length && events.every((event, index) => event === sample.events[index]);
			return { kind: whole ? "whole" : "silent", problem: `${events.length} events` };
		} finally {
			await store.close();
		}
	} catch (error) {
		if (error instanceof CorruptSessionError && error.hint?.includes("massgen sessions repair") && error.message.includes(directory)) {
			return { kind: "refused", problem: error.message };
		}
		throw error;
	}
}

/** Numbers from 0 to 1, the same ones for the same seed. */
export function seededRandom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

export function flipped(bytes: Buffer, random: () => number): Buffer {
	const copy = Buffer.from(bytes);
	const position = Math.floor(random() * copy.length);
	copy.writeUInt8((copy[position] ?? 0) ^ (1 << Math.floor(random() * 8)), position);
	return copy;
}

export function truncated(bytes: Buffer, random: () => number): Buffer {
	return bytes.subarray(0, Math.floor(random() * bytes.length));
}
