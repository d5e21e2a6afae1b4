/** What the Tab key offers: commands, ids of sessions, and paths after an @. */
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { listSessions } from "../../sessions/catalogue.ts";
import { resolvePath } from "./files.ts";
import { slashNames } from "./slash.ts";

const most = 100;

/** Gives what could stand in place of the end of the line, and that end. */
export function completion({ cwd, home }: { readonly cwd: string; readonly home: string }): (line: string) => [string[], string] {
	return (line) => {
		if (/^\/\S*$/.test(line))
			return [
				starting(
					slashNames.map((name) => `/${name}`),
					line.toLowerCase(),
				),
				line,
			];
		const [, id] = /^\/(?:resume|delete|export)\s+(\S*)$/i.exec(line) ?? [];
		if (id !== undefined)
			return [
				starting(
					safely(() => listSessions({ home, here: cwd }).map((session) => session.id)),
					id,
				),
				id,
			];
		const [, path] = /(?:^|\s)@(\S*)$/.exec(line) ?? /^\/(?:context|import)\s+(\S*)$/i.exec(line) ?? [];
		return path === undefined ? [[], line] : [starting(paths(path, cwd), path), path];
	};
}

function starting(words: readonly string[], begin: string): string[] {
	return words.filter((word) => word.startsWith(begin)).slice(0, most);
}

function paths(begun: string, cwd: string): string[] {
	const folder = begun.endsWith("/") ? begun : dirname(begun) === "." && !begun.startsWith("./") ? "" : join(dirname(begun), "/");
	const start = begun.startsWith("./") && !folder.startsWith("./") ? `./${folder === "./" ? "" : folder}` : folder;
	return safely(() =>
		readdirSync(resolvePath(folder === "" ? "." : folder, cwd), { withFileTypes: true })
			.filter(({ name }) => !name.startsWith("."))
			.map((entry) => `${start}${entry.name}${entry.isDirectory() ? "/" : ""}`),
	);
}

function safely(list: () => string[]): string[] {
	try {
		return list();
	} catch {
		return [];
	}
}
