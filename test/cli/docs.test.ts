import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ask, commands } from "../../src/cli/commands.ts";
import { parse } from "../../src/cli/parse.ts";

const root = join(import.meta.dirname, "../..");
const pages = [...readdirSync(join(root, "docs")).map((name) => `docs/${name}`), "README.md"].filter(
	(name) => name.endsWith(".md") && existsSync(join(root, name)),
);

/** The commands of a page: lines of its shell blocks, without what a shell does around them. */
function commandsOf(page: string): string[] {
	const text = readFileSync(join(root, page), "utf8");
	const blocks = [...text.matchAll(/^```(?:bash|sh|console)?\n([\s\S]*?)^```/gm)].map(([, block = ""]) => block);
	return blocks.flatMap((block) =>
		block
			.replaceAll("\\\n", " ")
			.split("\n")
			.flatMap((line) => /(?:^|\$\(|\| |&& |npx )(massgen .*)/.exec(line)?.[1] ?? []),
	);
}

function words(command: string): string[] {
	const [, ...rest] = command.match(/"[^"]*"|'[^']*'|[^\s"'|&;<>)#]+|[|&;<>)#]/g) ?? [];
	const end = rest.findIndex((word) => /^[|&;<>)#]$/.test(word));
	return (end === -1 ? rest : rest.slice(0, end)).map((word) => word.replace(/^["']|["']$/g, ""));
}

test.each(pages.flatMap((page) => commandsOf(page).map((command) => [page, command] as const)))("%s: %s", async (_, command) => {
	const given = words(command);
	const named = commands.find(({ name }) => name === given[0]);
	const { specs: listed } = await (named ?? ask).load();
	const specs = typeof listed === "function" ? await listed() : listed;
	const spec = specs.toReversed().find(({ name }) => given.slice(0, name.split(" ").length).join(" ") === name) ?? specs[0];
	if (!spec) expect.fail("no such command");
	const skipped = named ? spec.name.split(" ").length : 0;
	expect(() =>
		parse(
			spec,
			given.slice(skipped).filter((word) => word !== "..."),
		),
	).not.toThrow();
});
