import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CorruptSessionError } from "../../src/errors.ts";
import { SessionManager } from "../../src/sessions/manager.ts";
import { documentText, parseDocument } from "../../src/sessions/toon.ts";

type Fixture = { name: string; input: unknown; expected: unknown; shouldError?: boolean; options?: Record<string, unknown> };

const specification = join(import.meta.dirname, "../../node_modules/@toon-format/spec/tests/fixtures");

function fixtures(kind: "decode" | "encode"): Fixture[] {
	return readdirSync(join(specification, kind)).flatMap((file) => {
		const { tests }: { tests: Fixture[] } = JSON.parse(readFileSync(join(specification, kind, file), "utf8"));
		return tests.map((each) => ({ ...each, name: `${file}: ${each.name}` }));
	});
}

/** Folded keys and other indents are choices of a writer that we do not make, and a file of ours never has them. */
function isDefault(fixture: Fixture): boolean {
	return Object.entries(fixture.options ?? {}).every(
		([key, value]) => (key === "indent" && value === 2) || (key === "strict" && value === true),
	);
}

const decoding = fixtures("decode").filter(isDefault);
const encoding = fixtures("encode").filter(isDefault);

/** The library writes nested objects of tables as the format's fourth version does; the examples are of the third. */
const newer = "items[1]{id,nested{x}}:\n  1,1\n";

describe("S10: the specification's examples", () => {
	test("there are some hundreds of them", () => {
		expect(decoding.length).toBeGreaterThan(200);
		expect(encoding.length).toBeGreaterThan(100);
	});

	test.each(decoding.filter((each) => each.shouldError !== true))("reading: $name", ({ input, expected }) => {
		expect(parseDocument(Buffer.from(String(input)), "a.toon").value).toEqual(expected);
	});

	test.each(decoding.filter((each) => each.shouldError === true))("refusing: $name", ({ input }) => {
		expect(() => parseDocument(Buffer.from(String(input)), "a.toon")).toThrow(CorruptSessionError);
	});

	test.each(encoding)("writing: $name", ({ input, expected }) => {
		const text = documentText(input);
		expect([`${String(expected)}\n`, newer]).toContain(text);
		expect(parseDocument(Buffer.from(text), "a.toon").value).toEqual(Object.is(input, -0) ? 0 : input);
	});

	test("every value in them survives a save and a load", async () => {
		const manager = new SessionManager(mkdtempSync(join(tmpdir(), "massgen-toon-")));
		const values = [...decoding.map((each) => each.expected), ...encoding.map((each) => each.input)].filter((value) => value !== undefined);
		// JSON has one zero.
		const messages = values.map((value) => ({ role: "user", content: Object.is(value, -0) ? 0 : value }));
		await manager.saveSession("all", messages);
		expect(await manager.loadSession("all")).toEqual(messages);
		expect(values.length).toBeGreaterThan(300);
	});
});

describe("S10, A15: messages survive TOON", () => {
	const cases: Record<string, unknown> = {
		"texts that look like something else": [
			"42",
			"-0",
			"1e5",
			"007",
			"true",
			"false",
			"null",
			"[2]: a,b",
			"{a}:",
			"# no comment",
			"- no list",
			"a: b",
			'"quoted"',
			"back\\slash",
		],
		"white space and lines": [
			"",
			" ",
			"\n",
			"a\nb",
			"a\r\nb",
			"\ttab",
			" before",
			"after ",
			"line\u2028separator",
			"\uFEFFbom",
			"\u0000\u001F\u007F",
		],
		"empty things": [{}, [], [[]], [{}], { a: {} }, { a: [] }],
		"unusual keys": [JSON.parse('{"__proto__": 1, "constructor": 2, "": 3, "a.b": 4, "a b": 5, "[1]": 6, "-": 7, "true": 8}')],
		"numbers at the edges": [0, 1e-7, 1e-6, 1e20, 1e21, 1.5e300, 5e-324, Number.MAX_SAFE_INTEGER, -1.5],
		"mixed rows": [{ a: 1, b: 2 }, { b: 3, a: 4 }, { a: 5 }, { a: { b: 1 } }, "text", null, [1, [2]]],
		"characters of many bytes": ["ä", "中文", "\u{1F469}\u200D\u{1F52C}", "e\u0301"],
		"half a character": ["\uD800", "a\uDC00b"],
	};

	test.each(Object.entries(cases))("%s", (_name, value) => {
		const document = { messages: [{ role: "user", content: value }], value };
		expect(parseDocument(Buffer.from(documentText(document)), "a.toon").value).toEqual(document);
	});

	test("what TOON cannot hold is written as JSON, which is read again", () => {
		expect(documentText({ a: "\uD800" })).toBe('{\n  "a": "\\ud800"\n}\n');
		expect(documentText({ a: "b" })).toBe("a: b\n");
	});

	test("any JSON at all", () => {
		fc.assert(
			fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
				const plain: unknown = JSON.parse(JSON.stringify({ messages: [{ role: "user", content: value }, value] }));
				expect(parseDocument(Buffer.from(documentText(plain)), "a.toon").value).toEqual(plain);
			}),
			{ numRuns: 300 },
		);
	});

	test("10 MB of pasted text, which is written as JSON to be read fast", async () => {
		const manager = new SessionManager(mkdtempSync(join(tmpdir(), "massgen-toon-")));
		const messages = [{ role: "user", content: "line one, [2]: two\n".repeat(550_000) }];
		await manager.saveSession("big", messages);
		expect(await manager.loadSession("big")).toEqual(messages);
	});
});
