import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { expect, test } from "vitest";

/**
 * Who may import whom. A folder may always import itself. An entry with a slash allows that file alone: a port.
 * The table is explained in ARCHITECTURE.md.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
	"errors.ts": [],
	core: [],
	protocols: ["core"],
	prompts: ["core"],
	checkpoint: ["core", "errors.ts"],
	sessions: ["core", "checkpoint", "errors.ts"],
	tools: ["core", "errors.ts"],
	backends: ["core", "tools/tool.ts", "errors.ts"],
	agents: ["core", "prompts", "backends/backend.ts", "tools/tool.ts", "errors.ts"],
	orchestrator: ["core", "agents", "checkpoint/log.ts", "errors.ts"],
	config: ["core", "backends/registry.ts", "backends/backend.ts", "protocols/registry.ts", "displays/registry.ts", "errors.ts"],
	displays: ["core"],
	library: ["*", "!cli"],
	"crew.ts": ["*", "!cli", "!massgen.ts"],
	"massgen.ts": ["*", "!cli"],
	"index.ts": ["*", "!cli"],
	"testing.ts": ["*", "!cli"],
	cli: ["*"],
};

/** Files that may be longer than 300 lines, and why. */
const longFiles: Readonly<Record<string, string>> = {};
const maxLines = 300;

/** What one has to read to know how a team decides, in lines of code: docs/decisions/2026-11-20-size-of-the-core.md. */
const heart = /^core\/(ballot|chain|decide|follow-ups|limits|queries|resume|steps)\.ts$|^protocols\/(vote|first|tally)\.ts$/;
const heartLines = 650;
/** The whole core with it: the nouns, the facts, and what they change. */
const core = /^core\/|^protocols\/(vote|first|tally)\.ts$/;
const coreLines = 1600;

const root = join(import.meta.dirname, "../src");
const files = readdirSync(root, { recursive: true, encoding: "utf8" })
	.map((file) => file.replaceAll("\\", "/"))
	.filter((file) => file.endsWith(".ts"));
const sources = new Map(files.map((file) => [file, readFileSync(join(root, file), "utf8")]));

/** The source without its comments, so that they may speak of anything. */
const code = new Map(files.map((file) => [file, source(file).replace(/\/\*[\s\S]*?\*\/|(?<=^|[\s;{},(])\/\/.*$/gm, "")]));

function source(file: string): string {
	return sources.get(file) ?? "";
}

function area(file: string): string {
	return file.includes("/") ? (file.split("/")[0] ?? file) : file;
}

function targets(file: string, pattern: RegExp): string[] {
	return [...(code.get(file) ?? "").matchAll(pattern)].map(([, path = ""]) => posix.join(posix.dirname(file), path));
}

const staticImport = /(?:\bfrom|^\s*import)\s+"(\.[^"]+)"/gm;
const anyImport = /(?:\bfrom\s+|^\s*import\s+|\bimport\(\s*)"(\.[^"]+)"/gm;

function allowed(from: string, to: string): boolean {
	if (area(from) === area(to)) return true;
	const rules = mayImport[area(from)] ?? [];
	if (rules.includes(`!${area(to)}`)) return false;
	return rules.includes("*") || rules.includes(area(to)) || rules.includes(to);
}

/** Every match of `pattern` in the code of the files that `concerns` picks, with its place. */
function findings(pattern: RegExp, concerns: (file: string) => boolean): string[] {
	return files
		.filter(concerns)
		.flatMap((file) => [...(code.get(file) ?? "").matchAll(pattern)].map(([match]) => `${file}: ${match.trim()}`));
}

test("every folder has a row in the table, and imports only what its row allows", () => {
	const unknown = [...new Set(files.map(area))].filter((name) => !(name in mayImport));
	const wrong = files.flatMap((file) =>
		targets(file, anyImport)
			.filter((target) => target.endsWith(".ts") && !allowed(file, target))
			.map((target) => `${file} may not import ${target}`),
	);
	expect([...unknown, ...wrong]).toEqual([]);
});

test("relative imports end in .ts or .json and name a file that exists", () => {
	const missing = files.flatMap((file) =>
		targets(file, anyImport)
			.filter((target) => (target.endsWith(".ts") ? !sources.has(target) : !target.endsWith(".json")))
			.map((target) => `${file} imports ${target}`),
	);
	expect(missing).toEqual([]);
});

