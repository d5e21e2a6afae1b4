// biome-ignore-all lint/suspicious/noTemplateCurlyInString: in a configuration they are the names of variables.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openFile } from "../../src/checkpoint/driver.ts";
import { modelServer } from "../e2e/model-server.ts";
import { Place } from "../e2e/program.ts";
import { type FaultServer, places, replyFaults, startFaultServer, streamFaults } from "../fixtures/fault-server.ts";

/** A secret of each kind, and where the configuration has it. */
const kinds = ["environment", "key", "literal", "header", "body", "user", "password", "query", "argument", "child", "mcp"] as const;
const canary = (kind: (typeof kinds)[number]) => `canary-${kind}-4711x0815y`;
const env = Object.fromEntries(kinds.map((kind) => [`SECRET_${kind.toUpperCase()}`, canary(kind)]));
/** As it is, and as it stands in a header for a name and a password. */
const forms = kinds.flatMap((kind) => [
	canary(kind),
	Buffer.from(canary(kind)).toString("base64").slice(0, 24),
	encodeURIComponent(canary(kind)),
]);

let faults: FaultServer;
/** Answers every request with an error that repeats what it was sent: the address, and the headers or the end of the body. */
const telltale = createServer(async (request, response) => {
	let body = "";
	for await (const chunk of request) body += chunk;
	response.writeHead(400, { "content-type": "application/json" });
	const { authorization, "x-tenant": tenant, "x-part": part } = request.headers;
	const message = `Cannot do ${request.url} with ${part === "body" ? body.slice(-80) : `${authorization} for ${tenant}`}`;
	response.end(JSON.stringify({ error: { message, type: "invalid_request_error" } }));
});

