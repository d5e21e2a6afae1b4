import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fileTools } from "../../src/tools/files.ts";

const root = join(mkdtempSync(join(tmpdir(), "massgen-files-")), "work");
mkdirSync(join(root, "docs"), { recursive: true });
writeFileSync(join(root, "docs/a.txt"), "Grüße");
writeFileSync(join(root, "..", "secret.txt"), "secret");
writeFileSync(join(root, "..", "work-too.txt"), "secret");
writeFileSync(join(root, "picture.png"), Buffer.from([0x89, 0, 1]));
symlinkSync(join(root, ".."), join(root, "up"));
symlinkSync(join(root, "docs"), join(root, "inner"));
symlinkSync(join(root, "nowhere"), join(root, "broken"));
writeFileSync(join(root, ".env"), "KEY=1");
mkdirSync(join(root, ".git"));
writeFileSync(join(root, ".git/config"), "x");
symlinkSync(join(root, ".env"), join(root, "docs", "plain"));

const context = { agent: "a", call: "1", signal: new AbortController().signal };

function use(name: string, input: Record<string, unknown> = {}) {
	const tool = fileTools(root).find(({ spec }) => spec.name === name);
	if (!tool) throw new Error(name);
	return tool.run(input, context);
}

test("files and directories inside are read, also through a link that stays inside", async () => {
	expect(await use("list_directory")).toEqual({ output: "broken\ndocs/\ninner\npicture.png\nup", isError: false });
	expect(await use("list_directory", { path: "docs" })).toEqual({ output: "a.txt\nplain", isError: false });
	expect(await use("read_file", { path: "docs/a.txt" })).toEqual({ output: "Grüße", isError: false });
	expect(await use("read_file", { path: "inner/../docs/a.txt" })).toEqual({ output: "Grüße", isError: false });
	expect(await use("read_file", { path: join(root, "docs/a.txt") })).toEqual({ output: "Grüße", isError: false });
	expect(fileTools(root).every(({ readOnly }) => readOnly)).toBe(true);
});

test("nothing outside is seen, whatever path or link leads there", async () => {
	for (const path of ["../secret.txt", "docs/../../secret.txt", "/etc/passwd", "../work-too.txt", join(root, "..", "secret.txt")])
		expect(await use("read_file", { path })).toMatchObject({
			isError: true,
			output: expect.stringContaining("outside of the working directory"),
		});
	for (const path of ["up/secret.txt", "up", "up/work-too.txt"])
		expect(await use("read_file", { path })).toMatchObject({ isError: true, output: expect.stringContaining("leads out") });
	expect(await use("list_directory", { path: ".." })).toMatchObject({ isError: true });
	expect(await use("list_directory", { path: "up" })).toMatchObject({ isError: true });
});

test("what is hidden stays hidden, also behind a link", async () => {
	for (const path of [".env", ".git/config", "docs/../.env", "docs/plain"])
		expect(await use("read_file", { path })).toEqual({
			output: `${path} is hidden: names that begin with a dot are not read.`,
			isError: true,
		});
	expect(await use("list_directory", { path: ".git" })).toMatchObject({ isError: true });
});

test("what cannot be read is said in words that help", async () => {
	execFileSync("mkfifo", [join(root, "pipe")]);
	const wrong: [string, Record<string, unknown>, string][] = [
		["read_file", { path: "docs" }, "docs is a directory: look into it with list_directory."],
		["read_file", { path: "missing.txt" }, "There is no missing.txt."],
		["read_file", { path: "broken" }, "There is no broken."],
		["read_file", { path: "picture.png" }, "picture.png is not a text file."],
		["read_file", { path: "pipe" }, "pipe is neither a file nor a directory."],
		["read_file", {}, 'It needs "path", the name of a file.'],
		["read_file", { path: "docs/a.txt", offset: -1 }, '"offset" is not a whole number from 0.'],
		["list_directory", { path: "docs/a.txt" }, "docs/a.txt is not a directory."],
		["list_directory", { path: 7 }, '"path" is not a text.'],
	];
	for (const [name, input, output] of wrong) expect(await use(name, input)).toEqual({ output, isError: true });
});

test("a long file is read in parts that never cut a character", async () => {
	const text = `x${"ü€😀".repeat(20_000)}`;
	writeFileSync(join(root, "long.txt"), text);
	let read = "";
	for (let offset: number | undefined = 0; offset !== undefined; ) {
		const { output } = await use("read_file", { path: "long.txt", offset });
		const [, part = output, next] = /^([\s\S]*)\n\[\d+ bytes more: go on with offset (\d+)\]$/.exec(output) ?? [];
		read += part;
		offset = next === undefined ? undefined : Number(next);
	}
	expect(read).toBe(text);
});