test("no import runs in a circle, types included", () => {
	const done = new Set<string>();
	const circles: string[] = [];
	const visit = (file: string, path: readonly string[]): void => {
		if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(" -> "));
		if (done.has(file) || path.includes(file)) return;
		for (const target of targets(file, anyImport)) visit(target, [...path, file]);
		done.add(file);
	};
	for (const file of files) visit(file, []);
	expect(circles).toEqual([]);
});

test("a registry imports no implementation, and backends do not import each other", () => {
	const registries = files.filter((file) => file.endsWith("/registry.ts"));
	const loaded = new Map(registries.map((file) => [file, targets(file, /\bimport\(\s*"(\.[^"]+)"/g)]));
	const eager = registries.flatMap((file) => targets(file, staticImport).filter((target) => loaded.get(file)?.includes(target)));
	const backends = new Set(loaded.get("backends/registry.ts") ?? []);
	const crossed = [...backends].flatMap((file) =>
		targets(file, anyImport)
			.filter((target) => target !== file && backends.has(target))
			.map((target) => `${file} imports ${target}`),
	);
	expect([...eager, ...crossed]).toEqual([]);
});

test("core, protocols and prompts only compute", () => {
	const impure =
		/"node:[^"]*"|\bprocess\.(?!started|ended)\w+|\bconsole\.|\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bperformance\.|\bset(Timeout|Interval|Immediate)\b|\bfetch\(|\bcrypto\.|\basync\b\s*(function\b|\(|\w+\s*=>)|\bPromise\b/g;
	expect(findings(impure, (file) => ["core", "protocols", "prompts"].includes(area(file)))).toEqual([]);
});

test("only the command line and the displays print", () => {
	expect(findings(/\bconsole\.\w+|\bprocess\.(stdout|stderr)\b/g, (file) => !["cli", "displays"].includes(area(file)))).toEqual([]);
});

test("only the configuration and the command line read the environment", () => {
	expect(findings(/\bprocess\.env\b/g, (file) => !["cli", "config"].includes(area(file)))).toEqual([]);
});

test("nothing is used that Node 20 lacks", () => {
	const missing =
		/from "node:sqlite"|enableCompileCache|Promise\.(withResolvers|try)\b|Array\.fromAsync|\b(Object|Map)\.groupBy|\bglob(Sync)?\b.*from "node:fs|\bfs\.glob|matchesGlob|new WebSocket\(|RegExp\.escape|import\.meta\.main\b|\bawait using\b|Error\.isError|\.(toHex|toBase64|fromHex|fromBase64)\(|Math\.sumPrecise/g;
	expect(findings(missing, () => true)).toEqual([]);
});

test("there are no default exports, and only index.ts and testing.ts do nothing but pass names on", () => {
	const barrels = files
		.filter((file) => !["index.ts", "testing.ts"].includes(file))
		.filter((file) => {
			const statements = (code.get(file) ?? "").replace(/^export\s+(type\s+)?(\*|\{[^}]*\})\s*(as \w+\s*)?from\s+"[^"]+";/gm, "").trim();
			return statements === "";
		});
	expect([...findings(/^export default\b/gm, () => true), ...barrels]).toEqual([]);
});

test("files stay short, and the heart of the program can be read in one sitting", () => {
	const lines = (file: string) => source(file).split("\n").length - 1;
	const long = files.filter((file) => lines(file) > maxLines && !(file in longFiles)).map((file) => `${file}: ${lines(file)} lines`);
	const stale = Object.keys(longFiles).filter((file) => !sources.has(file) || lines(file) <= maxLines);
	const codeLines = (file: string) => (code.get(file) ?? "").split("\n").filter((line) => line.trim() !== "").length;
	const size = (part: RegExp) => files.filter((file) => part.test(file)).reduce((sum, file) => sum + codeLines(file), 0);
	expect({ long, stale }).toEqual({ long: [], stale: [] });
	expect(size(heart)).toBeGreaterThan(0);
	expect(size(heart)).toBeLessThan(heartLines);
	expect(size(core)).toBeLessThan(coreLines);
});
