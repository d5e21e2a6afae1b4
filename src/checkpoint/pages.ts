import { existsSync, readFileSync } from "node:fs";
import { intactEvent, type StoredEvent } from "./integrity.ts";

/**
 * Finds the events of a session file without SQLite, which refuses a file as a whole where one page of it is broken.
 * Every page that looks like a leaf of a table is searched, in the file and in the write-ahead log beside it; that a row
 * is an event, and unchanged, is proved by its checksum. https://www.sqlite.org/fileformat2.html describes the form.
 */
export function findEvents(path: string): ReadonlyMap<number, StoredEvent> {
	const file = readFileSync(path);
	const size = pageSize(file);
	const images = pagesOf(file, size);
	const newer = existsSync(`${path}-wal`) ? committedFrames(readFileSync(`${path}-wal`), size) : [];
	const latest = new Map<number, Buffer>([...images, ...newer]);
	// Byte 20 could reserve room at the end of pages; our files never do, so another value there is damage.
	const usable = size;
	const events = new Map<number, StoredEvent>();
	for (const [number, page] of [...newer.reverse(), ...images]) {
		for (const event of eventsOn(page, number === 1 ? 100 : 0, usable, latest)) {
			if (!events.has(event.seq)) {
				events.set(event.seq, event);
			}
		}
	}
	return events;
}

type Image = readonly [number: number, page: Buffer];

const usualPageSize = 4_096;
const leafOfTable = 0x0d;

function pageSize(file: Buffer): number {
	const stated = file.length >= 18 ? file.readUInt16BE(16) : 0;
	const size = stated === 1 ? 65_536 : stated;
	return size >= 512 && (size & (size - 1)) === 0 ? size : usualPageSize;
}

/** The last page may be cut off: it is filled up, because the beginning of a row's page is where its cells are named. */
function pagesOf(file: Buffer, size: number): Image[] {
	return Array.from({ length: Math.ceil(file.length / size) }, (_, index) => {
		const page = Buffer.alloc(size);
		file.copy(page, 0, index * size, (index + 1) * size);
		return [index + 1, page] as const;
	});
}

/** What was committed since the log was last emptied: frames with the salts of its header, up to the last that ends a commit. */
function committedFrames(log: Buffer, size: number): Image[] {
	const frames: Image[] = [];
	let committed = 0;
	for (let start = 32; start + 24 + size <= log.length; start += 24 + size) {
		if (!log.subarray(start + 8, start + 16).equals(log.subarray(16, 24))) {
			break;
		}
		frames.push([log.readUInt32BE(start), log.subarray(start + 24, start + 24 + size)]);
		if (log.readUInt32BE(start + 4) !== 0) {
			committed = frames.length;
		}
	}
	return frames.slice(0, committed);
}

function* eventsOn(page: Buffer, start: number, usable: number, pages: ReadonlyMap<number, Buffer>): Generator<StoredEvent> {
	if (page[start] !== leafOfTable) {
		return;
	}
	const cells = Math.min(page.readUInt16BE(start + 3), Math.floor((page.length - start - 8) / 2));
	for (let index = 0; index < cells; index++) {
		const event = attempt(() => eventAt(page, page.readUInt16BE(start + 8 + 2 * index), usable, pages));
		if (event !== undefined) {
			yield event;
		}
	}
}

function eventAt(page: Buffer, offset: number, usable: number, pages: ReadonlyMap<number, Buffer>): StoredEvent | undefined {
	const [length, afterLength] = variableInteger(page, offset);
	const [seq, start] = variableInteger(page, afterLength);
	return eventOf(seq, payload(page, { start, length, usable, pages }));
}

/** The content of a cell; what does not fit the page goes on in a chain of others. */
function payload(page: Buffer, cell: { start: number; length: number; usable: number; pages: ReadonlyMap<number, Buffer> }): Buffer {
	const { start, length, usable, pages } = cell;
	if (length <= usable - 35) {
		return page.subarray(start, start + length);
	}
	const least = Math.floor(((usable - 12) * 32) / 255) - 23;
	const fitting = least + ((length - least) % (usable - 4));
	const local = fitting <= usable - 35 ? fitting : least;
	const parts = [page.subarray(start, start + local)];
	let missing = length - local;
	let next = page.readUInt32BE(start + local);
	while (missing > 0) {
		const overflow = pages.get(next);
		if (overflow === undefined) {
			break;
		}
		parts.push(overflow.subarray(4, 4 + Math.min(missing, usable - 4)));
		missing -= usable - 4;
		next = overflow.readUInt32BE(0);
	}
	return Buffer.concat(parts);
}

/** Columns: seq (kept as the row's number), at, epoch, data, crc. */
function eventOf(seq: number, record: Buffer): StoredEvent | undefined {
	const [headerLength, afterLength] = variableInteger(record, 0);
	const values: unknown[] = [];
	let header = afterLength;
	let body = headerLength;
	while (header < headerLength) {
		const [type, next] = variableInteger(record, header);
		const length = type >= 12 ? Math.floor((type - 12) / 2) : (integerLengths[type] ?? 0);
		values.push(type >= 13 && type % 2 === 1 ? record.toString("utf8", body, body + length) : integer(record, type, body));
		header = next;
		body += length;
	}
	const [, at, epoch, data, crc] = values;
	return values.length === 5 ? intactEvent({ seq, at, epoch, data, crc }) : undefined;
}

const integerLengths = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];

function integer(record: Buffer, type: number, offset: number): number | undefined {
	switch (type) {
		case 1:
		case 2:
		case 3:
		case 4:
		case 5:
			return record.readIntBE(offset, integerLengths[type] ?? 1);
		case 6:
			return Number(record.readBigInt64BE(offset));
		case 8:
			return 0;
		case 9:
			return 1;
		default:
			return undefined;
	}
}

/** Seven bits per byte, the highest bit set on all but the last. Longer ones than a safe number do not occur in a sound file. */
function variableInteger(bytes: Buffer, offset: number): readonly [value: number, next: number] {
	let value = 0;
	for (let index = 0; index < 8; index++) {
		const byte = bytes.readUInt8(offset + index);
		value = value * 128 + (byte & 0x7f);
		if (byte < 0x80) {
			return [value, offset + index + 1];
		}
	}
	throw new RangeError("not a number of this form");
}

/** Broken pages point anywhere; reading outside a buffer throws a RangeError, and means that there is no event here. */
function attempt<T>(read: () => T): T | undefined {
	try {
		return read();
	} catch (error) {
		if (error instanceof RangeError) {
			return undefined;
		}
		throw error;
	}
}
