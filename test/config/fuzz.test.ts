import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { teamFromTree } from "../../src/config/load.ts";
import { parseTree } from "../../src/config/parse.ts";
import { ConfigError } from "../../src/errors.ts";
import { looking } from "./looking.ts";

/** MASSGEN_FUZZ=10000 is the long form. */
const runs = Number(process.env.MASSGEN_FUZZ ?? 100);
const fixtures = join(import.meta.dirname, "../fixtures/massgen-configs");
const examples = join(import.meta.dirname, "../../examples");
const files = [
	...readdirSync(fixtures).map((name) => join(fixtures, name)),
	...readdirSync(examples, { recursive: true, encoding: "utf8" })
		.filter((name) => name.endsWith(".yaml"))
		.map((name) => join(examples, name)),
].sort();
const texts = files.map((file) => readFileSync(file, "utf8"));

/** A file that loads, or one whose every mistake has a place; never anything else. */
function survives(text: string): void {
	try {
		teamFromTree(parseTree(text, "fuzzed.yaml"), undefined, looking);
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error;
		for (const problem of error.problems) {
			expect(problem.message).toMatch(/\S/);
			expect(problem, problem.message).toMatchObject({ file: expect.any(String), line: expect.any(Number), column: expect.any(Number) });
			expect(problem.line).toBeGreaterThan(0);
			expect(problem.column).toBeGreaterThan(0);
		}
	}
}

const pieces = [
	"{",
	"}",
	"[",
	"]",
	":",
	": ",
	"- ",
	"\n",
	"  ",
	"\t",
	"&a ",
	"*a",
	"<<: ",
	"!!x ",
	"|",
	">",
	"'",
	'"',
	"#",
	"%",
	"@",
	"`",
	"${",
	"$${",
	"---\n",
	"\u0000",
	"\u{1f600}",
	"\r",
	"null",
	"~",
	"yes",
	"0x1f",
	"1e999",
	"-",
	"?",
	"__proto__: 1\n",
	"constructor: 2\n",
	"toString: {}\n",
];

it("mutated texts of configurations end in a team or in errors with places", () => {
	const edit = fc.record({
		at: fc.double({ min: 0, max: 1, noNaN: true }),
		remove: fc.nat(12),
		insert: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 })),
	});
	fc.assert(
		fc.property(fc.constantFrom(...texts), fc.array(edit, { minLength: 1, maxLength: 6 }), (text, edits) => {
			let mutated = text;
			for (const { at, remove, insert } of edits) {
				const offset = Math.floor(at * mutated.length);
				mutated = mutated.slice(0, offset) + insert + mutated.slice(offset + remove);
			}
			survives(mutated);
		}),
		{ numRuns: runs },
	);
});

it("lines that are moved, doubled or deleted end in a team or in errors with places", () => {
	const move = fc.record({ from: fc.nat(60), to: fc.nat(60), how: fc.constantFrom("move", "double", "delete", "indent") });
	fc.assert(
		fc.property(fc.constantFrom(...texts), fc.array(move, { minLength: 1, maxLength: 5 }), (text, moves) => {
			const lines = text.split("\n");
			for (const { from, to, how } of moves) {
				const line = lines[from % lines.length] ?? "";
				if (how === "move" || how === "delete") lines.splice(from % lines.length, 1);
				if (how === "indent") lines[from % lines.length] = `${" ".repeat(to % 7)}${line}`;
				if (how === "move" || how === "double") lines.splice(to % (lines.length + 1), 0, line);
			}
			survives(lines.join("\n"));
		}),
		{ numRuns: runs },
	);
});

it("any value in any place of a configuration ends in a team or in errors with places", () => {
	const keys = [
		"agents",
		"agent",
		"id",
		"backend",
		"type",
		"model",
		"orchestrator",
		"coordination",
		"ui",
		"timeout",
		"budget",
		"mcp_servers",
		"script",
		"profile",
		"include",
		"prices",
		"count",
		"reasoning",
		"text",
		"name",
		"x-a",
	];
	const value = fc.letrec((tie) => ({
		value: fc.oneof(
			{ depthSize: "small", withCrossShrink: true },
			fc.constantFrom<unknown>(null, true, "simulated", "openai", "claude_code", `\${X}`, `\${X:-1}`, 0, -1, 1.5, 1e21, "", "yes", "3", []),
			fc.array(tie("value"), { maxLength: 4 }),
			fc.dictionary(fc.constantFrom(...keys), tie("value"), { maxKeys: 5 }),
		),
	})).value;
	const agents = fc.array(
		fc.record({
			id: fc.oneof(fc.constant("a"), value),
			backend: fc.oneof(
				value,
				fc.record({
					type: fc.constantFrom("simulated", "openai", "nope"),
					mcp_servers: value,
					profile: value,
					script: value,
					reasoning: value,
				}),
			),
		}),
		{ maxLength: 3 },
	);
	fc.assert(
		fc.property(
			fc.record({ agents: fc.oneof(agents, value), orchestrator: value, ui: value, timeout_settings: value }, { requiredKeys: [] }),
			(config) => {
				survives(JSON.stringify(config));
			},
		),
		{ numRuns: runs },
	);
});

it("bytes that are flipped are refused as bytes or as text", () => {
	fc.assert(
		fc.property(fc.constantFrom(...texts), fc.array(fc.tuple(fc.nat(5000), fc.nat(255)), { minLength: 1, maxLength: 8 }), (text, flips) => {
			const bytes = Buffer.from(text);
			for (const [at, byte] of flips) bytes[at % bytes.length] = byte;
			survives(bytes.toString("utf8"));
		}),
		{ numRuns: runs },
	);
});
