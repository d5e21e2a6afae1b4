import { crc32 } from "node:zlib";
import type { Row } from "./driver.ts";

/** An event as it lies in the file. */
export type StoredEvent = {
	readonly seq: number;
	readonly at: number;
	readonly epoch: number;
	readonly data: string;
	readonly crc: number;
};

/**
 * SQLite does not notice a flipped bit in a row. So each row carries a sum over everything in it: the numbers are mixed
 * into the seed, because a sum over the text alone would miss a changed time or position.
 */
export function checksum(seq: number, at: number, epoch: number, data: string): number {
	let seed = Math.imul(seq ^ 0x9e3779b1, 0x85ebca6b);
	seed = Math.imul(seed ^ (seq / 0x100000000) ^ (at >>> 0), 0xc2b2ae35);
	seed = Math.imul(seed ^ (at / 0x100000000) ^ (seed >>> 15), 0x27d4eb2f);
	seed = Math.imul(seed ^ epoch ^ (seed >>> 13), 0x165667b1);
	return crc32(data, (seed ^ (seed >>> 16)) >>> 0);
}

/** The row as an event, or undefined if anything in it is not what was written. */
export function intactEvent(row: Row): StoredEvent | undefined {
	const { seq, at, epoch, data, crc } = row;
	if (
		typeof seq !== "number" ||
		typeof at !== "number" ||
		typeof epoch !== "number" ||
		typeof data !== "string" ||
		typeof crc !== "number"
	) {
		return undefined;
	}
	return checksum(seq, at, epoch, data) === crc ? { seq, at, epoch, data, crc } : undefined;
}
