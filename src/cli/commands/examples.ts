/** `massgen --list-examples` and `massgen --example NAME`: the teams that are shipped. */
import { homedir } from "node:os";
import { exampleCatalogue, exampleText } from "../../config/catalogue.ts";
import { locate } from "../../config/locate.ts";
import { examplesDirectory } from "../../config/package-root.ts";
import type { Io } from "../io.ts";

export function listExamples(io: Io, { json }: { json: boolean }): number {
	const examples = exampleCatalogue(examplesDirectory());
	const lines = examples.map(({ name, about }) => `@examples/${name}\n${about === "" ? "" : `    ${about}\n`}`);
	io.stdout.write(json ? `${JSON.stringify({ examples }, null, 2)}\n` : lines.join(""));
	return 0;
}

export function printExample(io: Io, name: string): number {
	const wanted = name.startsWith("@") ? name : `@examples/${name}`;
	io.stdout.write(exampleText(locate(wanted, { cwd: io.cwd, home: homedir(), examplesDirectory: examplesDirectory() })));
	return 0;
}