beforeAll(async () => {
	faults = await startFaultServer({ retryAfter: "0" });
	await new Promise<void>((resolve) => telltale.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
	telltale.closeAllConnections();
	telltale.close();
	await faults.close();
});

/** Tells all that it knows when it fails. */
const program =
	"process.stderr.write(`cannot log in with ${process.argv[2]} ${process.env.CHILD_TOKEN} ${process.env.SECRET_ENVIRONMENT}`); process.exit(3)";

const secretly = {
	api_key: "${SECRET_KEY}",
	headers: { "x-tenant": "${SECRET_HEADER}" },
	extra_body: { account: { token: "${SECRET_BODY}" } },
};

function config(good: string, program: string): object {
	const { port } = telltale.address() as AddressInfo;
	const failing = [
		...streamFaults.flatMap((fault) => places.map((place) => [fault, place] as const)),
		...replyFaults.map((fault) => [fault, "first chunk"] as const),
	];
	return {
		agents: [
			...["red", "green"].map((id) => ({ id, backend: { type: "chatcompletion", model: id, base_url: good, ...secretly } })),
			{
				id: "telltale",
				backend: { type: "chatcompletion", model: "m", base_url: `http://127.0.0.1:${port}/v1?key=\${SECRET_QUERY}`, ...secretly },
			},
			{
				id: "gossip",
				backend: {
					type: "chatcompletion",
					model: "m",
					base_url: `http://127.0.0.1:${port}/v1`,
					...secretly,
					headers: { "x-part": "body" },
				},
			},
			{
				id: "literal",
				backend: { type: "chatcompletion", model: "m", base_url: `http://127.0.0.1:${port}/v1`, api_key: canary("literal") },
			},
			{
				id: "address",
				backend: {
					type: "chatcompletion",
					model: "m",
					base_url: `http://\${SECRET_USER}:\${SECRET_PASSWORD}@127.0.0.1:${port}/v1`,
					...secretly,
				},
			},
			{
				id: "program",
				backend: {
					type: "command",
					command: process.execPath,
					args: [program, "${SECRET_ARGUMENT}"],
					env: { CHILD_TOKEN: "${SECRET_CHILD}" },
				},
			},
			...failing.map(([fault, place], index) => ({
				id: `fault${index + 1}`,
				backend: { type: "chatcompletion", model: "m", base_url: faults.url("openai chat", fault, place), ...secretly },
			})),
		],
	};
}

async function withTeam() {
	const place = new Place();
	const server = await modelServer();
	place.write("team.yaml", JSON.stringify(config(server.url, place.write("failing.mjs", program))));
	return { place, server };
}

/** Every text in which a secret was found. */
function hits(texts: Readonly<Record<string, string>>): readonly string[] {
	return Object.entries(texts).flatMap(([name, text]) =>
		forms.filter((form) => text.includes(form)).map((form) => `${form} in ${name}: ${around(text, form)}`),
	);
}

function around(text: string, form: string): string {
	const at = text.indexOf(form);
	return text.slice(Math.max(0, at - 80), at + 60);
}

/** All that was written, but for what the user wrote: byte for byte, and table by table where it is a database. */
function written(place: Place): Record<string, string> {
	const files = readdirSync(place.root, { recursive: true, withFileTypes: true }).filter(
		(entry) => entry.isFile() && entry.name !== "team.yaml",
	);
	const found: Record<string, string> = {};
	for (const file of files) {
		const path = join(file.parentPath, file.name);
		found[path] = readFileSync(path).toString("latin1");
		if (!file.name.endsWith(".db")) continue;
		const database = openFile(path, "mode=ro");
		for (const { name } of database.prepare("SELECT name FROM file.sqlite_master WHERE type = 'table'").all())
			found[`${path} ${name}`] = JSON.stringify(database.prepare(`SELECT * FROM file."${name}"`).all());
		database.close();
	}
	return found;
}

describe("secrets of a configuration", () => {
	test("are sent to the servers they are for, and appear nowhere else, whatever fails", async () => {
		const { place, server } = await withTeam();
		const { stdout, stderr } = await place.run(
			["--config", "team.yaml", "--timeout", "4", "--verbose", "--output-format", "stream-json", "-o", "answer.txt", "Who?"],
			{ env },
		);
		expect(server.calls.length).toBeGreaterThanOrEqual(2);
		// The secrets were really used, and the failures really told.
		expect(JSON.stringify(faults.received[0])).toContain(canary("key"));
		expect(JSON.stringify(faults.received[0])).toContain(canary("header"));
		expect(JSON.stringify(faults.received[0])).toContain(canary("body"));
		expect(stderr).toContain("Cannot do /v1");
		expect(stderr).toContain("cannot log in with");
		const later: Record<string, string> = {};
		for (const words of [
			"list",
			"list --json",
			"show last",
			"inspect last",
			"inspect last --json",
			"events last --json",
			"export last",
			"export last --full",
			"metrics",
		]) {
			const { stdout, stderr } = await place.run(["sessions", ...words.split(" ")], { env });
			later[`sessions ${words}`] = stdout + stderr;
		}
		expect(later["sessions export last --full"]).toContain("telltale");
		expect(Object.keys(written(place)).some((name) => name.includes(".db "))).toBe(true);
		expect(hits({ stdout, stderr, ...later, ...written(place) })).toEqual([]);
	});

	test("do not appear in what is said before anything runs", async () => {
		const { place } = await withTeam();
		const said: Record<string, string> = {};
		const checks = [
			["--config", "team.yaml", "--dry-run"],
			["--config", "team.yaml", "--dry-run", "--json"],
			["validate", "team.yaml"],
			["validate", "team.yaml", "--json"],
			["doctor"],
			["doctor", "--json", "--config", "team.yaml"],
			["schema"],
		];
		for (const words of checks) {
			const { stdout, stderr } = await place.run(words, { env: { ...env, OPENAI_API_KEY: canary("environment") } });
			said[words.join(" ")] = stdout + stderr;
		}
		expect(hits({ ...said, ...written(place) })).toEqual([]);
	});

	test("do not appear when the configuration itself is wrong", async () => {
		const { place } = await withTeam();
		const said: Record<string, string> = {};
		const backend = {
			type: "chatcompletion",
			model: "m",
			base_url: "http://127.0.0.1:9/v1",
			api_key: canary("literal"),
			modell: "x",
		};
		const wrong: Record<string, unknown> = {
			"unknown key": { agents: [{ id: "a", backend }] },
			"wrong type": {
				agents: [{ id: "a", backend: { ...backend, modell: undefined, headers: "${SECRET_HEADER}", temperature: "${SECRET_BODY}" } }],
			},
			"servers of tools": {
				agents: [
					{
						id: "a",
						backend: {
							type: "simulated",
							mcp_servers: [{ name: "x", command: "x", args: ["${SECRET_ARGUMENT}"], env: { TOKEN: canary("mcp") } }],
						},
					},
				],
			},
		};
		for (const [name, value] of Object.entries(wrong)) {
			place.write("team.yaml", JSON.stringify(value));
			for (const words of [
				["--config", "team.yaml", "Who?"],
				["validate", "team.yaml"],
				["--config", "team.yaml", "--json", "Who?"],
			]) {
				const { stdout, stderr } = await place.run(words, { env });
				said[`${name}: ${words.join(" ")}`] = stdout + stderr;
			}
		}
		expect(hits({ ...said, ...written(place) })).toEqual([]);
	});

	test("come from .env files as well as from the environment", async () => {
		const { place, server } = await withTeam();
		place.write(
			"team.yaml",
			JSON.stringify({ agents: [{ id: "a", backend: { type: "chatcompletion", model: "a", base_url: server.url, ...secretly } }] }),
		);
		writeFileSync(
			join(place.cwd, ".env"),
			Object.entries(env)
				.map(([name, value]) => `${name}=${value}\n`)
				.join(""),
		);
		const { code, stdout, stderr } = await place.run(["--config", "team.yaml", "--json", "Who?"]);
		expect(code).toBe(0);
		const files = Object.entries(written(place)).filter(([name]) => !name.endsWith("/.env"));
		expect(hits({ stdout, stderr, ...Object.fromEntries(files) })).toEqual([]);
	});
});
