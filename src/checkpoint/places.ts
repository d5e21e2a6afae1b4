import { createHash } from "node:crypto";
import {
	closeSync,
	existsSync,
	fsyncSync,
	mkdirSync,
	openSync,
	readdirSync,
	readFileSync,
	realpathSync,
	renameSync,
	writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { flush } from "./schema.ts";

/**
 * Which directories hold sessions: one small file each in `~/.massgen/places/`, named after a hash of the path and
 * holding the path. Separate files need no lock, and one that is damaged costs nothing but itself.
 */
export function notePlace(home: string, root: string): void {
	const path = realpathSync(root);
	const directory = placesDirectory(home);
	const note = join(directory, createHash("sha256").update(path).digest("hex").slice(0, 32));
	if (existsSync(note)) {
		return;
	}
	makeDirectory(directory, 0o700);
	const unborn = `${note}.${process.pid}.new`;
	const file = openSync(unborn, "w");
	try {
		writeSync(file, `${path}\n`);
		fsyncSync(file);
	} finally {
		closeSync(file);
	}
	renameSync(unborn, note);
	flush(directory);
}

/** The noted directories, in the order of their paths; also such as are not there at the moment. */
export function places(home: string): readonly string[] {
	const directory = placesDirectory(home);
	if (!existsSync(directory)) {
		return [];
	}
	const notes = readdirSync(directory).filter((name) => /^[0-9a-f]{32}$/.test(name));
	return notes.flatMap((name) => readPath(join(directory, name))).sort();
}

/** Makes a directory and those above it. What says that each is there is flushed; its own content is, when it gets some. */
export function makeDirectory(path: string, mode = 0o777): void {
	if (existsSync(path)) {
		return;
	}
	const parent = dirname(path);
	makeDirectory(parent, mode);
	mkdirSync(path, { recursive: true, mode });
	flush(parent);
}

function placesDirectory(home: string): string {
	return join(home, ".massgen", "places");
}

function readPath(file: string): readonly string[] {
	try {
		const path = readFileSync(file, "utf8").trim();
		return path === "" ? [] : [path];
	} catch {
		return [];
	}
}
