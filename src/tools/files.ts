import { open, opendir, realpath, stat } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";
import type { Tool } from "./tool.ts";

/** A longer file is read in parts. */
const mostBytes = 64 * 1024;
const mostEntries = 500;

/**
 * Tools for looking into one directory: `read_file` and `list_directory`. They change nothing, and nothing outside of it is
 * seen, whatever the path or a link in it says. What is hidden (a dot before its name) stays hidden: keys are kept there.
 */
export function fileTools(directory: string): readonly Tool[] {
	return [readFile(directory), listDirectory(directory)];
}

function readFile(root: string): Tool {
	return tool(
		{
			name: "read_file",
			description: `Reads a text file, at most ${mostBytes} bytes at a time. Paths are relative to the working directory.`,
			inputSchema: {
				type: "object",
				properties: {
					path: { type: "string", description: "The file." },
					offset: { type: "integer", minimum: 0, description: "Byte to start at; 0 if not given." },
				},
				required: ["path"],
				additionalProperties: false,
			},
		},
		async ({ path, offset = 0 }) => {
			if (typeof path !== "string" || path === "") throw new Problem('It needs "path", the name of a file.');
			if (typeof offset !== "number" || !Number.isSafeInteger(offset) || offset < 0)
				throw new Problem('"offset" is not a whole number from 0.');
			const real = await inside(root, path);
			const stats = await stat(real);
			if (stats.isDirectory()) throw new Problem(`${path} is a directory: look into it with list_directory.`);
			// A pipe or a device could keep whoever opens it waiting for good.
			if (!stats.isFile()) throw new Problem(`${path} is neither a file nor a directory.`);
			const file = await open(real);
			try {
				const { buffer, bytesRead } = await file.read(Buffer.alloc(mostBytes), 0, mostBytes, offset);
				const { text, end } = textOf(buffer.subarray(0, bytesRead), path, offset);
				return end < stats.size ? `${text}\n[${stats.size - end} bytes more: go on with offset ${end}]` : text;
			} finally {
				await file.close();
			}
		},
	);
}

function listDirectory(root: string): Tool {
	return tool(
		{
			name: "list_directory",
			description: "Lists what is in a directory; the names of directories end in /. Paths are relative to the working directory.",
			inputSchema: {
				type: "object",
				properties: { path: { type: "string", description: "The directory; the working directory itself if not given." } },
				additionalProperties: false,
			},
		},
		async ({ path = "." }) => {
			if (typeof path !== "string") throw new Problem('"path" is not a text.');
			const names: string[] = [];
			for await (const entry of await opendir(await inside(root, path))) {
				if (!isHidden(entry.name)) names.push(entry.isDirectory() ? `${entry.name}/` : entry.name);
			}
			const shown = names.sort().slice(0, mostEntries);
			const more = names.length > mostEntries ? [`[${names.length - mostEntries} more]`] : [];
			return names.length === 0 ? "(empty)" : [...shown, ...more].join("\n");
		},
	);
}

/** Something the model did wrong, in words it can act on. */
class Problem extends Error {}

function tool(spec: Tool["spec"], work: (input: Readonly<Record<string, unknown>>) => Promise<string>): Tool {
	return {
		spec,
		readOnly: true,
		async run(input) {
			try {
				return { output: await work(input), isError: false };
			} catch (error) {
				return { output: said(error, input.path), isError: true };
			}
		},
	};
}

/** The real path of something in the directory; what is outside is refused before it is looked at. */
async function inside(root: string, path: string): Promise<string> {
	const home = await realpath(root);
	const wanted = resolve(home, path);
	if (!isWithin(home, wanted)) throw new Problem(`${path} is outside of the working directory.`);
	if (relative(home, wanted).split(sep).some(isHidden)) throw hidden(path);
	const real = await realpath(wanted);
	if (!isWithin(home, real)) throw new Problem(`${path} leads out of the working directory.`);
	if (relative(home, real).split(sep).some(isHidden)) throw hidden(path);
	return real;
}

function isHidden(name: string): boolean {
	return name.startsWith(".");
}

function hidden(path: string): Problem {
	return new Problem(`${path} is hidden: names that begin with a dot are not read.`);
}

function isWithin(home: string, path: string): boolean {
	const way = relative(home, path);
	return way === "" || !(way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way));
}

/** Whole characters only; one that is cut at the end is left for the next part. */
function textOf(bytes: Buffer, path: string, offset: number): { readonly text: string; readonly end: number } {
	if (bytes.includes(0)) throw new Problem(`${path} is not a text file.`);
	const cut = bytes.length === mostBytes ? lastWhole(bytes) : bytes.length;
	return { text: bytes.subarray(0, cut).toString("utf8"), end: offset + cut };
}

function lastWhole(bytes: Buffer): number {
	let at = bytes.length;
	while (at > bytes.length - 4 && ((bytes[at - 1] ?? 0) & 0xc0) === 0x80) at--;
	const lead = bytes[at - 1] ?? 0;
	const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
	return at - 1 + length <= bytes.length ? bytes.length : at - 1;
}

function said(error: unknown, path: unknown): string {
	if (error instanceof Problem) return error.message;
	const code = error instanceof Error && "code" in error ? error.code : undefined;
	if (code === "ENOENT") return `There is no ${String(path)}.`;
	if (code === "ENOTDIR") return `${String(path)} is not a directory.`;
	if (code === "EACCES" || code === "EPERM") return `${String(path)} may not be read.`;
	return `It could not be read: ${error instanceof Error ? error.message : String(error)}`;
}
