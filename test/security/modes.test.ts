import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { storeKey } from "../../src/config/write.ts";
import { Place } from "../e2e/program.ts";

const offline = ["--config", "@examples/offline/three_agents", "--quiet"];

function mode(path: string): string {
	return (statSync(path).mode & 0o777).toString(8);
}

/** Everything below that others could read or write, if each directory above let them through. */
function open(directory: string): readonly string[] {
	if (!existsSync(directory) || (statSync(directory).mode & 0o077) === 0) return [];
	return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
		const path = join(directory, entry.name);
		return entry.isDirectory() ? open(path) : (statSync(path).mode & 0o077) === 0 ? [] : [path];
	});
}

test.skipIf(process.platform === "win32")("what is said in sessions, and where they are, only this user can read", async () => {
	const place = new Place();
	const run = async (words: readonly string[], input = "") => {
		const { code, stdout, stderr } = await place.run(words, { input });
		expect({ words, code, stderr }).toEqual({ words, code: 0, stderr });
		return stdout;
	};
	await run([...offline, "What is a monad?"]);
	await run(["chat", ...offline], "And a functor?\n/exit\n");
	await run(["sessions", "list", "--all"]);
	const file = place.write("talk.json", await run(["sessions", "export", "last", "--full"]));
	await run(["sessions", "import", file, "--id", "again"]);
	await run(["sessions", "import", file, "--id", "again", "--overwrite"]);
	await run(["sessions", "fork", "again", "--id", "third"]);
	await run(["sessions", "delete", "third"]);
	const sessions = join(place.cwd, ".massgen/sessions");
	expect(readdirSync(sessions).length).toBeGreaterThanOrEqual(3);
	expect(readdirSync(sessions).map((name) => mode(join(sessions, name)))).toEqual(readdirSync(sessions).map(() => "700"));
	expect(open(join(place.cwd, ".massgen"))).toEqual([]);
	expect(mode(join(place.home, ".massgen"))).toBe("700");
	expect(open(place.home)).toEqual([]);
});

test.skipIf(process.platform === "win32")("a stored key is in a file for this user alone, also if the file was there before", () => {
	const place = new Place();
	const file = storeKey(place.home, "TEST_KEY", "secret-4711");
	expect([mode(file), mode(join(place.home, ".config/massgen"))]).toEqual(["600", "700"]);
	expect(mode(storeKey(place.home, "OTHER_KEY", "secret-4712"))).toBe("600");
});
