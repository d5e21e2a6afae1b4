import { readFileSync } from "node:fs";
import { join } from "node:path";
import { exampleNames } from "./locate.ts";

/** A shipped example as lists show it. */
export type ExampleEntry = {
	/** As `@examples/` takes it. */
	readonly name: string;
	/** Its folder. */
	readonly category: string;
	/** The comment at its top, in one paragraph. */
	readonly about: string;
	/** The command to try. */
	readonly try: string;
};

/** Every shipped example, sorted by name. */
export function exampleCatalogue(directory: string): readonly ExampleEntry[] {
	return exampleNames(directory).map((name) => {
		const comments = headComments(readFileSync(join(directory, `${name}.yaml`), "utf8"));
		const about = comments.filter((line) => !line.startsWith("Try: "));
		return {
			name,
			category: name.split("/").slice(0, -1).join("/"),
			about: about.join(" ").trim(),
			try: comments.find((line) => line.startsWith("Try: "))?.slice("Try: ".length) ?? "",
		};
	});
}

/** The text of an example, for `massgen --example NAME`; `path` comes from `locate`. */
export function exampleText(path: string): string {
	return readFileSync(path, "utf8");
}

function headComments(text: string): string[] {
	const lines = text.split("\n");
	const end = lines.findIndex((line) => !line.startsWith("#"));
	const head = end === -1 ? lines : lines.slice(0, end);
	return head.map((line) => line.replace(/^#\s?/, "")).filter((line) => !line.startsWith("yaml-language-server:"));
}
