import { afterAll, beforeAll, expect, test } from "vitest";
import type { BackendErrorKind } from "../../src/backends/backend.ts";
import { answerTool, type Heard, hear } from "../contracts/backend.ts";
import { backendOf, typeOf } from "../fixtures/backends.ts";
import { type FaultServer, places, replyFaults, startFaultServer, streamFaults } from "../fixtures/fault-server.ts";
import { counted, spoken, wireFormats } from "../fixtures/wire-formats.ts";
import { type FaultRow, faultPage } from "./fault-page.ts";

const idleMs = 80;
/** For faults that end on their own: a busy machine must not look like a silent server. */
const patientMs = 5000;
/** What a busy machine may add to a limit. */
const slackMs = 4000;

/** What each fault must be called, and whether trying again can help. */
const expected: Readonly<Record<string, { readonly kinds: readonly BackendErrorKind[]; readonly retryable: boolean }>> = {
	"clean close": { kinds: ["bad-response"], retryable: true },
	reset: { kinds: ["network"], retryable: true },
	"malformed JSON": { kinds: ["bad-response"], retryable: true },
	"DONE only": { kinds: ["bad-response"], retryable: true },
	"error event": { kinds: ["network"], retryable: true },
	hang: { kinds: ["timeout"], retryable: true },
	"one byte per second": { kinds: ["timeout"], retryable: true },
	"wrong type": { kinds: ["bad-response"], retryable: false },
	"empty 200": { kinds: ["bad-response"], retryable: true },
	"hang before headers": { kinds: ["timeout"], retryable: true },
	"429": { kinds: ["rate-limit"], retryable: true },
	"500": { kinds: ["network"], retryable: true },
	"502": { kinds: ["network"], retryable: true },
	"503": { kinds: ["network"], retryable: true },
	"529": { kinds: ["network"], retryable: true },
	"401": { kinds: ["auth"], retryable: false },
	"400 context length": { kinds: ["context-too-long"], retryable: false },
	DNS: { kinds: ["network"], retryable: false },
	TLS: { kinds: ["network"], retryable: false },
};

let server: FaultServer;
beforeAll(async () => {
	server = await startFaultServer();
});
afterAll(() => server.close());

type Cell = {
	readonly format: (typeof wireFormats)[number];
	readonly fault: string;
	readonly place?: string;
	readonly heard: Heard;
	readonly ms: number;
};

async function cell(format: Cell["format"], fault: string, baseUrl: string, place?: string): Promise<Cell> {
	const backend = await backendOf({ type: typeOf[format], baseUrl, idleMs: isSilent(fault) ? idleMs : patientMs });
	const before = performance.now();
	const heard = await hear(backend, { tools: place === "inside tool JSON" ? [answerTool] : [] });
	return { format, fault, ...(place === undefined ? {} : { place }), heard, ms: performance.now() - before };
}

function isSilent(fault: string): boolean {
	return expected[fault]?.kinds.includes("timeout") === true;
}

async function cells(format: Cell["format"]): Promise<readonly Cell[]> {
	const nowhere = `http://${"x".repeat(64)}.invalid/v1`;
	return Promise.all([
		...streamFaults.flatMap((fault) => places.map((place) => cell(format, fault, server.url(format, fault, place), place))),
		...replyFaults.map((fault) => cell(format, fault, server.url(format, fault))),
		cell(format, "DNS", nowhere),
		// A server without TLS, asked for it.
		cell(format, "TLS", `https://127.0.0.1:${server.port}/v1`),
	]);
}

test("no fault passes for an answer or hangs, and only what can succeed is tried again: 165 cells", async () => {
	const table: Cell[] = [];
	for (const format of wireFormats) {
		// The provider's package is loaded before the clock runs.
		await hear(await backendOf({ type: typeOf[format], baseUrl: server.url(format) }));
		table.push(...(await cells(format)));
	}
	expect(table).toHaveLength(165);
	for (const { format, fault, place, heard, ms } of table) {
		const where = `${format}, ${fault}, ${place}`;
		const { result } = heard;
		if (result.ok) throw new Error(`${where}: accepted ${JSON.stringify(result.reply)}`);
		const { kind, retryable, message } = result.error;
		expect({ where, kind, retryable }).toEqual({
			where,
			kind: expect.toBeOneOf([...(expected[fault]?.kinds ?? [])]),
			retryable: expected[fault]?.retryable,
		});
		expect(message).not.toContain("test-key-123456");
		expect(message).not.toMatch(/\n {4}at |undefined|\[object/);
		if (isSilent(fault)) expect(ms, where).toBeLessThan(idleMs * 1.1 + slackMs);
		// What was shown until then is the beginning of what the model said.
		expect(spoken.startsWith(heard.text) || heard.text === "I think ", where).toBe(true);
	}
	await expect(faultPage(rows(table))).toMatchFileSnapshot("../../docs/faults.md");
});

function rows(table: readonly Cell[]): readonly FaultRow[] {
	const names = [...new Set(table.map(({ fault, place }) => `${fault}|${place ?? ""}`))];
	return names.map((name) => {
		const [fault = "", place = ""] = name.split("|");
		const outcomes = wireFormats.map((format) => {
			const found = table.find((one) => one.format === format && one.fault === fault && (one.place ?? "") === place);
			if (!found || found.heard.result.ok) throw new Error(`no cell for ${format} ${name}`);
			const { kind, retryable } = found.heard.result.error;
			return `${kind}${retryable ? " ↻" : ""}`;
		});
		return { fault, place, outcomes };
	});
}

test("a limit asked for by the server is passed on", async () => {
	const { result } = await hear(await backendOf({ type: "openai", baseUrl: server.url("openai responses", "429") }));
	expect(result).toMatchObject({ ok: false, error: { status: 429, retryAfterMs: 7000 } });
});

test("a model that is slower than the dispatcher's clock but not silent is waited for", async () => {
	const { result } = await hear(await backendOf({ type: "chatcompletion", baseUrl: server.url("openai chat"), idleMs: 60_000 }));
	expect(result).toMatchObject({ ok: true, reply: { text: spoken, usage: counted } });
});
